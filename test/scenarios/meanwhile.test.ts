// What somebody rotates while a release goes on stays rotated when it fails: the way back undoes what the run did.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { pinned } from '../../src/domain/image.ts'
import { docker, type RawSpec } from '../contract/swarm-world.ts'
import { describeWith, need } from '../harness/lab.ts'
import { tempDir } from '../harness/temp.ts'
import { Shop } from '../integration/kubernetes-shop.ts'
import { app } from '../integration/kubernetes-world.ts'
import { World } from './world.ts'

/** Passes its smoke test, and dies a few seconds after it was started where it is deployed. */
const DIES_LATER = `#!/bin/sh
httpd -f -p 8080 -h /www & web=$!
trap 'kill $web 2>/dev/null; exit 0' TERM INT
if [ -n "$MODE" ]; then sleep 5 & wait $!; echo "lost the database"; exit 1; fi
wait $web
`
const IN_MID_ROLLOUT = /::group::Prove that every replica/

/** Carries it out once, when the rollout is under way. */
function inMidRollout(change: () => Promise<unknown>) {
  let changed: Promise<unknown> | undefined
  const onLine = (line: string): void => {
    if (IN_MID_ROLLOUT.test(line)) changed ??= change()
  }
  return { onLine, isDone: () => expect(changed).resolves.not.toThrow() }
}

describeWith('docker', 'registry')('rotated in mid-rollout on a Swarm', () => {
  let world: World
  const secrets: string[] = []
  beforeAll(async () => {
    world = await World.open({ services: ['web'] })
    for (const version of ['one', 'two']) {
      const name = `${world.services.names[0] ?? ''}-password-${version}`
      const file = path.join(tempDir('secret'), version)
      writeFileSync(file, version)
      secrets.push(name)
      await docker('secret', 'create', name, file)
    }
    await docker('service', 'update', '--quiet', ...secret('add', 0), world.services.names[0] ?? '')
  })
  afterAll(async () => {
    await world.close()
    await docker('secret', 'rm', ...secrets)
  })

  function secret(how: 'add' | 'rm', which: 0 | 1): string[] {
    const name = secrets[which] ?? ''
    return how === 'add' ? ['--secret-add', `source=${name},target=password`] : ['--secret-rm', name]
  }
  const names = ({ TaskTemplate }: RawSpec): unknown => {
    const { Secrets = [] } = TaskTemplate.ContainerSpec as { Secrets?: { SecretName: string }[] }
    return Secrets.map(({ SecretName }) => SecretName)
  }
  /** Sorted: the order in which the client writes them is a matter of chance. */
  const env = ({ TaskTemplate }: RawSpec): unknown => {
    const { Env = [] } = TaskTemplate.ContainerSpec as { Env?: string[] }
    return Env.toSorted()
  }

  it.each<[string, () => string[], (spec: RawSpec) => unknown, () => unknown]>([
    [
      'a variable more',
      () => ['--env-add', 'ROTATED=new'],
      env,
      () => expect.arrayContaining(['ROTATED=new']) as unknown,
    ],
    [
      'a variable changed',
      () => ['--env-add', 'ROTATED=newer'],
      env,
      () => expect.arrayContaining(['ROTATED=newer']) as unknown,
    ],
    ['a variable less', () => ['--env-rm', 'ROTATED'], env, () => ['EMPTY=', 'MODE=test']],
    ['another secret', () => [...secret('rm', 0), ...secret('add', 1)], names, () => [secrets[1]]],
  ])('%s', { timeout: 120_000 }, async (what, flags, read, expected) => {
    const [before] = await world.specDigests()
    world.app.commit(what, { version: what, files: { 'app/start': DIES_LATER } })
    const change = inMidRollout(() => {
      return docker('service', 'update', '--quiet', '--detach', ...flags(), world.services.names[0] ?? '')
    })
    const run = await world.release({ stability: '12s' }, { onLine: change.onLine })
    await change.isDone()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rolled-back', 'rolled-back': 'true' })
    expect(await world.specDigests()).toEqual([before])
    const [service] = await world.services.list()
    expect(read(service?.Spec as RawSpec)).toEqual(expected())
    await world.serves(`v0 ${world.image}`, `v0 ${world.image}`)
  })
})

describeWith(
  'docker',
  'registry',
  'kubernetes',
)('rotated in mid-rollout on a cluster', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await Shop.open()
  })
  afterAll(() => shop.close())

  const v1 = () => pinned(shop.bench.image('v1'))
  const at = (kind: string, name: string) => shop.bench.path(kind, name)
  const patch = (kind: string, name: string, body: object) =>
    shop.bench.admin.request('PATCH', at(kind, name), {
      body,
      type: 'application/strategic-merge-patch+json',
      query: { fieldManager: 'kubectl-edit' },
    })
  const password = (value: string) => ({ data: { password: Buffer.from(value).toString('base64') } })

  async function expectBack(run: Awaited<ReturnType<Shop['release']>>): Promise<void> {
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rolled-back', 'rolled-back': 'true' })
    expect(await shop.running()).toBe(v1())
    await expect.poll(() => shop.ready('shop'), { timeout: 20_000 }).toBe(2)
  }

  async function env(): Promise<unknown> {
    const { body } = await shop.bench.get(at('deployment', 'shop'))
    const { spec } = body as { spec: { template: { spec: { containers: { env: unknown }[] } } } }
    return spec.template.spec.containers[0]?.env
  }

  const mode = { name: 'MODE', value: 'cluster' }
  it.each<[string, object[], unknown]>([
    ['a variable more', [{ name: 'PASSWORD', value: 'two' }], [{ name: 'PASSWORD', value: 'two' }, mode]],
    ['a variable changed', [{ name: 'PASSWORD', value: 'three' }], [{ name: 'PASSWORD', value: 'three' }, mode]],
    ['a variable less', [{ name: 'PASSWORD', $patch: 'delete' }], [mode]],
  ])('%s', { timeout: 120_000 }, async (what, changes, expected) => {
    shop.source.commit(what, { version: what, files: { 'app/start': DIES_LATER } })
    const body = { spec: { template: { spec: { containers: [{ name: 'web', env: changes }] } } } }
    const change = inMidRollout(() => patch('deployment', 'shop', body))
    const run = await shop.release({ stability: '12s' }, { onLine: change.onLine })
    await change.isDone()
    await expectBack(run)
    expect(await env()).toEqual(expect.arrayContaining(expected as unknown[]))
    expect(await env()).toHaveLength((expected as unknown[]).length)
  })

  it.each([
    ['that the release leaves as it is', 'one'],
    ['that the release changes', 'two'],
  ])('the content of a Secret %s', { timeout: 120_000 }, async (what, released) => {
    await shop.bench.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, ...password('one') })
    shop.source.commit(what, { version: what, files: { 'app/start': DIES_LATER } })
    const manifests = path.join(tempDir('manifests'), 'all.yml')
    const container = { env: [mode] }
    const objects = [
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, ...password(released) },
      app('shop', shop.image, { container }),
    ]
    writeFileSync(manifests, objects.map((object) => stringify(object)).join('---\n'))
    const change = inMidRollout(() => patch('secret', 'login', password('rotated')))
    const inputs = { stability: '12s', manifests, namespace: shop.bench.namespace }
    const options = { env: { KUBECONFIG: need('kubernetes').KUBECONFIG }, onLine: change.onLine }
    const run = await shop.release({ ...inputs, 'take-over': 'the-owner\nkubectl-edit' }, options)
    await change.isDone()
    await expectBack(run)
    const { body } = await shop.bench.get(at('secret', 'login'))
    expect(body).toMatchObject(password('rotated'))
  })
})
