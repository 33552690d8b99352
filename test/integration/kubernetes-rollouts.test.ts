// Kinds, manifests, history, rights and locks on a real cluster, under exactly the Role that preflight prints.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { pinned } from '../../src/domain/image.ts'
import { EMPTY_HISTORY, withVerified } from '../../src/domain/history.ts'
import { asDeployError } from '../../src/errors/deploy-error.ts'
import { rightsFor, roleLines } from '../../src/targets/kubernetes/api/access.ts'
import { describeWith } from '../harness/lab.ts'
import { eventually, tempDir } from '../harness/temp.ts'
import {
  app,
  deployApp,
  openBench,
  podsOf,
  settle,
  stamp,
  tokenFor,
  writeKubeconfig,
  type Bench,
} from './kubernetes-world.ts'

const settled = { is: 'settled' }
const ROLLING = { kinds: ['Deployment', 'StatefulSet', 'DaemonSet'], blueGreen: false, applied: [] } as const

describeWith('kubernetes', 'registry')('kubernetes rollouts', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await openBench({ images: ['v1', 'v2', 'v3', 'never-ready'] })
  })
  afterAll(() => bench.close())

  const replicaSets = async (name: string) => {
    const { body } = await bench.get(`${bench.path('replicaset')}?labelSelector=app%3D${name}`)
    return (body as { items: { metadata: { name: string }; spec: { replicas: number } }[] }).items
  }

  it('a StatefulSet is replaced, breaks, and gets out of the broken state', { timeout: 120_000 }, async () => {
    await deployApp(bench, app('db', pinned(bench.image('v1')), { kind: 'StatefulSet' }))
    const target = bench.target(['statefulset/db'])
    const image = bench.image('v2')
    const rollout = await target.replace(image, stamp(image), await target.current())
    const observation = await settle(target, rollout)
    expect(observation.workloads[0]?.state).toEqual(settled)
    expect(observation.workloads[0]?.replicas.map(({ digest }) => digest)).toEqual([image.digest, image.digest])

    const broken = bench.image('never-ready')
    const before = await target.current()
    const stuck = await target.replace(broken, stamp(broken), before)
    await settle(target, stuck, 5000)
    const back = await settle(target, await target.restore(before, stamp(broken)))
    expect(back.workloads[0]?.state).toEqual(settled)
    expect(back.workloads[0]?.replicas.every(({ digest }) => digest === image.digest)).toBe(true)
    // The exact template of the first version comes from its ControllerRevision.
    const version = await target.version(bench.image('v1').digest)
    expect(version?.workloads[0]?.image).toBe(pinned(bench.image('v1')))
    await target.close()
  })

  it('a DaemonSet is replaced and goes back', { timeout: 90_000 }, async () => {
    await deployApp(bench, app('agent', pinned(bench.image('v1')), { kind: 'DaemonSet' }))
    const target = bench.target(['daemonset/agent'])
    const image = bench.image('v2')
    const before = await target.current()
    const observation = await settle(target, await target.replace(image, stamp(image), before))
    expect(observation.workloads[0]).toMatchObject({ state: settled, desired: 1 })
    const back = await settle(target, await target.restore(before, stamp(image)))
    expect(back.workloads[0]).toMatchObject({ state: settled })
    expect(back.workloads[0]?.replicas[0]?.digest).toBe(bench.image('v1').digest)
    await target.close()
  })

  it('an older version comes back as the same ReplicaSet', { timeout: 90_000 }, async () => {
    await deployApp(bench, app('shop', pinned(bench.image('v1'))))
    const [first] = await replicaSets('shop')
    const target = bench.target(['shop'])
    const image = bench.image('v2')
    const rollout = await target.replace(image, stamp(image), await target.current())
    await settle(target, rollout)
    const old = bench.image('v1')
    await target.record?.(withVerified(EMPTY_HISTORY, { digest: old.digest, at: '2026-01-01T00:00:00.000Z' }), rollout)
    const version = await target.version(old.digest)
    expect(version).toBeDefined()
    expect(await target.version(bench.image('v3').digest)).toBeUndefined()
    const back = await settle(target, await target.restore(version!, stamp(old)))
    expect(back.workloads[0]?.state).toEqual(settled)
    const sets = await replicaSets('shop')
    expect(sets).toHaveLength(2)
    expect(sets.find(({ spec }) => spec.replicas > 0)?.metadata.name).toBe(first?.metadata.name)
    expect((await target.current()).workloads[0]?.revision).toBe(old.revision)
    expect((await target.history?.())?.[0]?.verified[0]?.digest).toBe(old.digest)
    await target.close()
  })

  it('a tag that ran before is restored as the digest that it was', { timeout: 90_000 }, async () => {
    const old = bench.image('v1')
    await deployApp(bench, app('tagged', `${old.repository.name}:v1`))
    const target = bench.target(['tagged'])
    const before = await target.current()
    expect(before.workloads[0]?.digests).toEqual([old.digest])
    const image = bench.image('v2')
    await settle(target, await target.replace(image, stamp(image), before))
    const back = await settle(target, await target.restore(before, stamp(image)))
    expect(back.workloads[0]?.state).toEqual(settled)
    expect((await target.current()).workloads[0]?.image).toBe(pinned(old))
    await target.close()
  })

  it('containers by name: a migration of the same image goes along, a sidecar stays', { timeout: 90_000 }, async () => {
    const old = pinned(bench.image('v1'))
    const object = app('multi', old, {
      replicas: 1,
      pod: { initContainers: [{ name: 'migrate', image: old, command: ['/bin/echo', 'migrated'] }] },
    })
    const pod = (object['spec'] as { template: { spec: { containers: object[] } } }).template.spec
    const { repository } = bench.image('v1')
    pod.containers.push({ name: 'side', image: `${repository.registry}/k8s/other:1`, command: ['/bin/sleep', '1000'] })
    await copyTag(bench, 'v1', 'other', '1')
    await deployApp(bench, object)
    const target = bench.target(['multi'])
    const image = bench.image('v2')
    expect((await target.check({ image, dryRun: false })).faults).toEqual([])
    const observation = await settle(target, await target.replace(image, stamp(image), await target.current()))
    expect(observation.workloads[0]?.state).toEqual(settled)
    const { body } = await bench.get(bench.path('deployment', 'multi'))
    const { spec } = (body as { spec: { template: { spec: Record<string, { image: string }[]> } } }).spec.template
    const same = await target.check({ image, dryRun: true })
    expect(same.plan).toEqual([
      `deployment/multi container web runs ${pinned(image)} already`,
      `deployment/multi init container migrate runs ${pinned(image)} already`,
    ])
    expect(spec['initContainers']?.map((one) => one.image)).toEqual([pinned(image)])
    expect(spec['containers']?.map((one) => one.image)).toEqual([pinned(image), `${repository.registry}/k8s/other:1`])
    await target.close()
  })

  it(
    'creates from manifests, keeps what others own, and takes back what it created',
    { timeout: 120_000 },
    async () => {
      const { repository } = bench.image('v1')
      const folder = tempDir('manifests')
      const file = path.join(folder, 'app.yml')
      const write = (replicas: number | undefined) => {
        const object = app('fresh', `${repository.name}:whatever`, { replicas: replicas ?? 1 })
        if (replicas === undefined) delete (object['spec'] as { replicas?: number }).replicas
        const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'fresh-settings' }, data: { A: '1' } }
        writeFileSync(file, [object, config].map((one) => stringify(one)).join('---\n'))
      }
      write(1)
      // ConfigMaps are not part of the plain Role: an admin's connection, as a pipeline of one's own would have.
      const target = () =>
        bench.target([], { manifests: [folder], namespace: bench.namespace }, { api: bench.openAdmin() })
      const first = target()
      const image = bench.image('v1')
      const ready = await first.check({ image, dryRun: true })
      expect(ready.faults).toEqual([])
      expect(ready.plan.join('\n')).toContain('deployment/fresh would be created')
      const nothing = await first.current()
      expect(nothing.workloads).toMatchObject([{ name: 'deployment/fresh', exists: false }])
      const made = await settle(first, await first.replace(image, stamp(image), nothing))
      expect(made.workloads[0]?.state).toEqual(settled)
      await first.restore(nothing, stamp(image))
      expect((await bench.get(bench.path('deployment', 'fresh'))).status).toBe(404)
      expect((await bench.get(bench.path('configmap', 'fresh-settings'))).status).toBe(404)
      await first.close()

      const second = target()
      await second.check({ image, dryRun: false })
      expect(
        (await settle(second, await second.replace(image, stamp(image), await second.current()))).workloads[0]?.state,
      ).toEqual(settled)
      await second.close()

      // Somebody scales it: the manifest must not take that back in silence.
      await bench.admin.request('PATCH', `${bench.path('deployment', 'fresh')}/scale`, {
        body: { spec: { replicas: 2 } },
        type: 'application/merge-patch+json',
        query: { fieldManager: 'autoscaler' },
      })
      const third = target()
      const refused = await third.check({ image: bench.image('v2'), dryRun: false })
      expect(refused.faults).toMatchObject([{ code: 'managed-elsewhere' }])
      expect(refused.faults[0]?.evidence?.join()).toContain('.spec.replicas: conflict with "autoscaler"')
      await third.close()

      write(undefined)
      const fourth = target()
      const next = bench.image('v2')
      const plan = await fourth.check({ image: next, dryRun: true })
      expect(plan.faults).toEqual([])
      expect(plan.plan.join('\n')).toContain(
        `spec.template.spec.containers[web].image: ${pinned(image)} → ${pinned(next)}`,
      )
      const before = await fourth.current()
      const after = await settle(fourth, await fourth.replace(next, stamp(next), before))
      expect(after.workloads[0]).toMatchObject({ state: settled, desired: 2 })
      const back = await settle(fourth, await fourth.restore(before, stamp(next)))
      expect(back.workloads[0]).toMatchObject({ state: settled, desired: 2 })
      expect((await fourth.current()).workloads[0]?.image).toBe(pinned(image))
      await fourth.close()
    },
  )

  it('lists every missing right at once, with the Role that grants them', { timeout: 30_000 }, async () => {
    await deployApp(bench, app('locked', pinned(bench.image('v1')), { replicas: 1 }))
    await bench.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'nobody' } })
    const kubeconfig = path.join(tempDir('kube'), 'config')
    writeKubeconfig(kubeconfig, bench.namespace, await tokenFor(bench.admin, bench.namespace, 'nobody'))
    const target = bench.target(['locked'], {}, { api: bench.openApi(kubeconfig) })
    const { faults } = await target.check({ image: undefined, dryRun: false })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatchObject({ code: 'target-denied' })
    expect(faults[0]?.what).toMatch(/nobody may not .*patch deployments\.apps.*list events/)
    expect(faults[0]?.evidence?.join('\n')).toContain('resources: ["leases"]')
    const before = await bench.target(['locked']).current()
    const image = bench.image('v2')
    expect(await target.replace(image, stamp(image), before).catch(asDeployError)).toMatchObject({
      code: 'target-denied',
    })
  })

  it('a right that is only preferred is a notice with what is lost, and the place is told by the workload', async () => {
    const { metadata } = (await bench.get(bench.path('deployment', 'locked'))).body as { metadata: { uid: string } }
    const role = parse(roleLines(bench.namespace, rightsFor(ROLLING)).join('\n')) as {
      rules: { resources: string[] }[]
    }
    const rules = role.rules.filter(({ resources }) => !resources.includes('namespaces'))
    const name = 'without-namespaces'
    await bench.apply({ ...role, metadata: { name }, rules })
    await bench.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } })
    await bench.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: bench.namespace }],
    })
    const kubeconfig = path.join(tempDir('kube'), 'config')
    writeKubeconfig(kubeconfig, bench.namespace, await tokenFor(bench.admin, bench.namespace, name))
    const target = bench.target(['locked'], {}, { api: bench.openApi(kubeconfig) })
    const { faults, notices } = await target.check({ image: undefined, dryRun: false })
    expect(faults).toEqual([])
    expect(notices).toEqual([expect.stringMatching(/may not get namespaces: .*history begins anew/)])
    expect(await target.place?.()).toMatchObject({ cluster: metadata.uid })
    const full = bench.target(['locked'])
    expect((await full.check({ image: undefined, dryRun: false })).notices).toEqual([])
    expect((await full.place?.())?.cluster).not.toBe(metadata.uid)
  })

  it('says what does not exist, and how to make it', async () => {
    const target = bench.target(['nothing-here', 'pod/x'])
    const { faults } = await target.check({ image: undefined, dryRun: false })
    expect(faults.map(({ code }) => code)).toEqual(['invalid-input', 'workload-not-found'])
    expect(faults[1]?.fix).toContain('kubectl create deployment nothing-here')
  })

  it('two runs: one waits for the other or gives way, and a dead one does not block', { timeout: 90_000 }, async () => {
    await deployApp(bench, app('duel', pinned(bench.image('v1')), { replicas: 1 }))
    const one = bench.target(['duel'], { environment: 'duel' }, { run: { id: '100', attempt: 1 } })
    const image = bench.image('v2')
    const before = await one.current()
    const rollout = await one.replace(image, stamp(image), before)

    const impatient = bench.target(['duel'], { environment: 'duel', onBusy: 'superseded' })
    const refused = await impatient.replace(image, stamp(image), before).catch(asDeployError)
    expect(refused).toMatchObject({ code: 'another-rollout' })
    expect(refused).toHaveProperty('what', expect.stringContaining('run 100-1'))

    const heard: string[] = []
    const patient = bench.target(['duel'], { environment: 'duel' }, { onWarning: (text) => heard.push(text) })
    const waiting = patient.lock()
    // Its connection takes a while to open: the first run ends only when the second one waits.
    await eventually('the wait', () => heard.some((text) => text.includes('run 100-1 is releasing')) || undefined)
    await settle(one, rollout)
    await one.close()
    expect(await waiting).toBe(true)
    await patient.close()
    expect((await bench.get(bench.path('lease', 'immutable-deploy-app-duel'))).status).toBe(404)

    // Killed: the lock stays, and its next attempt takes it over at once.
    const killed = bench.target(['duel'], { environment: 'duel' }, { run: { id: '200', attempt: 1 } })
    await killed.lock()
    const again = bench.target(['duel'], { environment: 'duel' }, { run: { id: '200', attempt: 2 } })
    const from = Date.now()
    expect(await again.lock()).toBe(false)
    expect(Date.now() - from).toBeLessThan(2000)
    await killed.close()
    // The one that lost it does not remove what is no longer its own.
    expect((await bench.get(bench.path('lease', 'immutable-deploy-app-duel'))).status).toBe(200)
    await again.close()
    const over = bench.target(['duel'], { environment: 'duel' }, { run: { id: '300', attempt: 1 } })
    await over.lock()
    const known = bench.target(['duel'], { environment: 'duel' }, { isRunOver: async (holder) => holder === '300-1' })
    expect(await known.lock()).toBe(false)
    await Promise.all([over.close(), known.close()])
  })

  it('warns of what would revert a release', { timeout: 30_000 }, async () => {
    const metadata = {
      labels: { 'app.kubernetes.io/managed-by': 'Helm', 'kustomize.toolkit.fluxcd.io/name': 'apps' },
      annotations: { 'argocd.argoproj.io/tracking-id': 'x', 'meta.helm.sh/release-name': 'y' },
    }
    await deployApp(bench, app('owned', pinned(bench.image('v1')), { replicas: 1, metadata, probe: false }))
    const { warnings } = await bench.target(['owned']).check({ image: undefined, dryRun: false })
    for (const name of ['Argo CD', 'Flux', 'Helm', 'no readiness probe']) expect(warnings.join('\n')).toContain(name)
  })

  it('nothing of ours stays in the namespace', async () => {
    expect(((await bench.get(bench.path('lease'))).body as { items: unknown[] }).items).toEqual([])
    expect((await podsOf(bench, 'nothing-here')).length).toBe(0)
  })
})

/** The same image under another name, as another app's would be. */
async function copyTag(bench: Bench, from: string, repository: string, tag: string): Promise<void> {
  const type = 'application/vnd.docker.distribution.manifest.v2+json'
  const at = `${bench.registry.url}/v2`
  const text = await (await fetch(`${at}/k8s/app/manifests/${from}`, { headers: { accept: type } })).text()
  const { config, layers } = JSON.parse(text) as { config: { digest: string }; layers: { digest: string }[] }
  for (const { digest } of [config, ...layers]) {
    await fetch(`${at}/k8s/${repository}/blobs/uploads/?mount=${digest}&from=k8s/app`, { method: 'POST' })
  }
  const put = await fetch(`${at}/k8s/${repository}/manifests/${tag}`, {
    method: 'PUT',
    headers: { 'content-type': type },
    body: text,
  })
  if (put.status !== 201) throw new Error(await put.text())
}
