// GitHub's own language service without an editor: what it says about the workflows and action files of a repository.
//   node lint.mjs FOLDER NAME    prints one JSON line for each diagnostic; `NAME@any` and `$/` mean the folder itself
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { validate } from '@actions/languageservice'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { parse } from 'yaml'

const [folder, own] = process.argv.slice(2)
const files = globSync(['.github/workflows/*.yml', 'examples/*.yml', 'action.yml', '*/action.yml'], { cwd: folder })

const config = {
  fileProvider: {
    async getFileContent(reference) {
      const file = path.join(folder, reference.path)
      if (!existsSync(file)) throw new Error(`there is no ${reference.path}`)
      return { name: reference.path, content: readFileSync(file, 'utf8') }
    },
  },
  actionsMetadataProvider: {
    async fetchActionMetadata({ owner, name, path: inside = '' }) {
      const isOwn = owner === '$' || owner === '' || `${owner}/${name}` === own
      // What foreign actions take is not known offline.
      if (!isOwn) return { name, description: '' }
      const file = path.join(folder, inside, 'action.yml')
      return existsSync(file) ? parse(readFileSync(file, 'utf8')) : undefined
    },
  },
}

const foreign = /^Invalid action input/
for (const file of files.sort()) {
  const text = readFileSync(path.join(folder, file), 'utf8')
  const uri = `file:///${file.startsWith('examples/') ? file.replace('examples/', '.github/workflows/examples-') : file}`
  for (const { range, message } of await validate(TextDocument.create(uri, 'yaml', 1, text), config)) {
    const lines = text
      .split('\n')
      .slice(0, range.start.line + 1)
      .reverse()
    const uses = lines.find((line) => line.includes('uses:')) ?? ''
    if (foreign.test(message) && !uses.includes(own) && !uses.includes('$/')) continue
    console.log(JSON.stringify({ file, line: range.start.line + 1, message }))
  }
}
