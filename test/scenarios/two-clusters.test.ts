// One image in two Kubernetes clusters, both called production, with the same namespace and the same name of the
// Deployment: neither ever gets what the other remembers, and neither is held up by what runs in the other.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canStartClusters, Cluster } from '../harness/cluster.ts'
import { ClusterNode } from '../harness/cluster-node.ts'
import { git } from '../harness/images.ts'
import { describeWith } from '../harness/lab.ts'
import { eventually, tempDir } from '../harness/temp.ts'
import { app } from '../integration/kubernetes-world.ts'
import { World } from './world.ts'

const PATH = '/apis/apps/v1/namespaces/default/deployments'

interface Place {
  readonly cluster: Cluster
  readonly node: ClusterNode
}

async function openPlace(): Promise<Place> {
  const cluster = new Cluster()
  await cluster.start()
  const node = new ClusterNode(cluster.api, 'only')
  await node.join()
  return { cluster, node }
}

async function create({ cluster: { api } }: Place, image: string): Promise<void> {
  const { status, body } = await api.request('POST', PATH, { body: app('web', image, { replicas: 1 }) })
  expect(status, JSON.stringify(body)).toBe(201)
  await eventually('the old version runs', async () => {
    const answer = await api.request('GET', `${PATH}/web`)
    return (answer.body as { status: { readyReplicas?: number } }).status.readyReplicas === 1 || undefined
  })
}

describeWith(
  'docker',
  'registry',
  'kubernetes',
)('one image in two clusters', () => {
  describe.skipIf(!canStartClusters())('of its own', () => {
    let world: World
    let here: Place
    let there: Place
    /** Version → what was released as it. */
    const released = new Map<string, { readonly digest: string; readonly revision: string }>()

    beforeAll(async () => {
      ;[world, here, there] = await Promise.all([World.open(), openPlace(), openPlace()])
      const zero = await world.publishZero()
      await Promise.all([create(here, zero), create(there, zero)])
    }, 120_000)
    afterAll(async () => {
      for (const { cluster, node } of [here, there]) {
        await node.die()
        await cluster.close()
      }
      await world.close()
    })

    const inputs = { 'deploy-to': 'kubernetes', workload: 'web' }
    const env = ({ cluster }: Place) => ({ KUBECONFIG: cluster.kubeconfig })
    const versionOf = (digest: string | undefined) => [...released].find(([, one]) => one.digest === digest)?.[0]

    async function release(version: string, ...places: Place[]): Promise<void> {
      if (!released.has(version)) world.app.commit(version, { version })
      for (const place of places) {
        const run = await world.release(inputs, { env: env(place) })
        expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
        const { digest = '', revision = '' } = run.outputs
        released.set(version, { digest, revision })
      }
    }

    async function rollBack(place: Place, more: Record<string, string> = {}): Promise<string | undefined> {
      const run = await world.rollback({ ...inputs, ...more }, { env: env(place) })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
      return versionOf(run.outputs.digest)
    }

    async function runs({ cluster }: Place): Promise<string | undefined> {
      const { body } = await cluster.api.request('GET', `${PATH}/web`)
      const { spec } = body as { spec: { template: { spec: { containers: { image: string }[] } } } }
      return versionOf(spec.template.spec.containers[0]?.image.split('@')[1])
    }
    const both = async () => [await runs(here), await runs(there)]

    it('is rolled back in one, and the other keeps and remembers its own', { timeout: 240_000 }, async () => {
      await release('v1', here, there)
      await release('v2', here, there)
      expect(await rollBack(here)).toBe('v1')
      expect(await both()).toEqual(['v1', 'v2'])

      // What is bad here is the last good one there.
      await release('v3', there)
      expect(await rollBack(there)).toBe('v2')
      expect(await both()).toEqual(['v1', 'v2'])

      // What is good there is bad here, and what is bad there was never here.
      await release('v4', here)
      expect(await rollBack(here)).toBe('v1')
      expect(await both()).toEqual(['v1', 'v2'])
    })

    it('tells each its own versions', async () => {
      const plans = await Promise.all(
        [here, there].map(async (place) => {
          const run = await world.rollback({ ...inputs, 'dry-run': 'true' }, { env: env(place) })
          return (run.result.versions ?? []).map(({ digest }) => versionOf(digest)).sort()
        }),
      )
      expect(plans).toEqual([
        ['v1', 'v2', 'v4'],
        ['v1', 'v2', 'v3'],
      ])
    })

    it('goes back without the registry by the memory of the cluster itself', { timeout: 120_000 }, async () => {
      await release('v5', here, there)
      await world.registry.stop()
      try {
        expect(await rollBack(here)).toBe('v1')
        expect(await rollBack(there)).toBe('v2')
      } finally {
        await world.registry.start()
      }
      expect(await both()).toEqual(['v1', 'v2'])
    })

    it('takes a commit that is older than what runs in the other', { timeout: 120_000 }, async () => {
      await release('v6', here)
      await release('v7', there)
      const { revision = '' } = released.get('v6') ?? {}
      const workspace = tempDir('older')
      git(workspace, 'clone', '--quiet', world.app.dir, '.')
      git(workspace, 'checkout', '--quiet', revision)
      git(workspace, 'remote', 'set-url', 'origin', 'https://github.com/acme/shop.git')
      const older = { workspace, github: { sha: revision } }
      const again = await world.release(inputs, { ...older, env: env(here) })
      expect(again.outputs, again.log).toMatchObject({ outcome: 'unchanged' })
      const refused = await world.release(inputs, { ...older, env: env(there) })
      expect(refused.outputs, refused.log).toMatchObject({ 'reason-code': 'older-than-running' })
      expect(await both()).toEqual(['v6', 'v7'])
    })

    it('the tags tell the places apart', async () => {
      const tags = await world.tags()
      const keysOf = (kind: string) =>
        new Set(tags.filter((tag) => tag.startsWith(`${kind}-production-`)).map((tag) => tag.split('-')[2]))
      expect(keysOf('deployed').size).toBe(2)
      expect(keysOf('bad')).toEqual(keysOf('deployed'))
      const places = [...keysOf('deployed')].map((key) => `production.${key ?? ''}`)
      const digests = await Promise.all(places.map((tag) => world.digestOf(tag)))
      expect(digests.map(versionOf).sort()).toEqual(['v6', 'v7'])
    })

    it('names the other place where it is asked for its version, and does not take it', async () => {
      const { digest = '' } = released.get('v7') ?? {}
      const run = await world.rollback({ ...inputs, to: digest }, { env: env(here) })
      expect(run.outcome, run.log).toBe('failure')
      expect(await both()).toEqual(['v6', 'v7'])
    })
  })
})
