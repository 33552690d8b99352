// A commit on its way to production: from the first release to the second environment, through the bundles.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeWith } from '../harness/lab.ts'
import { freshRun, leftovers, World } from './world.ts'

const names = ['outcome', 'digest', 'image-ref', 'revision', 'tags', 'reused', 'rolled-back', 'result']

describeWith('docker', 'registry')('a release', () => {
  describe('without a target', () => {
    let world: World
    beforeAll(async () => {
      world = await World.open()
    })
    afterAll(() => world.close())

    it('writes the release tag, and nothing else', async () => {
      const github = freshRun()
      const run = await world.release({}, { github })
      expect(run.outcome, run.log).toBe('success')
      const { digest } = run.outputs
      expect(run.outputs).toMatchObject({
        outcome: 'released',
        revision: world.app.revision,
        'image-ref': `${world.image}@${digest ?? ''}`,
        tags: `sha-${world.app.revision}`,
        reused: 'false',
        'rolled-back': 'false',
        'reason-code': '',
      })
      for (const name of names) expect(run.outputs[name], name).not.toBe('')
      expect(await world.digestOf(`sha-${world.app.revision}`)).toBe(digest)
      expect((await world.tags()).filter((tag) => !tag.startsWith('candidate-'))).toEqual([
        `proof-${digest?.slice('sha256:'.length) ?? ''}`,
        `sha-${world.app.revision}`,
      ])
      expect(run.result.custody.map(({ hop }) => hop)).toEqual(['commit', 'built', 'smoked', 'promoted'])
      expect(run.summary).toContain(world.app.revision.slice(0, 7))
      expect(run.stages.map(({ name }) => name)).toEqual(['main'])
      expect(run.orphans).toEqual([])
      expect(await leftovers(github.run_id)).toEqual([])
    })

    it('moves an explicit environment’s tag at once', async () => {
      const run = await world.release({ environment: 'Review App' })
      expect(run.outputs).toMatchObject({ outcome: 'released', reused: 'true' })
      expect(await world.digestOf('review-app')).toBe(run.outputs.digest)
    })

    it('checks a pull request and lets nothing last', async () => {
      const before = await world.tags()
      world.app.commit('pull request', { version: 'pr' })
      const github = { ...freshRun(), event_name: 'pull_request' }
      const run = await world.release({}, { github })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'checked', tags: '' })
      expect(await world.tags()).toEqual(before)
      expect(await leftovers(github.run_id)).toEqual([])
    })

    it('tells the plan of a dry run and changes nothing', async () => {
      world.app.commit('planned', { version: 'planned' })
      const before = await world.tags()
      const run = await world.release({ 'dry-run': 'true' })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'planned' })
      expect(run.result.plan?.join('\n')).toContain(`sha-${world.app.revision}`)
      expect(await world.tags()).toEqual(before)
    })
  })

  describe('to a Swarm', () => {
    let world: World
    let zero: string[]
    beforeAll(async () => {
      world = await World.open({ services: ['web'], proxied: true })
      zero = await world.specDigests()
    })
    afterAll(() => world.close())

    it('tells the plan of a dry run and changes nothing', async () => {
      const specs = await world.services.specs()
      const run = await world.release({ 'dry-run': 'true' })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'planned', 'previous-digest': zero[0] })
      expect(run.result.plan?.join('\n')).toContain(world.services.names[0])
      expect(await world.services.specs()).toEqual(specs)
    })

    it('replaces what runs, and proves it', async () => {
      const github = freshRun()
      const run = await world.release({ url: 'https://shop.example.com' }, { github })
      expect(run.outcome, run.log).toBe('success')
      expect(run.outputs).toMatchObject({
        outcome: 'healthy',
        'previous-digest': zero[0],
        reused: 'false',
        url: 'https://shop.example.com',
      })
      expect(await world.specDigests()).toEqual([run.outputs.digest])
      await world.serves('v1', 'v1')
      const tags = await world.tags()
      expect(tags).toContain(`sha-${world.app.revision}`)
      expect(await world.digestOf('production')).toBe(run.outputs.digest)
      expect(tags.filter((tag) => tag.startsWith('deployed-production-'))).toHaveLength(1)
      expect(run.result.workloads).toMatchObject([
        { name: world.services.names[0], verdict: 'healthy', digest: run.outputs.digest, replicas: '2/2' },
      ])
      expect(run.summary).toContain('healthy')
      expect(run.stages.map(({ name }) => name)).toEqual(['main'])
      expect(await leftovers(github.run_id)).toEqual([])
    })

    it('does nothing the second time, and proves it again', async () => {
      const containers = (await world.services.containers()).map(({ Id }) => Id).sort()
      const specs = await world.services.specs()
      const from = world.proxy?.requests.length ?? 0
      const run = await world.release()
      expect(run.outputs, run.log).toMatchObject({ outcome: 'unchanged', reused: 'true' })
      const asked = world.proxy?.requests.slice(from) ?? []
      expect(asked.length).toBeGreaterThan(0)
      // Whether a push would be let in is asked by an upload that is opened and given up; nothing is sent or written.
      expect(asked.filter(({ method }) => method === 'PUT' || method === 'PATCH')).toEqual([])
      expect(asked.filter(({ method }) => method === 'DELETE')).toHaveLength(
        asked.filter(({ method }) => method === 'POST').length,
      )
      expect(run.raw).not.toMatch(/::group::(Build|Push|Smoke)/)
      expect((await world.services.containers()).map(({ Id }) => Id).sort()).toEqual(containers)
      expect(await world.services.specs()).toEqual(specs)
    })

    it('refuses an older commit', async () => {
      const first = world.app.revision
      world.app.commit('second', { version: 'v2' })
      const second = await world.release()
      expect(second.outputs, second.log).toMatchObject({ outcome: 'healthy', 'previous-revision': first })
      world.app.git('checkout', '--quiet', first)
      const late = await world.release({}, { github: { sha: first } })
      expect(late.outputs, late.log).toMatchObject({ outcome: 'superseded', 'reason-code': 'older-than-running' })
      expect(late.outcome).toBe('failure')
      const skipped = await world.release({ 'on-older': 'skip' }, { github: { sha: first } })
      expect(skipped.outputs).toMatchObject({ outcome: 'skipped' })
      expect(skipped.outcome).toBe('success')
      await world.serves('v2', 'v2')
    })
  })

  describe('split over jobs', () => {
    let world: World
    beforeAll(async () => {
      world = await World.open({ services: ['staging', 'prod'], replicas: 1 })
    })
    afterAll(() => world.close())

    it('builds once and goes from staging to production without another build', async () => {
      const [staging = '', prod = ''] = world.services.names
      const built = await world.release({ promote: 'release-tag' })
      expect(built.outputs, built.log).toMatchObject({ outcome: 'released' })
      const { digest = '' } = built.outputs
      const github = { sha: world.app.revision }
      // The deploy jobs have no checkout: all that they get is the digest.
      for (const [environment, workload] of [
        ['staging', staging],
        ['production', prod],
      ] as const) {
        const run = await world.release({ digest, environment, workload }, { github, workspace: '/' })
        expect(run.outputs, run.log).toMatchObject({
          outcome: 'healthy',
          digest,
          reused: 'true',
          revision: world.app.revision,
        })
        expect(run.raw).not.toMatch(/::group::(Build|Push|Smoke)/)
        expect(await world.digestOf(environment)).toBe(digest)
      }
      expect(await world.specDigests()).toEqual([digest, digest])
      await world.serves('v1', 'v1')
    })
  })
})
