import { randomUUID } from 'node:crypto'
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { exec } from './shell.ts'

export interface Step {
  /** `release` or `rollback`: a folder of dist. */
  readonly action: 'release' | 'rollback'
  readonly inputs: Readonly<Record<string, string>>
  readonly cwd: string
  /** The commit that the event names. */
  readonly revision: string
  readonly env: NodeJS.ProcessEnv
  /** Folder for command files and the log. */
  readonly folder: string
  readonly onTitle: (title: string) => void
}

export interface StepResult {
  readonly code: number
  readonly outputs: ReadonlyMap<string, string>
  readonly log: string
}

/** The folder that holds the bundles: this program's own grandparent. */
export function distFolder(): string {
  return path.resolve(path.dirname(process.argv[1] ?? ''), '..')
}

/** Runs one bundle as the runner would: inputs and command files in the environment, the post step after a failure. */
export async function runAction(step: Step, dist = distFolder()): Promise<StepResult> {
  const folder = path.join(step.folder, randomUUID())
  mkdirSync(folder, { recursive: true })
  const log = path.join(folder, 'log.txt')
  const env = stepEnvironment(step, folder)
  const code = await context(path.join(dist, step.action, 'index.js'), step, env, log)
  const post = path.join(dist, 'cleanup', 'index.js')
  if (code !== 0 && existsSync(post)) {
    const state = [...readCommandFile(path.join(folder, 'STATE'))].map(
      ([key, value]) => [`STATE_${key}`, value] as const,
    )
    await context(post, step, { ...env, ...Object.fromEntries(state) }, log)
  }
  return { code, outputs: readCommandFile(path.join(folder, 'OUTPUT')), log }
}

async function context(bundle: string, step: Step, env: NodeJS.ProcessEnv, log: string): Promise<number> {
  const file = createWriteStream(log, { flags: 'a' })
  const onLine = (line: string) => {
    file.write(`${line}\n`)
    const title = /^::group::(.*)$/.exec(line)?.[1]
    if (title !== undefined) step.onTitle(title)
  }
  const { code } = await exec(process.execPath, [bundle], { cwd: step.cwd, env, onLine })
  await new Promise((resolve) => file.end(resolve))
  return code
}

const FILES = ['OUTPUT', 'STATE', 'ENV', 'PATH', 'STEP_SUMMARY'] as const

function stepEnvironment(step: Step, folder: string): NodeJS.ProcessEnv {
  const outside = Object.entries(step.env).filter(([name]) => !/^(?:GITHUB_|INPUT_|STATE_|RUNNER_)/.test(name))
  const inputs = Object.entries(step.inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const)
  const files = FILES.map((name) => [`GITHUB_${name}`, path.join(folder, name)] as const)
  for (const [, file] of files) writeFileSync(file, '')
  const event = path.join(folder, 'event.json')
  writeFileSync(event, '{}')
  return {
    ...Object.fromEntries(outside),
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_EVENT_PATH: event,
    GITHUB_SHA: step.revision,
    GITHUB_WORKSPACE: step.cwd,
    GITHUB_ACTOR: 'demo',
    GITHUB_RUN_ID: String(Date.now()),
    GITHUB_RUN_ATTEMPT: '1',
    RUNNER_TEMP: folder,
    ...Object.fromEntries(files),
    ...Object.fromEntries(inputs),
  }
}

/** Reads `key=value` and `key<<DELIMITER` records, as the runner does. */
export function readCommandFile(file: string): Map<string, string> {
  const values = new Map<string, string>()
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split(/\r?\n/) : []
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, key, delimiter] = /^([^=]*?)<<(.+)$/.exec(line) ?? []
    if (key !== undefined && delimiter !== undefined) {
      const end = lines.indexOf(delimiter)
      values.set(key, lines.splice(0, Math.max(end, 0)).join('\n'))
      lines.shift()
    } else if (line.includes('=')) {
      values.set(line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1))
    }
  }
  return values
}
