// What happens on a cluster, beside kubectl and a bare script. Left out where the lab has no cluster.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { lab } from '../test/harness/parts.ts'
import { tempDir } from '../test/harness/temp.ts'
import { request } from './engine.ts'
import { atMost, compare, compareMany, must, pause, processes, report, timed, within } from './measure.ts'
import { type Cluster, deployment, inNamespace, inputsFor, openProxy } from './cluster.ts'
import { switchRow, verdictRows } from './rows-verdict.ts'
import type { Versions, World } from './world.ts'
import { dist } from './world.ts'

export async function kubernetesRows(world: World): Promise<void> {
  if (!lab.kubernetes.ok) {
    report({ name: 'Kubernetes', ours: '', floor: '', ratio: 'not measured', bound: lab.kubernetes.how })
    return
  }
  const env = { KUBECONFIG: lab.kubernetes.KUBECONFIG }
  const proxy = await openProxy(env)
  try {
    await inNamespace(env, (namespace) => rows(world, clusterAt(env, namespace, proxy.socket)))
  } finally {
    proxy.close()
  }
}

function clusterAt(env: { readonly KUBECONFIG: string }, namespace: string, socket: string): Cluster {
  const options = { env: { ...env, PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' } }
  return {
    env,
    namespace,
    kubectl: (...args) => must('kubectl', ['--namespace', namespace, ...args], options),
    get: async <T>(url: string) => JSON.parse((await request({ socketPath: socket, path: url })).body.toString()) as T,
    patch: async (url, body) => {
      const headers = { 'content-type': 'application/strategic-merge-patch+json' }
      await request({ socketPath: socket, method: 'PATCH', path: url, headers }, JSON.stringify(body))
    },
    apply: (objects) => {
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
      execFileSync('kubectl', ['--namespace', namespace, 'apply', '--filename', '-'], {
        input,
        env: { ...process.env, ...env },
        stdio: ['pipe', 'ignore', 'inherit'],
      })
    },
  }
}

async function rows(world: World, cluster: Cluster): Promise<void> {
  const versions = await world.versions(`${world.registry.host}/bench/k8s`)
  const reference = `${versions.image}@${versions.digests[0]}`
  const names = Array.from({ length: 20 }, (_, index) => `many-${String(index)}`)
  cluster.apply([
    ...['ours', 'floor'].map((name) => deployment(name, 2, reference)),
    ...names.map((name) => deployment(name, 1, reference)),
  ])
  for (const name of ['ours', 'floor', ...names])
    await cluster.kubectl('rollout', 'status', `deployment/${name}`, '--timeout=180s')
  await besideKubectl(world, cluster, versions)
  await wayBack(world, cluster, versions)
  await many(world, cluster, versions, names)
  await switchRow(world, cluster, versions)
  await verdictRows(world, cluster, versions)
}

async function besideKubectl(world: World, cluster: Cluster, { image, digests, cwd }: Versions): Promise<void> {
  const ours: number[] = []
  const floor: number[] = []
  for (let round = 0; round < 6; round++) {
    const digest = digests[(round + 1) % 2] ?? ''
    const inputs = inputsFor(cluster, image, digest, ['ours'])
    const done = await world.action('release', inputs, { cwd, env: cluster.env, outcome: 'healthy' })
    const bare = await timed(async () => {
      await cluster.kubectl('set', 'image', 'deployment/floor', `app=${image}@${digest}`)
      await cluster.kubectl('rollout', 'status', 'deployment/floor')
    })
    if (round === 0) continue
    ours.push(done.ms)
    floor.push(bare)
  }
  compare('Kubernetes: beside kubectl set image + rollout status', ours, floor, 1.15)
  const log = path.join(tempDir('strace'), 'log')
  const env = world.actionEnv(inputsFor(cluster, image, digests[0], ['ours']), {
    ...cluster.env,
    PATH: process.env['PATH'],
  })
  const counted = await processes(log, world.node, [path.join(dist, 'release/index.js')], { env, cwd })
  const kubectls =
    counted === undefined
      ? undefined
      : readFileSync(log, 'utf8')
          .split('\n')
          .filter((line) => /execve\("[^"]*kubectl"/.test(line) && line.endsWith('= 0')).length
  atMost('Kubernetes: kubectl processes a release', kubectls, 1)
}

interface Deployment {
  metadata: { name: string; generation: number }
  spec: { replicas: number }
  status: { observedGeneration?: number; updatedReplicas?: number; replicas?: number; availableReplicas?: number }
}

async function wayBack(world: World, cluster: Cluster, { image, digests, cwd }: Versions): Promise<void> {
  const url = `/apis/apps/v1/namespaces/${cluster.namespace}/deployments/ours`
  const times: number[] = []
  for (let round = 0; round < 3; round++) {
    const [back, forth] = digests
    await world.action('release', inputsFor(cluster, image, forth, ['ours']), { cwd, env: cluster.env })
    const before = (await cluster.get<Deployment>(url)).metadata.generation
    const start = performance.now()
    const inputs = {
      image,
      'deploy-to': 'kubernetes',
      namespace: cluster.namespace,
      workload: 'deployment/ours',
      stability: '0s',
      to: back,
    }
    const done = world.action('rollback', inputs, { cwd, env: cluster.env, outcome: 'healthy' })
    done.catch(() => undefined)
    for (;;) {
      if ((await cluster.get<Deployment>(url)).metadata.generation !== before) break
      await pause(5)
    }
    times.push(performance.now() - start)
    await done
  }
  within('Kubernetes: rollback, start → first patch', times, 500)
}

async function many(world: World, cluster: Cluster, versions: Versions, names: readonly string[]): Promise<void> {
  const { image, digests, cwd } = versions
  const url = `/apis/apps/v1/namespaces/${cluster.namespace}/deployments`
  const bare = async (reference: string) => {
    const patch = { spec: { template: { spec: { containers: [{ name: 'app', image: reference }] } } } }
    await Promise.all(names.map((name) => cluster.patch(`${url}/${name}`, patch)))
    for (;;) {
      const { items } = await cluster.get<{ items: Deployment[] }>(url)
      const mine = items.filter(({ metadata }) => names.includes(metadata.name))
      if (
        mine.every(
          ({ metadata, spec, status }) =>
            (status.observedGeneration ?? 0) >= metadata.generation &&
            status.updatedReplicas === spec.replicas &&
            status.replicas === spec.replicas &&
            status.availableReplicas === spec.replicas,
        )
      )
        return
      await pause(100)
    }
  }
  const ours: number[] = []
  const floor: number[] = []
  for (let round = 0; round < 2; round++) {
    const inputs = inputsFor(cluster, image, digests[1], names)
    ours.push((await world.action('release', inputs, { cwd, env: cluster.env, outcome: 'healthy' })).ms)
    floor.push(await timed(() => bare(`${image}@${digests[0]}`)))
    await pause(3000)
  }
  compareMany('Kubernetes: 20 workloads of one image', ours, floor)
}
