// (d), (e) and (g): what happens on a Swarm.
import net from 'node:net'
import path from 'node:path'
import { unlinkSync } from 'node:fs'
import { tempDir } from '../test/harness/temp.ts'
import { median, ms, ratio, report, timed } from './measure.ts'
import type { World } from './world.ts'

export async function targetRows(world: World): Promise<void> {
  const app = world.app('healthy')
  const image = `${world.registry.host}/bench/app`
  const versions: string[] = []
  for (const version of ['one', 'two']) {
    app.commit(version, { version })
    const done = await world.action(
      'release',
      { image, smoke: 'startup: {ready: http GET :8080/healthz -> 200}' },
      app.dir,
    )
    versions.push(done.outputs['digest'] ?? '')
  }
  const [one = '', two = ''] = versions
  const services = await Promise.all(
    Array.from({ length: 50 }, (_, index) => create(world, `bench-${String(index)}`, `${image}@${one}`)),
  )
  try {
    await settled(world, services.length)
    await noop(world, image, app.dir, services)
    await wayBack(world, image, one, two, app.dir, services)
    for (const count of [1, 10, 50]) await many(world, image, [one, two], services.slice(0, count), app.dir)
  } finally {
    await Promise.all(services.map((name) => world.docker.call('DELETE', `/services/${name}`)))
  }
}

async function create(world: World, name: string, image: string): Promise<string> {
  await world.docker.call('POST', '/services/create', {
    Name: name,
    TaskTemplate: {
      ContainerSpec: { Image: image },
      Networks: [{ Target: 'bridge' }],
      RestartPolicy: { Condition: 'any', Delay: 1e9 },
    },
    Mode: { Replicated: { Replicas: 1 } },
    UpdateConfig: { Order: 'start-first', Monitor: 1e6, Parallelism: 0, FailureAction: 'rollback' },
  })
  return name
}

interface Task {
  ServiceID: string
  DesiredState: string
  Status: { State: string }
  Spec: { ContainerSpec: { Image: string } }
}

async function settled(world: World, count: number): Promise<void> {
  for (;;) {
    const tasks = await world.docker.json<Task[]>(
      'GET',
      `/tasks?filters=${encodeURIComponent('{"desired-state":["running"]}')}`,
    )
    if (tasks.filter(({ Status }) => Status.State === 'running').length >= count) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

const inputsFor = (image: string, digest: string, names: readonly string[]) => ({
  image,
  digest,
  'deploy-to': 'swarm',
  workload: names.join('\n'),
  stability: '0s',
  'on-older': 'allow',
})

async function noop(world: World, image: string, cwd: string, [service = '']: readonly string[]): Promise<void> {
  const inputs = {
    image,
    'deploy-to': 'swarm',
    workload: service,
    stability: '0s',
    smoke: 'startup: {ready: http GET :8080/healthz -> 200}',
  }
  await world.action('release', inputs, cwd)
  const before = world.registry.log().length
  const times: number[] = []
  for (let round = 0; round < 5; round++) {
    const done = await world.action('release', inputs, cwd)
    if (done.outputs['outcome'] !== 'unchanged') throw new Error(done.stdout)
    times.push(done.ms)
  }
  await new Promise((resolve) => setTimeout(resolve, 200))
  const writes =
    world.registry
      .log()
      .slice(before)
      .match(/"(PUT|POST|PATCH) /g)?.length ?? 0
  report({
    name: '(d) no-op re-run',
    ours: ms(median(times)),
    floor: `${String(writes)} registry writes`,
    ratio: '',
    bound: '< 1000 ms, 0 writes',
    ok: median(times) < 1000 && writes === 0,
  })
}

/** An engine's socket that notes when the first changing request of services came. */
async function watched(
  socket: string,
): Promise<{ path: string; firstChange: () => number | undefined; close: () => void }> {
  const file = path.join(tempDir('sock'), 's')
  let at: number | undefined
  const server = net.createServer((client) => {
    const upstream = net.connect(socket)
    client.on('data', (chunk) => {
      if (/^POST [^ ]*\/services\/[^ ]+\/update/m.test(chunk.toString('latin1'))) at ??= performance.now()
    })
    client.pipe(upstream).pipe(client)
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const)
      one.on('error', () => other.destroy())
  })
  await new Promise<void>((resolve) => server.listen(file, resolve))
  return {
    path: file,
    firstChange: () => at,
    close: () => {
      server.close()
      try {
        unlinkSync(file)
      } catch {
        // gone with the server
      }
    },
  }
}

async function wayBack(
  world: World,
  image: string,
  one: string,
  two: string,
  cwd: string,
  [service = '']: readonly string[],
): Promise<void> {
  const times: number[] = []
  await world.action('release', inputsFor(image, one, [service]), cwd)
  for (let round = 0; round < 3; round++) {
    await world.action('release', inputsFor(image, two, [service]), cwd)
    const proxy = await watched(world.socket)
    const start = performance.now()
    const inputs = {
      image,
      'deploy-to': 'swarm',
      workload: service,
      stability: '0s',
      to: one,
      'docker-host': `unix://${proxy.path}`,
    }
    const done = await world.action('rollback', inputs, cwd)
    const first = proxy.firstChange()
    proxy.close()
    if (done.outputs['outcome'] !== 'healthy' || first === undefined) throw new Error(done.stdout)
    times.push(first - start)
  }
  report({
    name: '(e) rollback: start → first change',
    ours: ms(median(times)),
    floor: '',
    ratio: '',
    bound: '< 500 ms',
    ok: median(times) < 500,
  })
}

interface Service {
  ID: string
  Version: { Index: number }
  Spec: { Name: string; TaskTemplate: { ContainerSpec: { Image: string } } }
  UpdateStatus?: { State: string }
}

/** The same updates sent at once by a bare script and polled every 100 ms. */
async function bare(world: World, image: string, names: readonly string[]): Promise<void> {
  const list = async () =>
    (await world.docker.json<Service[]>('GET', '/services')).filter(({ Spec }) => names.includes(Spec.Name))
  const before = await list()
  await Promise.all(
    before.map(({ ID, Version, Spec }) =>
      world.docker.call('POST', `/services/${ID}/update?version=${String(Version.Index)}`, {
        ...Spec,
        TaskTemplate: { ...Spec.TaskTemplate, ContainerSpec: { ...Spec.TaskTemplate.ContainerSpec, Image: image } },
      }),
    ),
  )
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    const now = await list()
    if (now.every(({ UpdateStatus }) => UpdateStatus?.State === 'completed')) return
  }
}

async function many(
  world: World,
  image: string,
  digests: readonly string[],
  names: readonly string[],
  cwd: string,
): Promise<void> {
  const ours: number[] = []
  const floor: number[] = []
  const settle = () => new Promise((resolve) => setTimeout(resolve, 1500))
  for (let round = 0; round < (names.length > 10 ? 2 : 3); round++) {
    const [a = '', b = ''] = round % 2 === 0 ? [digests[1], digests[0]] : [digests[1], digests[0]]
    // Alternates, so that every update of both sides replaces every task.
    const done = await world.action('release', inputsFor(image, a, names), cwd)
    if (done.outputs['outcome'] !== 'healthy') throw new Error(done.stdout)
    ours.push(done.ms)
    await settle()
    floor.push(await timed(() => bare(world, `${image}@${b}`, names)))
    await settle()
  }
  const limit = median(floor) * 1.15 + 1000
  report({
    name: `(g) ${String(names.length)} services of one image`,
    ours: ms(median(ours)),
    floor: ms(median(floor)),
    ratio: `${ratio(ours, floor).toFixed(2)} x`,
    bound: `≤ 1.15 x + 1 s (${ms(limit)})`,
    ok: median(ours) <= limit,
  })
}
