import { FakeTarget } from '../fakes/target.ts'
import type { Digest } from '../../src/domain/digest.ts'
import { digestOf } from '../../src/domain/digest.ts'
import type { PinnedImage } from '../../src/domain/image.ts'
import type { Clock } from '../../src/ports.ts'
import type { ContractVariant, World } from './target-contract.ts'
import { targetContract } from './target-contract.ts'

const repository = { registry: 'registry.test', path: 'app', name: 'registry.test/app' }
const revision = (variant: ContractVariant) => digestOf(variant).slice('sha256:'.length, 'sha256:'.length + 40)
const digests = (variant: ContractVariant): Digest => digestOf(`image ${variant}`)

function image(variant: ContractVariant): PinnedImage {
  const digest = digests(variant)
  return { repository, digest, accepted: new Set([digest]), revision: revision(variant) }
}

/** Real time: the contract sleeps like a user of a real engine. */
const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      signal?.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    }),
}

async function fakeWorld(): Promise<World> {
  const workloads = ['web', 'worker'].map((name) => ({ name, digest: digests('v1'), replicas: 2 }))
  const behaviour = new Map([
    [digests('crash'), 'crash'],
    [digests('unhealthy'), 'unhealthy'],
    [digests('never-ready'), 'stuck'],
    [digests('dies'), 'dies'],
  ] as const)
  const target = new FakeTarget({ clock, workloads, behaviour, readyAfter: 20, turnsAfter: 200 })
  const services = () => [...target.services.values()]
  const specs = async () =>
    services().map(({ spec }) => ({ image: spec?.image, run: spec?.run, settings: spec?.settings }))
  return {
    target: () => target,
    image,
    replicas: 2,
    deploy: async () => undefined,
    runningDigests: async () => services().flatMap(({ spec }) => spec?.digest ?? []),
    replicaIds: async () => services().map(({ generation }) => String(generation)),
    settings: async () => services().map(({ spec }) => spec?.settings),
    spec: specs,
    bystander: async () => 'none',
    foreignChange: async (variant, where) => target.foreignChange(digests(variant), where),
    leftovers: async () => (target.closed ? [] : ['an open target']),
    cleanup: async () => undefined,
  }
}

targetContract('fake', fakeWorld, { within: 3000 })
