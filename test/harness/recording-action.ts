// A repository like ours whose actions only write down what reaches them: what a reusable workflow hands to which job.
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parse, stringify } from 'yaml'
import { spellOutFolder } from './act-differences.ts'
import { root } from './node.ts'
import { tempDir } from './temp.ts'

export interface Recorded {
  readonly action: string
  readonly job: string
  /** Those that were not empty, by their names in small letters. */
  readonly inputs: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
  /** The text of files that the environment names. */
  readonly files: Readonly<Record<string, string>>
  /** What the SSH agent holds. */
  readonly keys: string
}

export interface RecordingAction {
  readonly folder: string
  recorded(): Recorded[]
}

const NAMES = ['release', 'rollback', 'preview'] as const

const SCRIPT = `import { appendFileSync, readFileSync, readdirSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
const [action] = process.argv[1].split('/').slice(-2)
const inputs = Object.fromEntries(Object.entries(process.env).flatMap(([key, value]) =>
  key.startsWith('INPUT_') && value !== '' ? [[key.slice(6).toLowerCase(), value]] : []))
const files = {}
for (const name of ['KUBECONFIG', 'REGISTRY_AUTH_FILE']) {
  try { files[name] = readFileSync(process.env[name], 'utf8') } catch {}
}
const keys = process.env.SSH_AUTH_SOCK ? spawnSync('ssh-add', ['-l'], { encoding: 'utf8' }).stdout : ''
appendFileSync(LOG, JSON.stringify({ action, job: process.env.GITHUB_JOB, inputs, files, keys, env: process.env }) + '\\n')
const digest = 'sha256:' + '1'.repeat(64)
const outcome = process.env.INPUT_PROMOTE === 'release-tag' ? 'released' : 'healthy'
appendFileSync(process.env.GITHUB_OUTPUT, 'outcome=' + outcome + '\\ndigest=' + digest + '\\nimage-ref=x@' + digest + '\\nreused=false\\n')
`

function hang(job: string | undefined): string {
  if (job === undefined) return ''
  const wait = `console.log('here it hangs'); setInterval(() => undefined, 1000)`
  return `if (process.env.GITHUB_JOB === '${job}') { ${wait} }\n`
}

/** @param options the job whose action prints “here it hangs” and never ends */
export function recordingAction(options: { readonly hangsIn?: string } = {}): RecordingAction {
  const folder = tempDir('recording')
  const log = path.join(tempDir('recorded'), 'log')
  cpSync(path.join(root, '.github/workflows'), path.join(folder, '.github/workflows'), { recursive: true })
  spellOutFolder(path.join(folder, '.github/workflows'))
  for (const name of NAMES.filter((one) => existsSync(path.join(root, one, 'action.yml')))) {
    const action = parse(readFileSync(path.join(root, name, 'action.yml'), 'utf8')) as object
    mkdirSync(path.join(folder, name))
    writeFileSync(
      path.join(folder, name, 'main.mjs'),
      `${SCRIPT.replace('LOG', JSON.stringify(log))}${hang(options.hangsIn)}`,
    )
    const file = stringify({ ...action, runs: { using: 'node24', main: 'main.mjs' } })
    writeFileSync(path.join(folder, name, 'action.yml'), file)
  }
  cpSync(path.join(root, 'action.yml'), path.join(folder, 'action.yml'))
  return {
    folder,
    recorded: () =>
      existsSync(log)
        ? readFileSync(log, 'utf8')
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line) as Recorded)
        : [],
  }
}
