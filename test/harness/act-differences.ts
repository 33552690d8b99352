// Where act is not GitHub: what it does not know is taken out or spelled out before a workflow runs, and actions of other
// people, which it would download, are replaced by ones that only write down what they were given.
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { tempDir } from './temp.ts'

/** Keys that are newer than act, and `$/`: the repository of this file, at its commit. */
export function spelledOut(text: string): string {
  return (
    text
      .replaceAll('OWNER/immutable-deploy', 'acme/immutable-deploy')
      .replaceAll(/uses: \$\/([a-z]+)/g, 'uses: acme/immutable-deploy/$1@v1')
      // The repository of a test is at the commit that the event names; with \`ref\` act would ask GitHub for it.
      .replaceAll(/^ +ref: \$\{\{.*(?:\.head\.sha|head_sha).*\n/gm, '')
      .replaceAll(/^ +(?:queue: max|deployment: false|artifact-metadata: write).*\n/gm, '')
      .replaceAll(/(acme\/immutable-deploy[\w./-]*)@[0-9a-f]{40}(?: # v\S+)?/g, '$1@v1')
  )
}

export function spellOutFolder(folder: string): void {
  for (const name of globSync('*.yml', { cwd: folder })) {
    const file = path.join(folder, name)
    writeFileSync(file, spelledOut(readFileSync(file, 'utf8')))
  }
}

/** What an action of somebody else was called with; inputs by their names, in capitals. */
export interface StubCall {
  readonly uses: string
  readonly job: string
  readonly inputs: Readonly<Record<string, string>>
}

export interface Stubs {
  /** Arguments for act. */
  readonly args: readonly string[]
  calls(): StubCall[]
}

/** @param scripts what an action does besides, by its name: lines of a module; they see `process.env` */
export function stubsFor(texts: readonly string[], scripts: Readonly<Record<string, string>> = {}): Stubs {
  const log = path.join(tempDir('stubs'), 'log')
  const named = texts.flatMap((text) =>
    [...text.matchAll(/uses: ([\w-]+\/[\w.-]+@[\w.-]+)/g)].map(([, uses = '']) => uses),
  )
  const foreign = [...new Set(named)].filter((uses) => !/^(?:acme\/immutable-deploy|actions\/checkout)/.test(uses))
  const args = foreign.flatMap((uses) => ['--local-repository', `${uses}=${stub(uses, log, scripts)}`])
  return {
    args,
    calls: () =>
      existsSync(log)
        ? readFileSync(log, 'utf8')
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line) as StubCall)
        : [],
  }
}

function stub(uses: string, log: string, scripts: Readonly<Record<string, string>>): string {
  const folder = path.join(tempDir('stub'), 'action')
  mkdirSync(folder)
  const name = uses.split('@')[0] ?? ''
  writeFileSync(
    path.join(folder, 'action.yml'),
    'name: stub\ndescription: stub\nruns: {using: node24, main: main.mjs}\n',
  )
  writeFileSync(
    path.join(folder, 'main.mjs'),
    `import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
const inputs = Object.fromEntries(Object.entries(process.env).flatMap(([key, value]) =>
  key.startsWith('INPUT_') ? [[key.slice(6), value]] : []))
appendFileSync(${JSON.stringify(log)}, JSON.stringify({ uses: ${JSON.stringify(name)}, job: process.env.GITHUB_JOB, inputs }) + '\\n')
const setEnv = (key, value) => appendFileSync(process.env.GITHUB_ENV, key + '=' + value + '\\n')
${scripts[name] ?? ''}
`,
  )
  return folder
}
