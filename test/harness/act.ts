// Runs a throwaway repository's workflows through `act` on this machine, against what is committed here: the nearest
// thing to a user's own run. Not for cancellation, masks or permissions: there act differs from GitHub's runner.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { spelledOut, spellOutFolder, stubsFor } from './act-differences.ts'
import type { StubCall } from './act-differences.ts'
import { git, makeApp, type App } from './images.ts'
import { need } from './parts.ts'
import { node24, root } from './node.ts'
import { tempDir } from './temp.ts'

export interface WorkflowOptions {
  /** The user's repository: a sample app unless told. It needs an `origin` on github.com. */
  app?: App
  /** `.github/workflows/NAME` → text. `OWNER/immutable-deploy@v1` is replaced by the repository under test. */
  workflows: Record<string, string>
  event?: 'push' | 'workflow_dispatch' | 'pull_request' | 'schedule' | 'workflow_run'
  payload?: Record<string, unknown>
  secrets?: Record<string, string>
  /** Seen by every step. */
  env?: Record<string, string>
  /** The action under test: an export of HEAD unless told. */
  action?: string
  /** Cancels the run (SIGINT) at the first line that matches. */
  cancelOn?: RegExp
  /** What the home folder of the runner has already: path → text. */
  home?: Record<string, string>
  /** What actions of other people do besides noting what they were given (see `stubsFor`). */
  stubs?: Record<string, string>
}

export interface WorkflowStep {
  /** The step's `id`, else what act calls it. */
  id: string
  name: string
  stage: string
  result: string
  outputs: Record<string, string>
}

export interface WorkflowRun {
  code: number | null
  /** By job id. A job that never ran is not here. */
  jobs: Record<string, { result: string; steps: WorkflowStep[] }>
  summary: string
  annotations: { level: string; message: string }[]
  /** What the steps printed. */
  log: string
  /** What actions of other people were given. */
  stubs: StubCall[]
  /** The home folder of the runner, as it was left. */
  home: string
  /** Command lines of processes of the run that are still there. */
  orphans: () => string[]
}

let exported: string | undefined

/** What is committed, in a clean folder: act would take ignored files and an uncommitted dist/ along. */
export function exportHead(): string {
  if (exported !== undefined) return exported
  const dir = tempDir('export')
  const archive = execFileSync('git', ['archive', '--format=tar', 'HEAD'], { cwd: root, maxBuffer: 256 * 1024 * 1024 })
  execFileSync('tar', ['-x', '-C', dir], { input: archive })
  // Bundles that are built, but not committed yet.
  const built = process.env['DIST_DIR']
  if (built) cpSync(built, path.join(dir, 'dist'), { recursive: true, force: true })
  spellOutFolder(path.join(dir, '.github/workflows'))
  return (exported = dir)
}

/** Processes whose home folder is that of the runner. */
function orphansOf(home: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const variables = readFileSync(`/proc/${name}/environ`, 'latin1').split('\0')
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
        return variables.includes(`HOME=${home}`) && command !== '' ? [command] : []
      } catch {
        return [] // ended meanwhile
      }
    })
}

/** `runs-on: label` and `runs-on: [one, other]` */
function labelsOf(text: string): string[] {
  return [...text.matchAll(/runs-on: *(.+)/g)].flatMap(([, named = '']) => named.match(/[\w.-]+/g) ?? [])
}

interface Line {
  jobID?: string
  stage?: string
  step?: string
  stepID?: string | string[]
  command?: string
  name?: string
  arg?: string
  content?: string
  stepResult?: string
  jobResult?: string
  raw_output?: boolean
  msg?: string
}

export async function runWorkflow(options: WorkflowOptions): Promise<WorkflowRun> {
  const { ACT } = need('act')
  const app = options.app ?? makeApp()
  const action = options.action ?? exportHead()
  if (!existsSync(path.join(action, 'action.yml'))) throw new Error('HEAD has no action.yml: commit it first')
  const files = Object.entries(options.workflows).map(([name, text]) => [`.github/workflows/${name}`, spelledOut(text)])
  const called = globSync('.github/workflows/*.yml', { cwd: action }).map((file) =>
    readFileSync(path.join(action, file), 'utf8'),
  )
  const stubs = stubsFor([...Object.values(options.workflows), ...called], options.stubs)
  const labels = new Set(['ubuntu-latest', 'self-hosted', ...Object.values(options.workflows).flatMap(labelsOf)])
  const isThere = ([file = '', text = '']: readonly string[]) => {
    const place = path.join(app.dir, file)
    return existsSync(place) && readFileSync(place, 'utf8') === text
  }
  if (!files.every(isThere)) app.commit('workflows', { files: Object.fromEntries(files) as Record<string, string> })

  const home = tempDir('act')
  for (const [name, text] of Object.entries({ '.profile': '', ...options.home })) {
    const file = path.join(home, 'home', name)
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, text, { mode: 0o600 })
  }
  writeFileSync(path.join(home, 'event.json'), JSON.stringify(options.payload ?? {}))
  const sha = git(app.dir, 'rev-parse', 'HEAD')
  const context: Record<string, string> = {
    GIT_PAGER: 'cat',
    TERM: 'dumb',
    NO_COLOR: '1',
    GITHUB_RUN_ID: '4004',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_TRIGGERING_ACTOR: 'alice',
    GITHUB_WORKFLOW_REF: 'acme/shop/.github/workflows/ship.yml@refs/heads/main',
    GITHUB_WORKFLOW_SHA: sha,
    RUNNER_NAME: 'act',
    RUNNER_ENVIRONMENT: 'self-hosted',
    ...options.env,
  }
  const args = [
    options.event ?? 'push',
    '--json',
    '--rm',
    '--no-cache-server',
    ...['--container-daemon-socket', '-', '--actor', 'alice', '--defaultbranch', 'main'],
    ...['--eventpath', path.join(home, 'event.json')],
    ...['--local-repository', `acme/immutable-deploy@v1=${action}`],
    ...stubs.args,
    ...[...labels].flatMap((label) => ['--platform', `${label}=-self-hosted`]),
    ...Object.entries({ GITHUB_TOKEN: 'ghs_fake', ...options.secrets }).flatMap(([name, value]) => [
      '--secret',
      `${name}=${value}`,
    ]),
    ...Object.entries(context).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  ]
  const child = spawn(ACT, args, {
    cwd: app.dir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      // act takes the `node` of its own PATH for every action, whatever the action asks for.
      PATH: `${path.dirname(node24)}:${process.env.PATH ?? ''}`,
      HOME: path.join(home, 'home'),
      XDG_CACHE_HOME: path.join(home, 'cache'),
      XDG_CONFIG_HOME: path.join(home, 'config'),
    },
  })
  let out = ''
  let err = ''
  let { cancelOn } = options
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    if (!cancelOn?.test(out)) return
    cancelOn = undefined
    child.kill('SIGINT')
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })

  const run: WorkflowRun = {
    ...{ code, jobs: {}, summary: '', annotations: [], log: '' },
    ...{ stubs: stubs.calls(), home: path.join(home, 'home'), orphans: () => orphansOf(path.join(home, 'home')) },
  }
  for (const text of out.split('\n')) {
    if (!text.startsWith('{')) continue
    const line = JSON.parse(text) as Line
    const job = line.jobID === undefined ? undefined : (run.jobs[line.jobID] ??= { result: '', steps: [] })
    if (line.jobResult !== undefined && job) job.result = line.jobResult
    if (line.raw_output === true || line.command !== undefined || line.jobID === undefined)
      run.log += `${(line.msg ?? '').trimEnd()}\n`
    if (line.command === 'summary') run.summary += line.content ?? ''
    if (/^(error|warning|notice)$/.test(line.command ?? '')) {
      run.annotations.push({ level: line.command ?? '', message: line.arg ?? '' })
    }
    if (!job || line.step === undefined || line.stage === undefined) continue
    const id = Array.isArray(line.stepID) ? line.stepID.join('/') : (line.stepID ?? line.step)
    let step = job.steps.find((known) => known.id === id && known.stage === line.stage)
    if (!step) job.steps.push((step = { id, name: line.step, stage: line.stage, result: '', outputs: {} }))
    if (line.command === 'set-output' && line.name !== undefined) step.outputs[line.name] = line.arg ?? ''
    if (line.stepResult !== undefined) step.result = line.stepResult
  }
  // Without a single job, act itself has something to say.
  if (Object.keys(run.jobs).length === 0) run.log += err
  if (options.app === undefined) app.remove()
  return run
}
