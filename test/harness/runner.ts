// A double of GitHub's runner for one JavaScript action: the same environment, files, commands, signals and post step
// as the real one gives, so that what is tested here is what happens there.
import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { parse } from 'yaml'
import { Listener, Masks, parseCommandFile, type Annotation } from './commands.ts'
import { condition, interpolate, type Scope, type Value } from './expressions.ts'
import { measureLag } from './lag.ts'
import { bundle, node24, root } from './node.ts'
import { tempDir } from './temp.ts'

export interface RunOptions {
  /** The folder of the action.yml; this repository's release action unless told. */
  action?: string
  inputs?: Record<string, string>
  /** The step's environment, beside what the runner sets. Of this process only PATH is passed on; HOME is an empty folder. */
  env?: Record<string, string>
  /** Overrides of the `github` context by its own names (`sha`, `event_name`, `token`, `api_url`, …). */
  github?: Record<string, string>
  event?: { readonly [key: string]: Value }
  /** Masked from the start, as the repository's secrets are. */
  secrets?: readonly string[]
  node?: string
  /** GITHUB_WORKSPACE and the working directory: a new empty folder unless told. */
  workspace?: string
  /** Cancels the job at the first raw line of the main stage that matches. */
  cancelOn?: RegExp | ((line: string) => boolean)
  /** The step's own time limit: the same signals, but a failure. */
  timeoutMs?: number
  /** Kills node (-9) at such a line, as the kernel does when memory is short: the rest of the job goes on. */
  killOn?: RegExp | ((line: string) => boolean)
  /** The machine goes away at such a line: everything of the job is killed, nothing runs afterwards. */
  loseOn?: RegExp | ((line: string) => boolean)
  /** The first two, when a test says so instead of at a line. */
  when?: { readonly cancel?: AbortSignal; readonly kill?: AbortSignal }
  /** ms from SIGINT to SIGTERM, and from there to SIGKILL. */
  grace?: readonly [number, number]
  /** How a later step of the job ends, before the post step is asked. */
  laterStep?: 'failure' | 'cancelled'
  /** The folder to take bundles from instead of dist/ (default: DIST_DIR). */
  dist?: string
  onLine?: (line: string) => void
}

export type Outcome = 'success' | 'failure' | 'cancelled'

export interface Stage {
  name: 'pre' | 'main' | 'post'
  result: Outcome
  exitCode: number | null
  /** What ended it, when it was a signal. */
  signal: NodeJS.Signals | null
  /** What the runner sent, with the ms since the stage began. */
  sent: { signal: NodeJS.Signals; at: number }[]
  ms: number
  /** How long the machine kept this process waiting after the first of them. */
  lagMs: number
}

export interface ActionRun {
  /** Of the main stage, before the job's end. */
  outcome: Outcome
  jobStatus: Outcome
  exitCode: number | null
  stages: Stage[]
  outputs: Record<string, string>
  state: Record<string, string>
  /** What the action added to the environment and PATH of later steps. */
  env: Record<string, string>
  path: string[]
  summary: string
  annotations: Annotation[]
  /** As a person sees it: commands carried out, secrets masked. */
  log: string
  /** As it was printed. */
  raw: string
  /** Command lines of processes that outlived the job; the runner kills them at its end, so does this. */
  orphans: string[]
  workspace: string
  temp: string
}

interface ActionFile {
  inputs?: Record<string, { default?: string | number | boolean; deprecationMessage?: string }>
  runs: { using: string; main: string; pre?: string; 'pre-if'?: string; post?: string; 'post-if'?: string }
}

const matcher = (wanted: RunOptions['cancelOn']): ((line: string) => boolean) =>
  wanted === undefined ? () => false : typeof wanted === 'function' ? wanted : (line) => wanted.test(line)

function processesOf(tracking: string): { pid: number; command: string }[] {
  return (existsSync('/proc') ? readdirSync('/proc') : [])
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        if (!readFileSync(`/proc/${name}/environ`, 'latin1').includes(`RUNNER_TRACKING_ID=${tracking}`)) return []
        // A zombie has an empty command line: it is gone, only its parent hasn't noticed.
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
        return command === '' ? [] : [{ pid: Number(name), command }]
      } catch {
        return [] // ended meanwhile, or not ours to read
      }
    })
}

function killAll(tracking: string): string[] {
  const found = processesOf(tracking)
  for (const { pid } of found) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // Ended meanwhile.
    }
  }
  return found.map(({ command }) => command)
}

/** A process that was told to end is none; on a busy machine its end takes a moment. */
const ENDING_MS = 500

async function killOrphans(tracking: string): Promise<string[]> {
  const until = performance.now() + ENDING_MS
  while (processesOf(tracking).length > 0 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return killAll(tracking)
}

function githubContext(options: RunOptions, workspace: string, temp: string): Record<string, string> {
  const context: Record<string, string> = {
    action: '__self',
    action_ref: 'v1',
    action_repository: 'acme/immutable-deploy',
    actor: 'alice',
    actor_id: '1001',
    api_url: 'https://api.github.com',
    base_ref: '',
    event_name: 'push',
    event_path: path.join(temp, '_github_workflow', 'event.json'),
    graphql_url: 'https://api.github.com/graphql',
    head_ref: '',
    job: 'deploy',
    ref: 'refs/heads/main',
    ref_name: 'main',
    ref_protected: 'false',
    ref_type: 'branch',
    repository: 'acme/shop',
    repository_id: '2002',
    repository_owner: 'acme',
    repository_owner_id: '3003',
    retention_days: '90',
    run_attempt: '1',
    run_id: '4004',
    run_number: '7',
    server_url: 'https://github.com',
    sha: 'a'.repeat(40),
    triggering_actor: 'alice',
    workflow: 'ship',
    workflow_ref: 'acme/shop/.github/workflows/ship.yml@refs/heads/main',
    workflow_sha: 'a'.repeat(40),
    ...options.github,
    workspace,
  }
  // Only by an expression: there is no GITHUB_TOKEN unless a workflow passes it.
  delete context.token
  return context
}

export async function runAction(options: RunOptions = {}): Promise<ActionRun> {
  const dir = options.action ?? root
  const action = parse(readFileSync(path.join(dir, 'action.yml'), 'utf8')) as ActionFile
  const home = tempDir('runner')
  const workspace = options.workspace ?? path.join(home, 'work')
  const temp = path.join(home, 'temp')
  const commandFiles = path.join(temp, '_runner_file_commands')
  for (const folder of [workspace, commandFiles, path.join(temp, '_github_workflow'), path.join(home, 'tools')]) {
    mkdirSync(folder, { recursive: true })
  }
  mkdirSync(path.join(home, 'home'))
  const tracking = `github_${randomUUID()}`
  const masks = new Masks()
  for (const secret of options.secrets ?? []) masks.add(secret)

  const github = githubContext(options, workspace, temp)
  const token = options.github?.token ?? ''
  masks.add(token)
  writeFileSync(github.event_path!, JSON.stringify(options.event ?? {}))

  let jobStatus: Outcome = 'success'
  const scope: Scope = {
    contexts: {
      github: { ...github, token, event: options.event ?? {} },
      env: options.env ?? {},
      runner: { os: 'Linux', arch: 'X64', temp, tool_cache: path.join(home, 'tools') },
      get job() {
        return { status: jobStatus }
      },
    },
    functions: {
      always: () => true,
      success: () => jobStatus === 'success',
      failure: () => jobStatus === 'failure',
      cancelled: () => jobStatus === 'cancelled',
    },
  }

  const run: ActionRun = {
    outcome: 'success',
    jobStatus: 'success',
    exitCode: null,
    stages: [],
    outputs: {},
    state: {},
    env: {},
    path: [],
    summary: '',
    annotations: [],
    log: '',
    raw: '',
    orphans: [],
    workspace,
    temp,
  }
  const say = (line: string) => (run.log += `${masks.hide(line)}\n`)
  const annotate = (level: Annotation['level'], message: string) => {
    run.annotations.push({ level, message, properties: {} })
    say(`##[${level}]${message}`)
  }

  // Inputs are evaluated anew for each stage.
  const inputs = (): Record<string, string> => {
    const declared = action.inputs ?? {}
    const given = options.inputs ?? {}
    const values: Record<string, string> = {}
    for (const [name, spec] of Object.entries(declared)) values[name] = interpolate(String(spec.default ?? ''), scope)
    for (const [name, value] of Object.entries(given)) {
      const same = Object.keys(declared).find((key) => key.toLowerCase() === name.toLowerCase())
      values[same ?? name] = interpolate(value, scope)
    }
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]),
    )
  }
  const unknown = Object.keys(options.inputs ?? {}).filter(
    (name) => !Object.keys(action.inputs ?? {}).some((key) => key.toLowerCase() === name.toLowerCase()),
  )
  if (unknown.length > 0) {
    const [bad, valid] = [unknown, Object.keys(action.inputs ?? {})].map((list) => list.map((x) => `'${x}'`).join(', '))
    annotate('warning', `Unexpected input(s) ${bad}, valid inputs are [${valid}]`)
  }
  for (const [name, { deprecationMessage }] of Object.entries(action.inputs ?? {})) {
    if (deprecationMessage !== undefined && options.inputs?.[name] !== undefined) {
      annotate('warning', `Input '${name}' has been deprecated with message: ${deprecationMessage}`)
    }
  }

  let lost = false
  const stage = async (name: Stage['name'], file: string): Promise<void> => {
    const files = Object.fromEntries(
      (['output', 'state', 'env', 'path', 'step_summary'] as const).map((kind) => {
        const place = path.join(commandFiles, `${kind}_${randomUUID()}`)
        writeFileSync(place, '')
        return [kind, place]
      }),
    ) as Record<'output' | 'state' | 'env' | 'path' | 'step_summary', string>
    const prefixed = (prefix: string, values: Record<string, string>) =>
      Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]))
    const upper = (values: Record<string, string>) =>
      Object.fromEntries(Object.entries(values).map(([key, value]) => [key.toUpperCase(), value]))
    const env = {
      HOME: path.join(home, 'home'),
      LANG: 'C.UTF-8',
      ...options.env,
      ...run.env,
      PATH: [...run.path.toReversed(), options.env?.PATH ?? process.env.PATH].join(':'),
      ...inputs(),
      ...prefixed('STATE_', run.state),
      ...prefixed('GITHUB_', upper(github)),
      ...prefixed('GITHUB_', upper(files)),
      GITHUB_ACTIONS: 'true',
      CI: 'true',
      RUNNER_OS: 'Linux',
      RUNNER_ARCH: 'X64',
      RUNNER_NAME: 'double',
      RUNNER_ENVIRONMENT: 'github-hosted',
      RUNNER_TEMP: temp,
      RUNNER_TOOL_CACHE: path.join(home, 'tools'),
      RUNNER_WORKSPACE: path.dirname(workspace),
      RUNNER_TRACKING_ID: tracking,
    }
    const listener = new Listener(masks)
    const started = performance.now()
    const done: Stage = { name, result: 'success', exitCode: null, signal: null, sent: [], ms: 0, lagMs: 0 }
    run.stages.push(done)

    const target = bundle(path.resolve(dir, file), options.dist ?? process.env.DIST_DIR)
    let child: ChildProcess
    try {
      child = spawn(options.node ?? node24, [target], { cwd: workspace, env, stdio: ['pipe', 'pipe', 'pipe'] })
    } catch (error) {
      // An environment that is too big for the kernel, for one.
      annotate('error', (error as Error).message)
      done.result = 'failure'
      if (jobStatus === 'success') jobStatus = 'failure'
      return
    }
    child.stdin?.end()

    let ending: 'cancelled' | 'failure' | undefined
    const timers: NodeJS.Timeout[] = []
    let lag: ReturnType<typeof measureLag> | undefined
    const send = (signal: NodeJS.Signals) => {
      lag ??= measureLag()
      done.sent.push({ signal, at: Math.round(performance.now() - started) })
      child.kill(signal)
    }
    const end = (why: 'cancelled' | 'failure') => {
      if (ending !== undefined || child.exitCode !== null || child.signalCode !== null) return
      ending = why
      if (why === 'cancelled') jobStatus = 'cancelled'
      const [toTerm, toKill] = options.grace ?? [7500, 2500]
      send('SIGINT')
      timers.push(setTimeout(send, toTerm, 'SIGTERM'), setTimeout(send, toTerm + toKill, 'SIGKILL'))
    }
    const { timeoutMs } = options
    if (timeoutMs !== undefined && name === 'main') timers.push(setTimeout(end, timeoutMs, 'failure'))

    if (name === 'main') {
      options.when?.kill?.addEventListener('abort', () => child.kill('SIGKILL'), { once: true })
      options.when?.cancel?.addEventListener('abort', () => end('cancelled'), { once: true })
    }
    const [cancel, kill, lose] = [options.cancelOn, options.killOn, options.loseOn].map(matcher)
    const streams = [child.stdout!, child.stderr!].map(
      (stream) =>
        new Promise<void>((resolve) => {
          const lines = createInterface({ input: stream, crlfDelay: Infinity })
          lines.on('line', (line) => {
            run.raw += `${line}\n`
            options.onLine?.(line)
            const shown = listener.line(line)
            if (shown !== undefined) run.log += `${shown}\n`
            if (name !== 'main' || lost) return
            if (lose!(line)) {
              lost = true
              child.kill('SIGKILL')
              killAll(tracking)
            } else if (kill!(line)) child.kill('SIGKILL')
            else if (cancel!(line)) end('cancelled')
          })
          lines.on('close', resolve)
        }),
    )
    const failed = await new Promise<Error | undefined>((resolve) => {
      child.once('error', resolve)
      child.once('exit', (code, signal) => {
        done.exitCode = code
        done.signal = signal
        resolve(undefined)
      })
    })
    for (const timer of timers) clearTimeout(timer)
    // A child of the action may still hold the streams: the runner waits 5 s for them, no longer.
    let patience: NodeJS.Timeout | undefined
    await Promise.race([Promise.all(streams), new Promise((resolve) => (patience = setTimeout(resolve, 5000)))])
    clearTimeout(patience)
    child.stdout?.destroy()
    child.stderr?.destroy()
    done.ms = Math.round(performance.now() - started)
    done.lagMs = lag?.stop() ?? 0
    if (failed) annotate('error', failed.message)
    let result: Outcome = !failed && done.exitCode === 0 ? 'success' : 'failure'

    // The files count however the process ended.
    try {
      for (const [key, value] of parseCommandFile(files.output, 'output')) listener.outputs[key] = value
      for (const [key, value] of parseCommandFile(files.state, 'state')) listener.state[key] = value
      for (const [key, value] of parseCommandFile(files.env, 'env')) {
        if (key === 'NODE_OPTIONS')
          annotate('error', "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.")
        else run.env[key] = value
      }
    } catch (error) {
      annotate('error', (error as Error).message)
      result = 'failure'
    }
    run.path.push(
      ...readFileSync(files.path, 'utf8')
        .split(/\r?\n/)
        .filter((line) => line !== ''),
    )
    if (statSync(files.step_summary).size > 1024 * 1024) {
      annotate('error', '$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k')
    } else run.summary += masks.hide(readFileSync(files.step_summary, 'utf8'))
    if (name === 'main') Object.assign(run.outputs, listener.outputs)
    Object.assign(run.state, listener.state)
    run.annotations.push(...listener.annotations)
    if (listener.refused.length > 0) result = 'failure'
    if (name === 'main' && ending === 'failure') annotate('error', `The action '${github.action}' has timed out.`)
    done.result = ending ?? result
    if (done.result === 'failure' && jobStatus === 'success') jobStatus = 'failure'
  }

  const { pre, main, post } = action.runs
  if (pre !== undefined && condition(action.runs['pre-if'] ?? 'always()', scope)) await stage('pre', pre)
  if (jobStatus === 'success') {
    await stage('main', main)
    const last = run.stages.at(-1)!
    run.outcome = last.result
    run.exitCode = last.exitCode
    if (options.laterStep !== undefined && jobStatus === 'success') jobStatus = options.laterStep
    if (post !== undefined && !lost && condition(action.runs['post-if'] ?? 'always()', scope)) await stage('post', post)
  } else run.outcome = jobStatus
  run.jobStatus = jobStatus
  run.orphans = await killOrphans(tracking)
  return run
}
