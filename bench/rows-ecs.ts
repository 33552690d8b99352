// Amazon ECS, beside the SDK's own waiter and a bare script, on the same double with scripted tasks.
import {
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  waitUntilServicesStable,
} from '@aws-sdk/client-ecs'
import type { Double } from '../test/harness/ecs/index.ts'
import { CREDENTIALS, startDouble } from '../test/harness/ecs/index.ts'
import { ScriptedRuntime } from '../test/harness/ecs/scripted.ts'
import { atMost, median, ms, pause, report, timed, within } from './measure.ts'
import type { Versions, World } from './world.ts'

/** A pace that is nearer to Amazon's: seconds between two states, so that polling is what is measured. */
const KNOBS = { tick: 100, provision: 500, grace: 1500, deploymentStart: 500, backOff: 500 }

interface Bench {
  readonly world: World
  readonly versions: Versions
  readonly double: Double
  readonly runtime: ScriptedRuntime
  readonly client: ECSClient
}

export async function ecsRows(world: World): Promise<void> {
  const versions = await world.versions(`${world.registry.host}/bench/ecs`)
  const runtime = new ScriptedRuntime()
  const double = await startDouble({ runtime, knobs: KNOBS })
  const client = new ECSClient({ endpoint: double.url, region: double.world.region, credentials: CREDENTIALS })
  const bench = { world, versions, double, runtime, client }
  try {
    await success(bench)
    await failure(bench)
    for (const count of [1, 10]) await waiting(bench, count)
    await twenty(bench)
    await wayBack(bench)
  } finally {
    client.destroy()
    await double.close()
  }
}

async function register({ client, versions }: Bench, family: string, digest: string): Promise<string> {
  const containerDefinitions = [{ name: 'app', image: `${versions.image}@${digest}` }]
  const { taskDefinition } = await client.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions }))
  return taskDefinition?.taskDefinitionArn ?? ''
}

async function create(bench: Bench, ...names: string[]): Promise<void> {
  const taskDefinition = await register(bench, names[0] ?? '', bench.versions.digests[0])
  for (const serviceName of names) {
    await bench.client.send(new CreateServiceCommand({ serviceName, taskDefinition, desiredCount: 1 }))
  }
  while (!names.every((name) => isDone(bench, name))) await pause(50)
}

const serviceOf = ({ double }: Bench, name: string) => double.world.services.get(`default/${name}`)
const isDone = (bench: Bench, name: string) => serviceOf(bench, name)?.deployments[0]?.rolloutState === 'COMPLETED'

const inputs = ({ versions }: Bench, names: readonly string[], digest: string) => ({
  image: versions.image,
  digest,
  'deploy-to': 'ecs',
  workload: names.join('\n'),
  stability: '0s',
  'on-older': 'allow',
})

/** When the double's own deployment of that service was finished, ms since 1970. */
const finishedAt = (bench: Bench, name: string) => Number(serviceOf(bench, name)?.serviceDeployments[0]?.finishedAt)

async function success(bench: Bench): Promise<void> {
  await create(bench, 'told')
  const ours: number[] = []
  const waiter: number[] = []
  // The waiter goes back to the first version after the first round.
  const [one, two] = bench.versions.digests
  for (const [round, digest] of [two, two, one].entries()) {
    await bench.world.action('release', inputs(bench, ['told'], digest), {
      cwd: bench.versions.cwd,
      env: bench.double.env,
      outcome: 'healthy',
    })
    ours.push(Date.now() - finishedAt(bench, 'told'))
    if (round > 0) continue
    const taskDefinition = await register(bench, 'told', bench.versions.digests[0])
    await bench.client.send(new UpdateServiceCommand({ service: 'told', taskDefinition }))
    await waitUntilServicesStable({ client: bench.client, maxWaitTime: 600 }, { services: ['told'] })
    waiter.push(Date.now() - finishedAt(bench, 'told'))
  }
  const value = median(ours) / median(waiter)
  report({
    name: '(e1) ECS: finished → told of success',
    ours: ms(median(ours)),
    floor: `${ms(median(waiter))} (services-stable)`,
    ratio: `${value.toFixed(2)} x`,
    bound: '≤ 0.15 x and ≤ 3000 ms',
    ok: value <= 0.15 && median(ours) <= 3000,
  })
}

async function failure(bench: Bench): Promise<void> {
  await create(bench, 'crashes')
  const { versions, runtime, double, world } = bench
  runtime.behaviours.set(versions.digests[1], { exit: { code: 3, afterMs: 100 } })
  await world.action(
    'release',
    { ...inputs(bench, ['crashes'], versions.digests[1]), 'on-failure': 'leave' },
    { cwd: versions.cwd, env: double.env, outcome: 'failed' },
  )
  const ended = [...double.world.tasks.values()].filter(
    ({ service, stopCode }) => service === 'crashes' && stopCode === 'EssentialContainerExited',
  )
  const certainAt = ended.map(({ stoppedAt }) => Number(stoppedAt)).sort((a, b) => a - b)[1] ?? Number.NaN
  within('(e2) ECS: second certain failure → told', [Date.now() - certainAt], 10_000)
  runtime.behaviours.delete(versions.digests[1])
}

async function waiting(bench: Bench, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `waits${String(count)}-${String(index)}`)
  await create(bench, ...names)
  const { double, versions, world } = bench
  double.dial({ kind: 'stuck-pending' })
  double.world.calls.length = 0
  await world.action(
    'release',
    { ...inputs(bench, names, versions.digests[1]), timeout: '75s', 'on-failure': 'leave' },
    { cwd: versions.cwd, env: double.env, outcome: 'timed-out' },
  )
  const sentAt = double.calls('UpdateService')[0]?.at ?? 0
  // The first seconds are the change itself; what counts is the waiting.
  const calls = double.calls().filter(({ at }) => at > sentAt + 10_000 && at < sentAt + 70_000)
  double.world.dial.clear()
  atMost(`(e3) ECS: calls in a minute of waiting for ${String(count)} services`, calls.length, count === 1 ? 25 : 40)
}

async function twenty(bench: Bench): Promise<void> {
  const names = Array.from({ length: 20 }, (_, index) => `many${String(index)}`)
  await create(bench, ...names)
  const { double, versions, world, client } = bench
  const ours = (
    await world.action('release', inputs(bench, names, versions.digests[1]), {
      cwd: versions.cwd,
      env: double.env,
      outcome: 'healthy',
    })
  ).ms
  const floor = await timed(async () => {
    const taskDefinition = await register(bench, 'many', versions.digests[0])
    await Promise.all(names.map((service) => client.send(new UpdateServiceCommand({ service, taskDefinition }))))
    while (!names.every((name) => isDone(bench, name))) await pause(100)
  })
  report({
    name: '(e4) ECS: 20 services of one image',
    ours: ms(ours),
    floor: ms(floor),
    ratio: `${(ours / floor).toFixed(2)} x`,
    bound: '≤ 1.15 x + 3000 ms',
    ok: ours <= floor * 1.15 + 3000,
  })
}

async function wayBack(bench: Bench): Promise<void> {
  await create(bench, 'back')
  const { double, versions, world } = bench
  const [one, two] = versions.digests
  const run = { cwd: versions.cwd, env: double.env, outcome: 'healthy' }
  await world.action('release', inputs(bench, ['back'], two), run)
  await world.action('release', inputs(bench, ['back'], one), run)
  const times: number[] = []
  for (const to of [two, one, two]) {
    double.world.calls.length = 0
    const start = Date.now()
    await world.action(
      'rollback',
      { image: versions.image, 'deploy-to': 'ecs', workload: 'back', stability: '0s', to },
      run,
    )
    times.push((double.calls('UpdateService')[0]?.at ?? Number.NaN) - start)
  }
  within('(e5) ECS: rollback: start → UpdateService', times, 1000)
}
