// A release to Kubernetes that is cut off, at every step: what it leaves, and what the next run makes of it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeWith } from '../harness/lab.ts'
import { eventually } from '../harness/temp.ts'
import { colours, plain, Shop } from './kubernetes-shop.ts'

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

  describe.each([
    ['cancelled', 'cancelOn'],
    ['killed', 'killOn'],
    ['lost with its machine', 'loseOn'],
  ] as const)('%s', (_how, option) => {
    it.each([
      ['preflight', /::group::Ask everything at once/],
      ...(option === 'loseOn'
        ? []
        : ([
            ['build', /::group::Build /],
            ['smoke', /::group::Smoke-test /],
            ['promote', /::group::Promote /],
          ] as const)),
      ['rollout', /::group::Replace /],
      ['verify', /::group::Prove that every replica/],
    ] as const)(
      'in %s: nothing of ours runs on, and the next run of the commit ends well',
      async (step, line) => {
        shop.source.commit(`${option} ${step}`, { version: `${option} ${step}`, files: { 'app/start': plain } })
        const github = { run_id: String(Date.now()) }
        const ended = await shop.release({ stability: '3s' }, { github, [option]: line })
        expect(ended.outcome, ended.log).not.toBe('success')
        await eventually('no kubectl of ours', () => shop.proxies().length === 0 || undefined, 10_000)
        const again = await shop.release({}, { github: { ...github, run_attempt: '2' } })
        expect(['healthy', 'unchanged'], again.log).toContain(again.outputs['outcome'])
        expect(await shop.running()).toBe(`${shop.image}@${again.outputs['digest'] ?? ''}`)
        expect(await shop.leases()).toEqual([])
      },
      120_000,
    )
  })

  it.each([
    ['cancelled while green comes up', 'cancelOn', /::group::Prove that every replica/],
    ['cancelled while it bakes', 'cancelOn', /::group::Watch the new version/],
    ['killed while green comes up', 'killOn', /::group::Prove that every replica/],
    ['killed while the traffic moves', 'killOn', /::group::Move the traffic/],
  ] as const)(
    'blue-green: %s: the Service is served all along, and the next run of the commit ends well',
    async (what, option, line) => {
      shop.source.commit(what, { version: what, files: { 'app/start': plain } })
      const github = { run_id: String(Date.now()) }
      const before = await shop.served()
      const ended = await shop.release({ ...colours, bake: '3s' }, { github, [option]: line })
      expect(ended.outcome, ended.log).not.toBe('success')
      const served = await shop.served()
      if (line.source.includes('Prove')) expect(served).toBe(before)
      expect(await shop.ready(served)).toBeGreaterThan(0)
      const again = await shop.release({ ...colours, bake: '1s' }, { github: { ...github, run_attempt: '2' } })
      expect(['healthy', 'unchanged'], again.log).toContain(again.outputs['outcome'])
      expect(await shop.running(await shop.served())).toBe(`${shop.image}@${again.outputs['digest'] ?? ''}`)
      expect((await shop.bench.get(shop.bench.path('service', 'colour-preview'))).status).toBe(404)
      expect(await shop.leases()).toEqual([])
    },
    120_000,
  )
})
