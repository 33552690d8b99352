// Somebody who takes requests and never answers, or answers a byte a second, in each step of a release that nobody
// cancels: it ends by its time limits, and says of what runs what is known.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { pinned } from '../../src/domain/image.ts'
import { startEngineProxy } from '../harness/engine-proxy.ts'
import { describeWith, need } from '../harness/lab.ts'
import { startFaultProxy } from '../harness/proxy.ts'
import { tempDir } from '../harness/temp.ts'
import type { Bench } from '../integration/kubernetes-world.ts'
import { app, deployApp, openBench } from '../integration/kubernetes-world.ts'
import type { Told } from './world.ts'
import { World } from './world.ts'

type Matches = (method: string, path: string) => boolean
type Mode = 'silent' | 'drips'

interface Row {
  readonly step: string
  /** What is not answered; a new one for each run. */
  readonly held: () => Matches
  readonly inputs?: Readonly<Record<string, string>>
  readonly outcome: Readonly<Record<Mode, string>>
}

const TIMEOUT_MS = 12_000
/** The rollout and the way back have the time limit each; who gave no answer is asked once more after each. */
const ENDS_WITHIN_MS = 2 * TIMEOUT_MS + 2 * 10_000 + 5000

/** Everything that matches from the nth time on, and then also what `after` matches. */
function from(matches: Matches, nth: number, after = matches): Matches {
  let seen = 0
  return (method, at) => {
    const isMeant = matches(method, at)
    if (isMeant) seen += 1
    return seen >= nth && (isMeant || after(method, at))
  }
}

/** What matches `matches` once `first` was let through. */
function afterwards(first: Matches, matches: Matches): Matches {
  let isOn = false
  return (method, at) => {
    if (isOn) return matches(method, at)
    if (first(method, at)) setTimeout(() => (isOn = true), 300)
    return false
  }
}

/** Not stable in time: the way back is needed, and no target goes back by itself. */
const NEVER_STABLE = { stability: `${String(TIMEOUT_MS - 1)}ms` }

/** @param slow what becomes of a change whose answer comes too late, or just in time */
function rowsOf(write: Matches, read: Matches, record: () => Matches, slow: string): Row[] {
  const everything = (): boolean => true
  const both = (outcome: string) => ({ silent: outcome, drips: outcome })
  return [
    { step: 'preflight', held: () => read, outcome: both('failed') },
    { step: 'the change', held: () => write, outcome: { silent: 'failed', drips: slow } },
    { step: 'the change and all after it', held: () => from(write, 1, everything), outcome: both('failed') },
    { step: 'every look at what runs', held: () => afterwards(write, read), outcome: both('rollback-failed') },
    { step: 'the record', held: record, outcome: both('healthy') },
    {
      step: 'the way back',
      held: () => from(write, 2),
      inputs: NEVER_STABLE,
      // Carried out, though its answer came too late: nothing differs from before.
      outcome: { silent: 'rollback-failed', drips: 'rolled-back' },
    },
  ]
}

const MODES = ['silent', 'drips'] as const

function expectEnded(run: Told, { step, outcome }: Row, mode: Mode): void {
  expect(run.outputs, run.log).toMatchObject({ outcome: outcome[mode] })
  expect(run.stages[0]?.ms, run.log).toBeLessThan(ENDS_WITHIN_MS)
  expect(run.orphans).toEqual([])
  if (outcome[mode] === 'failed') expect(run.outputs['reason-code'], run.log).toBe('target-unreachable')
  if (step === 'preflight') expect(run.stages[0]?.ms, run.log).toBeLessThan(TIMEOUT_MS + 5000)
}

describeWith('docker', 'registry')('a Swarm manager that does not answer', () => {
  const update: Matches = (method, at) => method === 'POST' && /^\/services\/.*\/update/.test(at)
  const read: Matches = (method, at) => method === 'GET' && /^\/(?:services|tasks|info|nodes)/.test(at)
  const memory: Matches = (method, at) => method === 'POST' && at.startsWith('/configs/')
  const rows = rowsOf(update, read, () => memory, 'healthy').flatMap((row) => MODES.map((mode) => ({ ...row, mode })))
  let world: World
  beforeAll(async () => {
    world = await World.open({ services: rows.map((_, index) => `web${String(index)}`), replicas: 1 })
    const first = await world.release({ 'deploy-to': 'none', workload: '' })
    expect(first.outputs, first.log).toMatchObject({ outcome: 'released' })
  })
  afterAll(() => world.close())

  it.concurrent.each(rows.map((row, index) => ({ ...row, index })))('at $step: $mode', async ({ index, ...row }) => {
    const proxy = await startEngineProxy(need('docker').DOCKER_HOST)
    proxy.rules.push({ match: row.held(), [row.mode]: true })
    const workload = world.services.names[index] ?? ''
    const limits = { timeout: `${String(TIMEOUT_MS)}ms`, environment: `e${String(index)}` }
    const run = await world.release({ ...limits, workload, 'docker-host': proxy.host, ...row.inputs })
    await proxy.stop()
    expectEnded(run, row, row.mode)
  })
})

describeWith(
  'docker',
  'registry',
  'kubernetes',
)('an API server that does not answer', () => {
  const look: Matches = (method, at) => method === 'GET' && /\/(?:deployments|pods|replicasets)/.test(at)
  const write: Matches = (method, at) => method === 'PATCH' && at.includes('/deployments/') && !at.includes('dryRun')
  // The record is the second change of the object.
  const rows = rowsOf(write, look, () => from(write, 2), 'rolled-back').flatMap((row) => {
    return MODES.map((mode) => ({ ...row, mode }))
  })
  let world: World
  let bench: Bench
  beforeAll(async () => {
    world = await World.open()
    bench = await openBench({ images: ['v1'], registry: world.registry })
    const first = await world.release()
    expect(first.outputs, first.log).toMatchObject({ outcome: 'released' })
    const image = pinned(bench.image('v1'))
    await Promise.all(rows.map((_, index) => deployApp(bench, app(`web${String(index)}`, image, { replicas: 1 }))))
  })
  afterAll(async () => {
    await bench.close()
    await world.close()
  })

  async function openFront() {
    const config = parse(readFileSync(bench.kubeconfig, 'utf8')) as { clusters: { cluster: { server: string } }[] }
    const proxy = await startFaultProxy(config.clusters[0]?.cluster.server ?? '', { tls: true })
    const cluster = { server: proxy.url, 'certificate-authority': proxy.ca }
    const kubeconfig = path.join(tempDir('kube'), 'config')
    writeFileSync(kubeconfig, stringify({ ...config, clusters: [{ name: 'lab', cluster }] }), { mode: 0o600 })
    return { proxy, kubeconfig }
  }

  it.concurrent.each(rows.map((row, index) => ({ ...row, index })))('at $step: $mode', async ({ index, ...row }) => {
    const { proxy, kubeconfig } = await openFront()
    const held = row.held()
    const match = ({ method, path: at }: { method: string; path: string }) => held(method, at)
    proxy.faults.push({ match, times: Infinity, [row.mode]: true })
    const inputs = { 'deploy-to': 'kubernetes', workload: `web${String(index)}`, container: 'web' }
    const limits = { timeout: `${String(TIMEOUT_MS)}ms`, environment: `e${String(index)}` }
    const run = await world.release({ ...inputs, ...limits, ...row.inputs }, { env: { KUBECONFIG: kubeconfig } })
    await proxy.stop()
    expectEnded(run, row, row.mode)
  })
})
