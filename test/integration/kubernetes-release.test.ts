// The actions from a commit to a Deployment and back.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../harness/lab.ts'
import { colours, plain, Shop } from './kubernetes-shop.ts'
import { podsOf } from './kubernetes-world.ts'

/** Only in the cluster: the smoke test does not set MODE. */
const onlyThere = (script: string) => {
  const serve = `httpd -f -p 8080 -h /www & web=$!\ntrap 'kill $web 2>/dev/null; exit 0' TERM INT`
  return { files: { 'app/start': `#!/bin/sh\n${serve}\nif [ -n "$MODE" ]; then\n${script}\nfi\nwait $web\n` } }
}

describeWith(
  'docker',
  'registry',
  'kubernetes',
)('a release to Kubernetes', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await Shop.open()
  })
  afterAll(() => shop.close())

  it('goes from the commit to proven pods, and says unchanged the second time', { timeout: 120_000 }, async () => {
    const first = await shop.release()
    expect(first.outputs, first.log).toMatchObject({ outcome: 'healthy', revision: shop.source.revision })
    expect(await shop.running()).toBe(`${shop.image}@${first.outputs['digest'] ?? ''}`)
    expect(first.result.workloads).toMatchObject([
      { name: 'deployment/shop', verdict: 'healthy', replicas: '2/2', namespace: shop.bench.namespace },
    ])
    // A release does not wait for old pods that were told to stop.
    const running = async () =>
      (await podsOf(shop.bench, 'shop')).flatMap(({ metadata: { uid, deletionTimestamp } }) =>
        deletionTimestamp ? [] : [uid],
      )
    const pods = (await running()).sort()
    expect(pods).toHaveLength(2)
    const second = await shop.release()
    expect(second.outputs, second.log).toMatchObject({ outcome: 'unchanged', reused: 'true' })
    expect((await running()).sort()).toEqual(pods)
  })

  it(
    'a version that only crashes in the cluster is taken back, with its last words',
    { timeout: 120_000 },
    async () => {
      const good = await shop.running()
      shop.source.commit('crashes', { version: 'crashes', ...onlyThere('echo "fatal: no database" >&2; exit 4') })
      const told = await shop.release()
      expect(told.outputs, told.log).toMatchObject({
        outcome: 'rolled-back',
        'reason-code': 'crash-on-start',
        'rolled-back': 'true',
      })
      expect(told.result.evidence?.join('\n')).toContain('fatal: no database')
      expect(await shop.running()).toBe(good)
      expect(told.summary).toContain('rolled-back')
    },
  )

  it('a time-out names the probe', { timeout: 120_000 }, async () => {
    shop.source.commit('never ready', { version: 'never', ...onlyThere('rm -f /www/healthz') })
    const told = await shop.release({ timeout: '12s' })
    expect(told.outputs, told.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'unhealthy' })
    expect(told.outputs['reason']).toContain('readiness probe GET :8080/healthz')
  })

  it('rolls back by hand, also when the registry is gone', { timeout: 180_000 }, async () => {
    const one = await shop.running()
    shop.source.commit('two', { version: 'two', files: { 'app/start': plain } })
    const two = await shop.release()
    expect(two.outputs, two.log).toMatchObject({ outcome: 'healthy' })
    const back = await shop.rollback()
    expect(back.outputs, back.log).toMatchObject({ outcome: 'healthy' })
    expect(await shop.running()).toBe(one)
    await shop.bench.registry.stop()
    try {
      const forth = await shop.rollback({ to: two.outputs['digest'] ?? '' })
      expect(forth.outputs, forth.log).toMatchObject({ outcome: 'healthy' })
      expect(await shop.running()).toBe(`${shop.image}@${two.outputs['digest'] ?? ''}`)
    } finally {
      await shop.bench.registry.start()
    }
    const refused = await shop.rollback({ to: '0123456789' })
    expect(refused.outcome).toBe('failure')
  })

  it(
    'blue-green: released, taken back when the preview fails, and rolled back by hand',
    { timeout: 240_000 },
    async () => {
      shop.source.commit('green', { version: 'green', files: { 'app/start': plain } })
      const told = await shop.release(colours)
      expect(told.outputs, told.log).toMatchObject({ outcome: 'healthy' })
      expect(await shop.served()).toBe('colour-green')
      expect(told.result.workloads).toMatchObject([{ name: 'deployment/colour', serving: 'deployment/colour-green' }])
      expect(told.summary).toContain('`deployment/colour-green` serves')
      expect(await shop.running('colour-green')).toBe(`${shop.image}@${told.outputs['digest'] ?? ''}`)

      const blue = makeNext()
      const next = await shop.release({
        ...colours,
        'live-checks': 'checks: [{http: GET /version -> 200}]',
        url: 'http://127.0.0.1:1',
      })
      // The preview answered as it should; the address of the live checks does not: back to green.
      expect(next.outputs, next.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'live-check-failed' })
      expect(await shop.served()).toBe('colour-green')
      expect(blue).not.toBe('')

      const third = await shop.release(colours)
      expect(third.outputs, third.log).toMatchObject({ outcome: 'healthy' })
      expect(await shop.served()).toBe('colour')
      expect(third.result.workloads).toMatchObject([{ serving: 'deployment/colour' }])
      const back = await shop.rollback(colours)
      expect(back.outputs, back.log).toMatchObject({ outcome: 'healthy', digest: told.outputs['digest'] })
      expect(await shop.served()).toBe('colour-green')

      function makeNext(): string {
        return shop.source.commit('blue', { version: 'blue', files: { 'app/start': plain } })
      }
    },
  )
})
