// Workflows, action files and examples through actionlint, zizmor and GitHub's own language service, all offline.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { PUBLISHED } from '../../src/bundle.ts'
import { describeWith, need } from '../harness/lab.ts'
import { node24, root } from '../harness/node.ts'
import { tempDir } from '../harness/temp.ts'

const files = (pattern: string, cwd = root): string[] => globSync(pattern, { cwd }).toSorted()
const WORKFLOWS = files('.github/workflows/*.yml')
const EXAMPLES = files('examples/*.yml')
const ACTIONS = files('{action.yml,*/action.yml}').filter((file) => !file.startsWith('node_modules'))

/** The repository with what actionlint does not know spelled out: `$/`, and our own name in the examples. */
function forActionlint(): string {
  const folder = tempDir('lint')
  for (const file of ACTIONS) cpSync(path.join(root, file), path.join(folder, file))
  for (const name of PUBLISHED) {
    mkdirSync(path.join(folder, 'dist', name), { recursive: true })
    writeFileSync(path.join(folder, 'dist', name, 'index.js'), '')
  }
  mkdirSync(path.join(folder, '.github/workflows'), { recursive: true })
  for (const file of [...WORKFLOWS, ...EXAMPLES]) {
    const name = file.startsWith('examples/') ? `example-${path.basename(file)}` : path.basename(file)
    const text = readFileSync(path.join(root, file), 'utf8')
      .replaceAll('uses: $/', 'uses: ./')
      .replaceAll(/OWNER\/immutable-deploy(\/[\w./-]+)?@(?:v1|[0-9a-f]{40})/g, '.$1')
      .replaceAll(/uses: \.$/gm, 'uses: ./')
    writeFileSync(path.join(folder, '.github/workflows', name), text)
  }
  execFileSync('git', ['init', '-q', folder])
  return folder
}

describeWith('lint')('workflows, actions and examples', () => {
  it('pass actionlint, which knows the types of our inputs', () => {
    const ignored = ['label ".+" is unknown', 'unexpected key "queue"'].flatMap((text) => ['-ignore', text])
    const { status, stdout } = spawnSync(need('lint').ACTIONLINT, ignored, { cwd: forActionlint(), encoding: 'utf8' })
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })

  it('pass zizmor', () => {
    // As somebody writes it who pins by commit, as docs/github.md recommends.
    const folder = tempDir('zizmor')
    for (const file of EXAMPLES) {
      const text = readFileSync(path.join(root, file), 'utf8')
      const pinned = text.replaceAll(/(OWNER\/immutable-deploy[\w./-]*)@v1/g, `$1@${'1'.repeat(40)}`)
      writeFileSync(path.join(folder, path.basename(file)), pinned)
    }
    const copies = EXAMPLES.map((file) => path.join(folder, path.basename(file)))
    const args = ['--offline', '--no-progress', '--quiet', ...WORKFLOWS, ...copies, ...ACTIONS]
    const { status, stdout } = spawnSync(need('lint').ZIZMOR, args, { cwd: root, encoding: 'utf8' })
    expect(stdout).toMatch(/^No findings to report/m)
    expect(status).toBe(0)
  })

  it('pass the language service of GitHub Actions', () => {
    const { LANGUAGE_SERVICE = '' } = need('lint')
    expect(LANGUAGE_SERVICE, 'start the lab again: npm run lab').not.toBe('')
    const args = [LANGUAGE_SERVICE, root, 'OWNER/immutable-deploy']
    const { status, stdout, stderr } = spawnSync(node24, args, { encoding: 'utf8' })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
  })
})
