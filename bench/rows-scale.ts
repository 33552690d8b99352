// Rollouts of hundreds and thousands of pods on the lab's cluster, played by kwok. Left out where the lab has none.
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { lab } from '../test/harness/parts.ts'
import { inNamespace, inputsFor, openProxy } from './cluster.ts'
import { request } from './engine.ts'
import { atMost, compare, must, report, timed } from './measure.ts'
import { dist, type Versions, type World } from './world.ts'

/** Pods, and how often they are replaced: the cluster itself makes hardly more than twenty a second. */
const SIZES = [
  [500, 2],
  [2000, 1],
] as const
const FOREIGN_PODS = 5000
const FOREIGN_EVENTS = 10_000
const SIDE_BY_SIDE = 50

interface Scale {
  readonly env: NodeJS.ProcessEnv
  readonly socket: string
  readonly versions: Versions
  /** The node that kwok plays. */
  readonly node: string
  kubectl(namespace: string, ...args: string[]): Promise<unknown>
}

export async function scaleRows(world: World): Promise<void> {
  if (!lab.kubernetes.ok || !lab.kwok.ok) {
    const how = lab.kubernetes.ok ? (lab.kwok.ok ? '' : lab.kwok.how) : lab.kubernetes.how
    report({ name: 'Kubernetes at scale', ours: '', floor: '', ratio: 'not measured', bound: how })
    return
  }
  const env = { ...process.env, KUBECONFIG: lab.kubernetes.KUBECONFIG }
  const proxy = await openProxy(env)
  const node = `kwok-${randomBytes(3).toString('hex')}`
  const scale: Scale = {
    node,
    env: { KUBECONFIG: lab.kubernetes.KUBECONFIG },
    socket: proxy.socket,
    versions: await world.versions(`${world.registry.host}/bench/scale`),
    kubectl: (namespace, ...args) => must('kubectl', ['--namespace', namespace, ...args], { env }),
  }
  makeNode(env, node)
  try {
    await scale.kubectl('default', 'wait', '--for', 'condition=Ready', '--timeout=60s', `node/${node}`)
    for (const [size, rounds] of SIZES)
      await inNamespace(scale.env, (namespace) => rollout(world, scale, namespace, { size, rounds }))
    await besideStrangers(world, scale)
  } finally {
    proxy.close()
    execFileSync('kubectl', ['delete', 'node', node], { env, stdio: 'ignore' })
  }
}

/** Nobody's pods get there by chance. */
function makeNode(env: NodeJS.ProcessEnv, name: string): void {
  const labels = { type: 'kwok', 'kubernetes.io/hostname': name }
  const spec = { taints: [{ key: 'kwok', value: 'true', effect: 'NoSchedule' }] }
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec })
  execFileSync('kubectl', ['apply', '--filename', '-'], { input, env, stdio: ['pipe', 'ignore', 'inherit'] })
}

function played({ node }: Scale, name: string, replicas: number, image: string) {
  const labels = { app: name }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: { 'kubernetes.io/hostname': node },
          tolerations: [{ key: 'kwok', operator: 'Exists' }],
          containers: [{ name: 'app', image, env: [{ name: 'MODE', value: 'bench' }] }],
        },
      },
    },
  }
}

async function create(scale: Scale, namespace: string, deployment: object): Promise<void> {
  const env = { ...process.env, ...scale.env }
  const input = JSON.stringify(deployment)
  execFileSync('kubectl', ['--namespace', namespace, 'apply', '-f', '-'], {
    input,
    env,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  await scale.kubectl(namespace, 'rollout', 'status', 'deployment/many', '--timeout=600s')
}

interface Load {
  readonly size: number
  readonly rounds: number
}

async function rollout(world: World, scale: Scale, namespace: string, { size, rounds }: Load): Promise<void> {
  const { image, digests } = scale.versions
  await create(scale, namespace, played(scale, 'many', size, `${image}@${digests[0]}`))
  const ours: number[] = []
  const floor: number[] = []
  let usage: Usage | undefined
  for (let round = 0; round < rounds; round++) {
    usage = await released(world, scale, namespace, digests[1])
    ours.push(usage.ms)
    floor.push(
      await timed(async () => {
        await scale.kubectl(namespace, 'set', 'image', 'deployment/many', `app=${image}@${digests[0]}`)
        await scale.kubectl(namespace, 'rollout', 'status', 'deployment/many', '--timeout=600s')
      }),
    )
  }
  const name = `Kubernetes: ${String(size)} pods`
  compare(`${name}, beside kubectl rollout status`, ours, floor, 1.15)
  atMost(`${name}: lines of the log`, usage?.lines, 60)
  atMost(`${name}: our process, percent of one core`, usage && Math.round((usage.cpuMs / usage.ms) * 100), 15)
  atMost(`${name}: our process, MB at most`, usage?.peakMb, 250)
}

/** The same small rollout in an empty namespace and beside thousands of strangers. */
async function besideStrangers(world: World, scale: Scale): Promise<void> {
  const { image, digests } = scale.versions
  await inNamespace(scale.env, async (empty) => {
    await inNamespace(scale.env, async (crowded) => {
      await crowd(scale, crowded)
      for (const namespace of [empty, crowded])
        await create(scale, namespace, played(scale, 'many', 20, `${image}@${digests[0]}`))
      const times: Record<'empty' | 'crowded', number[]> = { empty: [], crowded: [] }
      const cpu: Record<'empty' | 'crowded', number[]> = { empty: [], crowded: [] }
      for (let round = 0; round < 6; round++) {
        for (const [name, namespace] of [
          ['empty', empty],
          ['crowded', crowded],
        ] as const) {
          const usage = await released(world, scale, namespace, digests[(round + 1) % 2] ?? '')
          if (round === 0) continue
          times[name].push(usage.ms)
          cpu[name].push(usage.cpuMs)
        }
      }
      const name = 'Kubernetes: 5000 foreign pods, 10000 events'
      compare(`${name}: time, beside an empty namespace`, times.crowded, times.empty, 1.3)
      compare(`${name}: our process’s work`, cpu.crowded, cpu.empty, 1.3)
    })
  })
}

async function crowd(scale: Scale, namespace: string): Promise<void> {
  const pod = (index: number) => ({
    metadata: { name: `stranger-${String(index)}`, labels: { app: `stranger-${String(index % 50)}` } },
    // Nobody schedules them: they are only there.
    spec: { schedulerName: 'nobody', containers: [{ name: 'app', image: 'stranger:1' }] },
  })
  const event = (index: number) => ({
    metadata: { name: `stranger-${String(index)}` },
    involvedObject: {
      kind: 'Pod',
      namespace,
      name: `stranger-${String(index % FOREIGN_PODS)}`,
      uid: `s-${String(index)}`,
    },
    type: 'Warning',
    reason: 'BackOff',
    message: 'Back-off restarting failed container',
    lastTimestamp: new Date().toISOString(),
    count: 3,
  })
  await post(
    scale,
    `/api/v1/namespaces/${namespace}/pods`,
    Array.from({ length: FOREIGN_PODS }, (_, index) => pod(index)),
  )
  await post(
    scale,
    `/api/v1/namespaces/${namespace}/events`,
    Array.from({ length: FOREIGN_EVENTS }, (_, index) => event(index)),
  )
}

async function post({ socket }: Scale, url: string, objects: readonly object[]): Promise<void> {
  const rest = [...objects]
  const headers = { 'content-type': 'application/json' }
  const worker = async () => {
    for (let next = rest.pop(); next; next = rest.pop()) {
      await request({ socketPath: socket, method: 'POST', path: url, headers }, JSON.stringify(next))
    }
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker))
}

interface Usage {
  readonly ms: number
  readonly cpuMs: number
  readonly peakMb: number
  readonly lines: number
}

/** Releases as a runner would, and looks at what our own process takes. */
async function released(world: World, scale: Scale, namespace: string, digest: string): Promise<Usage> {
  const inputs = { ...inputsFor({ namespace }, scale.versions.image, digest, ['many']), timeout: '15m' }
  const env = world.actionEnv(inputs, { ...scale.env, PATH: process.env['PATH'] })
  const began = performance.now()
  const child = spawn(world.node, [path.join(dist, 'release/index.js')], {
    cwd: scale.versions.cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (log += text))
  let usage = { cpuMs: 0, peakMb: 0 }
  const timer = setInterval(() => (usage = usageOf(child.pid ?? 0) ?? usage), 100)
  const code = await new Promise((resolve) => child.on('close', resolve))
  clearInterval(timer)
  if (code !== 0) throw new Error(log)
  return { ms: performance.now() - began, ...usage, lines: log.trim().split('\n').length }
}

const TICK_MS = 10

function usageOf(pid: number): { cpuMs: number; peakMb: number } | undefined {
  try {
    const fields =
      readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
        .split(') ')[1]
        ?.split(' ') ?? []
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]
    if (peak === undefined) return undefined
    return { cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS, peakMb: Math.round(Number(peak) / 1024) }
  } catch {
    return undefined
  }
}
