import { readFileSync } from 'node:fs'
import { shortDigest } from '../src/domain/digest.ts'
import { formatDuration } from '../src/domain/duration.ts'
import type { Outcome } from '../src/domain/outcome.ts'
import type { Result } from '../src/domain/result.ts'
import { shortRevision } from '../src/domain/revision.ts'
import { releaseTag } from '../src/domain/tags.ts'
import { oneLine } from '../src/domain/text.ts'
import type { StepResult } from './actions.ts'
import { runAction } from './actions.ts'
import type { SampleApp, Version } from './app.ts'
import { APP, page, PORT, SERVICE } from './app.ts'
import type { Engine } from './engine.ts'
import { DemoError, exec } from './shell.ts'
import type { Home } from './state.ts'
import type { Talk } from './talk.ts'

export interface DemoContext {
  readonly app: SampleApp
  readonly engine: Engine
  /** host:port */
  readonly registry: string
  readonly home: Home
  readonly talk: Talk
}

interface Act {
  readonly title: string
  readonly action: 'release' | 'rollback'
  /** Committed before the act; a rollback needs none. */
  readonly version?: Version
  readonly ends: Outcome
  /** What people see afterwards. */
  readonly serves: Version
  readonly moral: string
}

const ACTS: readonly Act[] = [
  {
    title: 'v1 is released: built, smoke-tested, promoted, started',
    action: 'release',
    version: 'v1',
    ends: 'healthy',
    serves: 'v1',
    moral: 'What runs is, byte for byte, what was tested.',
  },
  {
    title: 'v2 replaces it',
    action: 'release',
    version: 'v2',
    ends: 'healthy',
    serves: 'v2',
    moral: 'Nothing that ran was changed: new replicas came first, then the old ones went.',
  },
  {
    title: 'v3 is broken',
    action: 'release',
    version: 'v3',
    ends: 'failed',
    serves: 'v2',
    moral: 'The smoke test caught it before it had a tag; production never heard of it.',
  },
  {
    title: 'v4 passes every test, then dies in production',
    action: 'release',
    version: 'v4',
    ends: 'rolled-back',
    serves: 'v2',
    moral: 'The release watched its own replicas, put back exactly what ran before, and proved that too.',
  },
  {
    title: 'a person goes back to v1',
    action: 'rollback',
    ends: 'healthy',
    serves: 'v1',
    moral: 'No build, no test, no registry search by eye: the newest other version that was verified here.',
  },
]

/** Tells the acts in order. @throws DemoError as soon as one ends otherwise than told */
export async function tell(context: DemoContext): Promise<void> {
  const revisions = new Map<Version, string>()
  const digests = new Map<Version, string>()
  let head = ''
  for (const [at, act] of ACTS.entries()) {
    context.talk.title(`Act ${String(at + 1)}: ${act.title}`)
    if (act.version) {
      head = await context.app.commit(act.version)
      revisions.set(act.version, head)
    }
    const started = Date.now()
    const result = await play(act, head, context)
    await judge(act, result, context)
    if (act.version && act.ends === 'healthy') digests.set(act.version, result.outputs.get('digest') ?? '')
    narrate(act, result, Date.now() - started, context.talk)
    await audit(act, revisions, digests, context)
    await context.talk.pause()
  }
}

function play(act: Act, revision: string, { app, engine, registry, home, talk }: DemoContext): Promise<StepResult> {
  const place = {
    image: `${registry}/${APP}/web`,
    app: APP,
    environment: 'demo',
    'deploy-to': 'swarm',
    workload: SERVICE,
    stability: '3s',
    timeout: '90s',
  }
  const inputs =
    act.action === 'release' ? { ...place, manifests: 'stack.yml', smoke: SMOKE } : { ...place, to: 'previous' }
  const { action } = act
  return talk.live(act.action, (onTitle) =>
    runAction({ action, inputs, cwd: app.folder, revision, env: engine.env, folder: home.path('logs'), onTitle }),
  )
}

const SMOKE = `startup: { within: 30s, ready: "http GET :${String(PORT)}/ -> 200" }
checks:
  - http: GET :${String(PORT)}/healthz -> 200
  - http: { path: /, port: ${String(PORT)} }
    expect: { status: 200, body: ["Hello from"] }
  - stop: { within: 5s, exit: [0] }
`

async function judge(act: Act, { outputs, log }: StepResult, { engine }: DemoContext): Promise<void> {
  const outcome = outputs.get('outcome') ?? 'nothing at all'
  if (outcome !== act.ends) {
    const end = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-30).map(oneLine).join('\n  ')
    throw new DemoError(`This act should have ended ${act.ends}, but ended ${outcome}. ${log} ends with:\n  ${end}`)
  }
  const served = await whatIsServed(engine)
  const wrong = served.filter((text) => text !== page(act.serves))
  if (served.length === 0 || wrong.length > 0) {
    throw new DemoError(
      `Every replica should say "${page(act.serves)}", but they say: ${served.join(', ') || 'nothing'}`,
    )
  }
}

/** The page of every running replica, asked from inside: that needs no port and no network. */
async function whatIsServed({ env }: Engine): Promise<string[]> {
  const { stdout } = await exec('docker', ['ps', '-q', '-f', REPLICAS], { env })
  const ids = stdout.split('\n').filter((id) => id !== '')
  const asked = await Promise.all(ids.map((id) => exec('docker', ['exec', id, ...ASK], { env })))
  return asked.map((answer) => answer.stdout.trim())
}

const REPLICAS = `label=com.docker.swarm.service.name=${SERVICE}`
const ASK = ['/bin/busybox', 'wget', '-qO-', `http://127.0.0.1:${String(PORT)}/`]

function narrate(act: Act, { outputs }: StepResult, ms: number, talk: Talk): void {
  const digest = shortDigest(outputs.get('digest') ?? '')
  const revision = shortRevision(outputs.get('revision') ?? '')
  const subject = [digest, revision && `commit ${revision}`].filter(Boolean).join(', ')
  talk.good(`${act.action}: ${act.ends} in ${formatDuration(ms)}${subject ? ` (${subject})` : ''}`)
  const { custody, reason, reasonCode, state } = JSON.parse(outputs.get('result') ?? '{}') as Partial<Result>
  if (reason !== undefined) talk.say(`    ${reasonCode ?? ''}: ${reason}`)
  if (reason !== undefined && state !== undefined) talk.say(`    ${state}`)
  for (const { hop, value, evidence } of custody ?? []) {
    talk.say(`    ${hop.padEnd(8)}  ${shortDigest(value).slice(0, 19).padEnd(19)}  ${evidence}`)
  }
  talk.say(`    ${act.moral}`)
}

/** Prints the commands by which the reader can see all this without us. */
async function audit(
  act: Act,
  revisions: ReadonlyMap<Version, string>,
  digests: ReadonlyMap<Version, string>,
  { engine, registry, talk }: DemoContext,
): Promise<void> {
  talk.say('  Check it yourself:')
  const replica = `$(${engine.docker} ps -q -f ${REPLICAS} | head -1)`
  talk.check(`${engine.docker} exec ${replica} ${ASK.join(' ')}`, page(act.serves))
  const format = "'{{.Spec.TaskTemplate.ContainerSpec.Image}}'"
  talk.check(`${engine.docker} service inspect ${SERVICE} --format ${format}`, digests.get(act.serves) ?? '')
  if (!act.version) return
  const tag = releaseTag(revisions.get(act.version) ?? '')
  const list = `fetch('http://${registry}/v2/${APP}/web/tags/list').then(r => r.json())`
  talk.check(`node -e "${list}.then(l => console.log(l.tags.includes('${tag}')))"`, String(act.version !== 'v3'))
}
