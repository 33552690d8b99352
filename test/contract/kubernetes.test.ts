import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll } from 'vitest'
import { digestIn } from '../../src/domain/digest.ts'
import { pinned } from '../../src/domain/image.ts'
import { LABEL } from '../../src/domain/labels.ts'
import { describeWith } from '../harness/lab.ts'
import { startRegistry, type TestRegistry } from '../harness/registry.ts'
import { app, deployApp, openBench, podsOf, type Bench } from '../integration/kubernetes-world.ts'
import { targetContract, type World } from './target-contract.ts'

const NAMES = ['web', 'worker']

interface Live {
  metadata: { name: string; uid: string; annotations?: Record<string, string> }
  spec: { template: { spec: { containers: { image?: string }[] } } }
}

async function makeWorld(registry: TestRegistry): Promise<World> {
  const bench = await openBench({ registry, images: ['v1', 'v2', 'crash', 'unhealthy', 'never-ready', 'dies'] })
  const bystander = app('bystander', pinned(bench.image('v1')), { replicas: 1 })
  const bystanderRuns = deployApp(bench, bystander)
  bystanderRuns.catch(() => undefined)
  const target = bench.target(NAMES.map((name) => `deployment/${name}`))
  const live = async (name: string) => (await bench.get(bench.path('deployment', name))).body as Live
  const specs = () => Promise.all(NAMES.map(async (name) => stampless(await live(name))))
  const pods = async () => (await Promise.all(NAMES.map((name) => podsOf(bench, name)))).flat()
  return {
    target: () => target,
    image: (variant) => bench.image(variant),
    replicas: 2,
    deploy: async (variant) => {
      await Promise.all([bystanderRuns, ...NAMES.map((name) => deployApp(bench, sample(bench, name, variant)))])
    },
    runningDigests: async () => {
      // What was told to end is none any more, however long it drains.
      const kept = (await pods()).filter(({ metadata }) => !metadata.deletionTimestamp)
      const statuses = kept.flatMap(({ status }) => status.containerStatuses ?? [])
      return statuses.flatMap(({ imageID, state }) => (state['running'] ? (digestIn(imageID) ?? []) : []))
    },
    replicaIds: async () =>
      (await pods()).flatMap(({ metadata }) => (metadata.deletionTimestamp ? [] : metadata.uid)).sort(),
    settings: async () =>
      (await specs()).map(({ spec }) => ({
        ...spec,
        template: {
          ...spec.template,
          spec: {
            ...spec.template.spec,
            containers: spec.template.spec.containers.map((container) => ({ ...container, image: '' })),
          },
        },
      })),
    spec: specs,
    bystander: async () => {
      const { metadata, spec } = await live('bystander')
      return { uid: metadata.uid, spec, pods: (await podsOf(bench, 'bystander')).map((pod) => pod.metadata.uid) }
    },
    foreignChange: async (variant, where) => {
      for (const name of where === 'last' ? NAMES.slice(-1) : NAMES)
        await bench.apply(sample(bench, name, variant, { env: [{ name: 'BY', value: 'other' }] }))
    },
    leftovers: async () => proxiesFor(bench.kubeconfig),
    cleanup: () => bench.close(),
  }
}

function sample(bench: Bench, name: string, variant: 'v1' | Parameters<World['image']>[0], container = {}) {
  const livenessProbe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 1, failureThreshold: 3 }
  return app(name, pinned(bench.image(variant)), { container: { livenessProbe, ...container } })
}

function stampless({ metadata, spec }: Live) {
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => {
    return key !== LABEL.history && !key.startsWith('deployment.kubernetes.io/')
  })
  return { annotations: Object.fromEntries(annotations), spec }
}

/** Processes whose environment names this kubeconfig. */
function proxiesFor(kubeconfig: string): string[] {
  const found = execFileSync('sh', ['-c', `grep -lz "KUBECONFIG=${kubeconfig}" /proc/[0-9]*/environ 2>/dev/null; true`])
  const pids = found
    .toString()
    .split('\n')
    .filter((line) => line !== '')
  return pids.filter((file) => file.split('/')[2] !== String(process.pid))
}

describeWith('kubernetes', 'registry')('kubernetes', () => {
  let registry: TestRegistry
  beforeAll(async () => {
    registry = await startRegistry()
  })
  afterAll(() => registry.stop())
  targetContract('kubernetes', () => makeWorld(registry), { within: 60_000 })
})
