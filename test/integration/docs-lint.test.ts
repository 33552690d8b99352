// Every workflow, and every step, that README.md and the pages show, through actionlint and zizmor: what is copied must work.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { PUBLISHED } from '../../src/bundle.ts'
import { describeWith, need } from '../harness/lab.ts'
import { root } from '../harness/node.ts'
import { tempDir } from '../harness/temp.ts'

const PAGES = ['README.md', ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
)
const BEFORE_STEPS = `on: push
permissions: {}
jobs:
  snippet:
    runs-on: ubuntu-latest
`

const indented = (text: string, by: number) => text.replaceAll(/^(?=.)/gm, ' '.repeat(by))

/** A whole workflow as it is; a step, or steps with their permissions, in a job. undefined: something else. */
function workflowOf(text: string): string | undefined {
  if (/^jobs:/m.test(text)) return text
  if (/^ *- (?:uses|run|name|id):/.test(text)) return `${BEFORE_STEPS}    steps:\n${indented(text, 6)}`
  return /^steps:/m.test(text) ? `${BEFORE_STEPS}${indented(text, 4)}` : undefined
}

/** By the name of a file that says where it stands. */
function snippets(): Map<string, string> {
  const found = new Map<string, string>()
  for (const page of PAGES) {
    const blocks = readFileSync(path.join(root, page), 'utf8').matchAll(/^```ya?ml\n([\s\S]*?)^```/gm)
    for (const [at, [, text = '']] of [...blocks].entries()) {
      const workflow = workflowOf(text)
      if (workflow !== undefined) found.set(`${path.basename(page, '.md')}-${String(at + 1)}.yml`, workflow)
    }
  }
  return found
}

const OURS = /OWNER\/immutable-deploy(\/[\w./-]+)?@[\w.]+/g

describeWith('lint')('the workflows in pages', () => {
  it('are found', () => {
    expect([...snippets().keys()]).toEqual(
      expect.arrayContaining(['README-1.yml', 'preview-1.yml', 'split-jobs-1.yml']),
    )
  })

  it('pass actionlint, which knows the types of our inputs', () => {
    const folder = tempDir('pages')
    const workflows = path.join(folder, '.github/workflows')
    mkdirSync(workflows, { recursive: true })
    for (const part of ['action.yml', 'release', 'rollback', 'preview']) {
      cpSync(path.join(root, part), path.join(folder, part), { recursive: true })
    }
    for (const name of PUBLISHED) {
      mkdirSync(path.join(folder, 'dist', name), { recursive: true })
      writeFileSync(path.join(folder, 'dist', name, 'index.js'), '')
    }
    for (const name of ['release.yml', 'rollback.yml', 'preview.yml']) {
      const text = readFileSync(path.join(root, '.github/workflows', name), 'utf8')
      writeFileSync(path.join(workflows, name), text.replaceAll('uses: $/', 'uses: ./'))
    }
    for (const [name, text] of snippets()) {
      // Seen from inside the repository the action is `./`: only then are its inputs checked.
      const own = text.replaceAll(OURS, '.$1').replaceAll(/uses: \.$/gm, 'uses: ./')
      writeFileSync(path.join(workflows, `page-${name}`), own.replaceAll(/uses: \.(?= #)/g, 'uses: ./'))
    }
    execFileSync('git', ['init', '-q', folder])
    const ignored = ['label ".+" is unknown', 'unexpected key "queue"'].flatMap((text) => ['-ignore', text])
    const { status, stdout } = spawnSync(need('lint').ACTIONLINT, ignored, { cwd: folder, encoding: 'utf8' })
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })

  it('pass zizmor', () => {
    const folder = tempDir('pages')
    // Tags are shown where a page is about something else; docs/github.md says how to pin.
    writeFileSync(
      path.join(folder, 'zizmor.yml'),
      'rules: {unpinned-uses: {disable: true}, artipacked: {disable: true}}\n',
    )
    const files = [...snippets()].map(([name, text]) => {
      const file = path.join(folder, name)
      writeFileSync(file, text)
      return file
    })
    const args = ['--offline', '--no-progress', '--quiet', '--config', path.join(folder, 'zizmor.yml'), ...files]
    const { status, stdout } = spawnSync(need('lint').ZIZMOR, args, { cwd: root, encoding: 'utf8' })
    expect(stdout).toMatch(/^No findings to report/m)
    expect(status).toBe(0)
  })
})
