// (d), (e) and (g): what happens on a Swarm.
import net from 'node:net'
import path from 'node:path'
import { unlinkSync } from 'node:fs'
import { tempDir } from '../test/harness/temp.ts'
import { compareMany, median, ms, pause, report, timed, within } from './measure.ts'
import type { Versions, World } from './world.ts'
import { SMOKE } from './world.ts'

export async function targetRows(world: World): Promise<void> {
  const versions = await world.versions(`${world.registry.host}/bench/app`)
  const reference = `${versions.image}@${versions.digests[0]}`
  const services = await Promise.all(
    Array.from({ length: 50 }, (_, index) => createService(world, `bench-${String(index)}`, reference)),
  )
  try {
    await settled(world, services.length)
    const [service = ''] = services
    await noop(world, versions, service)
    await wayBack(world, versions, service)
    for (const count of [1, 10, 50]) await many(world, versions, services.slice(0, count))
  } finally {
    await Promise.all(services.map((name) => world.docker.call('DELETE', `/services/${name}`)))
  }
}

export async function createService(world: World, name: string, image: string): Promise<string> {
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

export async function settled(world: World, count: number): Promise<void> {
  for (;;) {
    const tasks = await world.docker.json<Task[]>(
      'GET',
      `/tasks?filters=${encodeURIComponent('{"desired-state":["running"]}')}`,
    )
    if (tasks.filter(({ Status }) => Status.State === 'running').length >= count) return
    await pause(200)
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

async function noop(world: World, { image, cwd }: Versions, service: string): Promise<void> {
  const inputs = { image, 'deploy-to': 'swarm', workload: service, stability: '0s', smoke: SMOKE }
  await world.action('release', inputs, { cwd })
  const before = world.registry.log().length
  const times: number[] = []
  for (let round = 0; round < 5; round++) {
    times.push((await world.action('release', inputs, { cwd, outcome: 'unchanged' })).ms)
  }
  await pause(200)
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
export async function watched(
  socket: string,
): Promise<{ path: string; firstChange: () => number | undefined; requests: () => number; close: () => void }> {
  const file = path.join(tempDir('sock'), 's')
  let at: number | undefined
  // The handshake of a connection is not a question.
  let count = 0
  const server = net.createServer((client) => {
    const upstream = net.connect(socket)
    client.on('data', (chunk) => {
      count += chunk.toString('latin1').match(/^(?:GET|HEAD|POST|PUT|DELETE) \/(?!_ping)/gm)?.length ?? 0
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
    requests: () => count,
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

async function wayBack(world: World, { image, digests, cwd }: Versions, service: string): Promise<void> {
  const [one, two] = digests
  const times: number[] = []
  await world.action('release', inputsFor(image, one, [service]), { cwd })
  for (let round = 0; round < 3; round++) {
    await world.action('release', inputsFor(image, two, [service]), { cwd, outcome: 'healthy' })
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
    const done = await world.action('rollback', inputs, { cwd, outcome: 'healthy' })
    const first = proxy.firstChange()
    proxy.close()
    if (first === undefined) throw new Error(done.stdout)
    times.push(first - start)
  }
  within('(e) rollback: start → first change', times, 500)
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
    await pause(100)
    const now = await list()
    if (now.every(({ UpdateStatus }) => UpdateStatus?.State === 'completed')) return
  }
}

async function many(world: World, { image, digests, cwd }: Versions, names: readonly string[]): Promise<void> {
  const ours: number[] = []
  const floor: number[] = []
  for (let round = 0; round < (names.length > 10 ? 2 : 3); round++) {
    // We go to the second version and the bare script back, so that every update of both replaces every task.
    const inputs = inputsFor(image, digests[1], names)
    ours.push((await world.action('release', inputs, { cwd, outcome: 'healthy' })).ms)
    await pause(1500)
    floor.push(await timed(() => bare(world, `${image}@${digests[0]}`, names)))
    await pause(1500)
  }
  compareMany(`(g) ${String(names.length)} services of one image`, ours, floor)
}
