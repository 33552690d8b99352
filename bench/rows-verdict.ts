// From what the cluster knows to what we say, and from the switch of colours to the first answer of green.
import http from 'node:http'
import { startFaultProxy } from '../test/harness/proxy.ts'
import { type Cluster, deployment, inputsFor } from './cluster.ts'
import { pause, within } from './measure.ts'
import type { Versions, World } from './world.ts'
import { SMOKE } from './world.ts'

const ROUNDS = 3
/** What a warm-up may need: a container that ended this often is not going to come up. */
const ENDINGS = 3

interface Pod {
  status: {
    containerStatuses?: {
      restartCount: number
      state: { waiting?: { reason: string }; terminated?: object; running?: object }
      lastState: { terminated?: object }
    }[]
  }
}
interface Knowing {
  pods: Pod[]
  conditions: { type: string; status: string }[]
}

interface Cause {
  readonly name: string
  /** The image that fails, pushed and proven. */
  readonly image: string
  readonly digest: string
  /** Whether the cluster knows it by now. */
  readonly known: (state: Knowing) => boolean
  /** Once the good version runs; returns what takes it back. */
  readonly spoil?: (cluster: Cluster) => Promise<() => Promise<unknown>>
}

export async function verdictRows(world: World, cluster: Cluster, { image, digests }: Versions): Promise<void> {
  const app = world.app('healthy', {
    files: { 'app/start': '#!/bin/sh\n[ -z "$KUBERNETES_SERVICE_HOST" ] || exit 3\nexec httpd -f -p 8080 -h /www\n' },
  })
  const proven = async (name: string): Promise<string> => {
    app.commit(name, { version: name })
    const done = await world.action('release', { image, smoke: SMOKE }, { cwd: app.dir, outcome: 'released' })
    return done.outputs['digest'] ?? ''
  }
  const crash = await proven('crash')
  const proxy = await startFaultProxy(world.registry.url)
  // We may read it, the nodes may not.
  proxy.faults.push({
    match: ({ path, headers }) =>
      path.includes('/manifests/') && (headers['user-agent'] ?? '').startsWith('containerd/'),
    times: Infinity,
    status: 404,
    body: '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}',
    headers: { 'content-type': 'application/json' },
  })
  const waits = (reasons: readonly string[]) => (pod: Pod) =>
    (pod.status.containerStatuses ?? []).some(({ state }) => reasons.includes(state.waiting?.reason ?? ''))
  const ended = (pod: Pod) =>
    (pod.status.containerStatuses ?? []).some(
      ({ restartCount, state }) => restartCount + (state.running ? 0 : 1) >= ENDINGS,
    )
  const causes: Cause[] = [
    {
      name: 'missing image',
      image: image.replace(world.registry.host, proxy.host),
      digest: crash,
      known: ({ pods }) => pods.some(waits(['ErrImagePull', 'ImagePullBackOff'])),
    },
    { name: 'crash', image, digest: crash, known: ({ pods }) => pods.some(ended) },
    {
      name: 'quota',
      image,
      digest: crash,
      known: ({ conditions }) => conditions.some(({ type, status }) => type === 'ReplicaFailure' && status === 'True'),
      spoil: full,
    },
  ]
  try {
    for (const cause of causes) await verdict(world, cluster, cause, `${image}@${digests[0]}`, app.dir)
  } finally {
    await proxy.stop()
  }
}

/** No pod more than the cluster itself counts; pods that are going do not change that while they go. */
async function full(cluster: Cluster): Promise<() => Promise<unknown>> {
  const at = `/api/v1/namespaces/${cluster.namespace}/resourcequotas/full`
  const limit = async (pods: string): Promise<string> => {
    cluster.apply([{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'full' }, spec: { hard: { pods } } }])
    for (;;) {
      const { status } = await cluster.get<{ status?: { hard?: { pods?: string }; used?: { pods?: string } } }>(at)
      if (status?.hard?.pods === pods && status.used?.pods !== undefined) return status.used.pods
      await pause(20)
    }
  }
  await limit(await limit('500'))
  return () => cluster.kubectl('delete', 'resourcequota', 'full')
}

async function verdict(world: World, cluster: Cluster, cause: Cause, good: string, cwd: string): Promise<void> {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const name = `${cause.name.replace(' ', '-')}-${String(round)}`
    cluster.apply([deployment(name, 1, good)])
    await cluster.kubectl('rollout', 'status', `deployment/${name}`, '--timeout=120s')
    const unspoil = await cause.spoil?.(cluster)
    const over = new AbortController()
    const known = knowing(cluster, name, cause.known, over.signal)
    const inputs = {
      ...inputsFor(cluster, cause.image, cause.digest, [name]),
      'on-failure': 'leave',
      timeout: '5m',
    }
    await world.action('release', inputs, { cwd, env: cluster.env, outcome: 'failed' })
    const said = performance.now()
    over.abort()
    times.push(said - (await known))
    await cluster.kubectl('delete', 'deployment', name, '--wait=true')
    await unspoil?.()
  }
  within(`Kubernetes: the cluster knows → verdict: ${cause.name}`, times, 2000)
}

/** When it first could be read from the API. */
async function knowing(
  cluster: Cluster,
  name: string,
  test: (state: Knowing) => boolean,
  over: AbortSignal,
): Promise<number> {
  const at = `/api/v1/namespaces/${cluster.namespace}/pods?labelSelector=app%3D${name}`
  const of = `/apis/apps/v1/namespaces/${cluster.namespace}/deployments/${name}`
  for (;;) {
    const [{ items }, { status }] = await Promise.all([
      cluster.get<{ items: Pod[] }>(at),
      cluster.get<{ status: { conditions?: Knowing['conditions'] } }>(of),
    ])
    if (test({ pods: items, conditions: status.conditions ?? [] })) return performance.now()
    if (over.aborted) throw new Error(`the cluster never knew of ${name}`)
    await pause(20)
  }
}

/** The Service's selector moves; the first answer of the new colour that a client gets. */
export async function switchRow(world: World, cluster: Cluster, { image, digests, cwd }: Versions): Promise<void> {
  cluster.apply([
    deployment('shop', 2, `${image}@${digests[0]}`),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'shop' },
      spec: { selector: { app: 'shop' }, ports: [{ port: 80, targetPort: 8080 }] },
    },
  ])
  await cluster.kubectl('rollout', 'status', 'deployment/shop', '--timeout=120s')
  const at = `/api/v1/namespaces/${cluster.namespace}/services/shop`
  const service = () => cluster.get<{ spec: { clusterIP: string; selector: object } }>(at)
  const { clusterIP } = (await service()).spec
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const before = JSON.stringify((await service()).spec.selector)
    const old = await answerOf(clusterIP)
    const inputs = {
      ...inputsFor(cluster, image, digests[(round + 1) % 2] ?? '', ['shop']),
      strategy: 'blue-green',
      'active-service': 'shop',
      bake: '1s',
    }
    const done = world.action('release', inputs, { cwd, env: cluster.env, outcome: 'healthy' })
    done.catch(() => undefined)
    while (JSON.stringify((await service()).spec.selector) === before) await pause(5)
    const switched = performance.now()
    while ((await ask(clusterIP).catch(() => old)) === old) await pause(5)
    times.push(performance.now() - switched)
    await done
  }
  within('Kubernetes: blue-green, switch → first answer of green', times, 1000)
}

async function answerOf(host: string): Promise<string> {
  for (;;) {
    try {
      return await ask(host)
    } catch {
      await pause(50)
    }
  }
}

function ask(host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host, path: '/version', agent: false, timeout: 2000 }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      answer.on('end', () => resolve(text))
      answer.on('error', reject)
    })
    request.on('timeout', () => {
      request.destroy(new Error('timeout'))
    })
    request.on('error', reject)
  })
}
