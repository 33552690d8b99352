// A node that dies and comes back, by the word of a real cluster's own controllers: what ran on it does not count, and
// what can become well by itself within `timeout` is waited for.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { stringify } from 'yaml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canStartClusters, Cluster } from '../harness/cluster.ts'
import { ClusterNode } from '../harness/cluster-node.ts'
import { describeWith } from '../harness/lab.ts'
import { eventually, tempDir } from '../harness/temp.ts'
import { app } from '../integration/kubernetes-world.ts'
import type { Told } from './world.ts'
import { World } from './world.ts'

const labels = { app: 'spread' }
/** One replica a node, and no place for a second: the pod template of what can only wait for the node. */
const APART = {
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' },
      ],
    },
  },
}
const ONE_LESS = { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } }

describeWith(
  'docker',
  'registry',
  'kubernetes',
)('nodes of a cluster', () => {
  describe.skipIf(!canStartClusters())('with a cluster of its own', () => {
    const cluster = new Cluster()
    let world: World
    let stays: ClusterNode
    let dies: ClusterNode

    beforeAll(async () => {
      const [opened] = await Promise.all([World.open(), cluster.start()])
      world = opened
      stays = new ClusterNode(cluster.api, 'stays')
      dies = new ClusterNode(cluster.api, 'dies')
      await Promise.all([stays.join(), dies.join()])
    }, 120_000)
    afterAll(async () => {
      await Promise.all([stays.die(), dies.die()])
      await cluster.close()
      await world.close()
    })

    async function create(object: ReturnType<typeof app>): Promise<void> {
      const { kind, metadata } = object as { kind: string; metadata: { name: string } }
      const place = `/apis/apps/v1/namespaces/default/${kind.toLowerCase()}s`
      const answer = await cluster.api.request('POST', place, { body: object })
      expect(answer.status, JSON.stringify(answer.body)).toBe(201)
      await eventually(
        `${metadata.name} is ready`,
        async () => {
          const { body } = await cluster.api.request('GET', `${place}/${metadata.name}`)
          const { status } = body as { status: { readyReplicas?: number; numberReady?: number } }
          return (status.readyReplicas ?? status.numberReady) === 2 || undefined
        },
        60_000,
      )
    }

    async function remove(name: string): Promise<void> {
      await cluster.api.request('DELETE', `/apis/apps/v1/namespaces/default/${name}`)
    }

    let version = 1
    function release(workload: string, more: Record<string, string>, onLine?: (line: string) => void): Promise<Told> {
      version += 1
      world.app.commit(`v${String(version)}`, { version: `v${String(version)}` })
      const inputs = { 'deploy-to': 'kubernetes', workload, container: 'web', environment: workload.replace('/', '-') }
      const env = { KUBECONFIG: cluster.kubeconfig }
      return world.release({ ...inputs, ...more }, { env, ...(onLine ? { onLine } : {}) })
    }

    /** The node dies at that line of the run, and comes back when the cluster has given it up for a while. */
    async function awayAt(line: RegExp, workload: string, more: Record<string, string>) {
      let isOver = false
      let away: Promise<void> | undefined
      let backAt = 0
      const seen: string[] = []
      const run = await release(workload, more, (text) => {
        if (away || !line.test(text)) return
        away = (async () => {
          await dies.die()
          await dies.isGivenUp()
          // Longer than what is given up early may last: a third of `timeout`.
          await new Promise((resolve) => setTimeout(resolve, 15_000))
          seen.push(isOver ? 'ended while the node was away' : 'waited')
          backAt = Date.now()
          await dies.wake()
        })()
      })
      isOver = true
      await away
      return { run, seen, backAt }
    }

    it.each(['Deployment', 'StatefulSet', 'DaemonSet'] as const)(
      'a %s is healthy once the node that died in its rollout is back',
      { timeout: 240_000 },
      async (kind) => {
        const workload = `${kind.toLowerCase()}/spread`
        const spec = kind === 'Deployment' ? ONE_LESS : {}
        const object = app('spread', await world.publishZero(), { kind, pod: APART, spec })
        await create(object)
        const { run, seen } = await awayAt(/::group::Replace /, workload, { timeout: '60s' })
        expect(seen, run.log).toEqual(['waited'])
        expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
        await remove(`${kind.toLowerCase()}s/spread`)
      },
    )

    it('a node that dies while the release is watched is waited for, and the watch begins anew', async () => {
      await create(app('spread', await world.publishZero(), { pod: APART, spec: ONE_LESS }))
      const { run, seen, backAt } = await awayAt(/now watched for/, 'deployment/spread', {
        timeout: '90s',
        stability: '20s',
      })
      expect(seen, run.log).toEqual(['waited'])
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
      expect(Date.now() - backAt, run.log).toBeGreaterThan(20_000)
      await remove('deployments/spread')
    })

    it('a new DaemonSet is refused before the build where no node lets it in, and runs where one does', async () => {
      const taint = (name: string, taints: object[]) =>
        cluster.api.request('PATCH', `/api/v1/nodes/${name}`, {
          body: { spec: { taints } },
          type: 'application/merge-patch+json',
        })
      const TEAM = { key: 'team', value: 'a', effect: 'NoSchedule' }
      const manifests = path.join(tempDir('manifests'), 'agent.yml')
      writeFileSync(manifests, stringify(app('agent', world.image, { kind: 'DaemonSet' })))
      expect((await taint('stays', [TEAM])).status).toBe(200)
      expect((await taint('dies', [TEAM])).status).toBe(200)
      const refused = await release('daemonset/agent', { manifests })
      expect(refused.outputs, refused.log).toMatchObject({ outcome: 'failed', 'reason-code': 'nothing-runs' })
      expect(refused.outputs.reason).toMatch(/so nothing runs: it does not tolerate team=a:NoSchedule/)
      expect(refused.log).not.toContain('::group::Build')
      await taint('stays', [])
      const run = await release('daemonset/agent', { manifests })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
      await taint('dies', [])
      await remove('daemonsets/agent')
    })

    it('is given up after `grace` where that is set, and the way back waits for the node too', async () => {
      await create(app('spread', await world.publishZero(), { pod: APART, spec: ONE_LESS }))
      const { run, seen } = await awayAt(/::group::Replace /, 'deployment/spread', { timeout: '60s', grace: '12s' })
      expect(seen, run.log).toEqual(['waited'])
      expect(run.outputs, run.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'unschedulable' })
      expect(run.outputs.reason).toContain('node.kubernetes.io/unreachable')
      await remove('deployments/spread')
    })
  })
})
