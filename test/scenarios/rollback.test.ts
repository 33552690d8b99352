// The way back by hand: to which version, on whose word, and that nothing is built, smoked or pushed for it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { docker } from '../contract/swarm-world.ts'
import { describeWith } from '../harness/lab.ts'
import type { Told } from './world.ts'
import { freshRun, leftovers, World } from './world.ts'

function isHealthy(run: Told, digest: string | undefined): void {
  expect(run.outcome, run.log).toBe('success')
  expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy', digest, 'rolled-back': 'false' })
  expect(run.raw).not.toMatch(/::group::(?:Build|Push|Smoke)/)
  expect(run.result.custody.find(({ hop }) => hop === 'running')?.value).toBe(digest)
}

describeWith('docker', 'registry')('a rollback', () => {
  describe('of an environment with a history', () => {
    let world: World
    const releases: { digest: string; revision: string }[] = []
    const digest = (version: number): string => releases[version - 1]?.digest ?? ''

    beforeAll(async () => {
      world = await World.open({ services: ['web'], proxied: true })
      for (const version of ['v1', 'v2', 'v3']) {
        const revision = version === 'v1' ? world.app.revision : world.app.commit(version, { version })
        const run = await world.release()
        expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
        releases.push({ digest: run.outputs.digest ?? '', revision })
      }
    })
    afterAll(() => world.close())

    it('lists the versions with time, commit and verdict', async () => {
      const run = await world.rollback({ list: 'true' })
      expect(run.outcome, run.log).toBe('success')
      expect(run.result.versions).toMatchObject([
        { ...releases[2], verdict: 'running', knownBy: expect.arrayContaining(['target', 'registry']) as string[] },
        { ...releases[1], verdict: 'verified' },
        { ...releases[0], verdict: 'verified' },
      ])
      for (const version of run.result.versions ?? []) expect(version.at).toMatch(/^20\d\d-/)
    })

    it('tells the plan of a dry run and changes nothing', async () => {
      const specs = await world.services.specs()
      const run = await world.rollback({ 'dry-run': 'true' })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'planned', digest: digest(2) })
      expect(run.result.plan?.join('\n')).toMatch(new RegExp(`\\+ image \\S+@${digest(2)}`))
      expect(run.log).not.toContain('of the build')
      expect(await world.services.specs()).toEqual(specs)
    })

    it('to what runs is unchanged, proven again', async () => {
      const run = await world.rollback({ to: digest(3) })
      expect(run.outcome, run.log).toBe('success')
      expect(run.outputs, run.log).toMatchObject({ outcome: 'unchanged', digest: digest(3) })
    })

    it('without an argument goes to the newest verified one that does not run', async () => {
      const from = world.proxy?.requests.length ?? 0
      const github = { ...freshRun(), event_name: 'workflow_dispatch' }
      // A job without a checkout: a rollback needs none.
      const run = await world.rollback({ reason: 'checkout fails' }, { github, workspace: '/' })
      isHealthy(run, digest(2))
      expect(run.outputs).toMatchObject({
        revision: releases[1]?.revision,
        'previous-digest': digest(3),
        'previous-revision': releases[2]?.revision,
      })
      await world.serves('v2', 'v2')
      expect(await world.digestOf('production')).toBe(digest(2))
      // Tags are moved; no layer is sent.
      const sent = world.proxy?.requests.slice(from).filter(({ method }) => method === 'PUT' || method === 'PATCH')
      expect(sent?.filter(({ path }) => !path.includes('/manifests/'))).toEqual([])
      expect(await leftovers(github.run_id)).toEqual([])
      const bad = (await world.tags()).filter((tag) => tag.startsWith('bad-production-'))
      expect(bad).toHaveLength(1)
      expect(bad[0]).toContain(releases[2]?.revision)
    })

    it('again goes one further back: what was left is marked bad', async () => {
      isHealthy(await world.rollback(), digest(1))
      await world.serves('v1', 'v1')
    })

    it('and then there is no previous any more', async () => {
      const run = await world.rollback()
      expect(run.outcome, run.log).toBe('failure')
      expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'no-previous' })
      expect(run.result.evidence?.join('\n')).toContain(releases[2]?.revision)
      await world.serves('v1', 'v1')
    })

    it('goes to a short SHA, even to a version that is marked bad', async () => {
      const run = await world.rollback({ to: releases[2]?.revision.slice(0, 7) ?? '' })
      isHealthy(run, digest(3))
      expect(run.result.warnings.join('\n')).toContain('marked bad')
      await world.serves('v3', 'v3')
    })

    it('goes to a digest, by the target’s stamp alone while the registry is down', async () => {
      await world.registry.stop()
      try {
        const run = await world.rollback({ to: digest(2) })
        isHealthy(run, digest(2))
        expect(run.result.warnings.join('\n')).toContain('stamp')
        await world.serves('v2', 'v2')
      } finally {
        await world.registry.start()
      }
    })

    it('goes by the registry’s tags alone where the stamp is lost', async () => {
      await world.services.update((spec) => {
        delete spec.Labels['dev.immutable-deploy.history']
      })
      const record = (await world.tags()).find((tag) => tag.startsWith('deployed-production-')) ?? ''
      await docker('config', 'rm', `immutable-deploy-${record.split('-')[2] ?? ''}`)
      const run = await world.rollback({ to: releases[0]?.revision ?? '' })
      isHealthy(run, digest(1))
      expect(run.log).toContain('no stamp')
      await world.serves('v1', 'v1')
    })

    it('refuses a version that was never verified here, and names those that were', async () => {
      const revision = world.app.commit('elsewhere', { version: 'elsewhere' })
      const built = await world.release({ promote: 'release-tag' })
      expect(built.outputs, built.log).toMatchObject({ outcome: 'released' })
      const run = await world.rollback({ to: revision })
      expect(run.outcome, run.log).toBe('failure')
      expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'not-verified' })
      expect(run.result.evidence?.join('\n')).toContain(releases[1]?.revision)
      await world.serves('v1', 'v1')
      isHealthy(await world.rollback({ to: revision.slice(0, 8), 'allow-unverified': 'true' }), built.outputs.digest)
      await world.serves('elsewhere', 'elsewhere')
    })
  })

  describe('that fails too', () => {
    let world: World
    beforeAll(async () => {
      world = await World.open({ services: ['web'] })
    })
    afterAll(() => world.close())

    it('puts back what ran before it', async () => {
      // Version one needs a setting that the service has lost since.
      const start = (line: string): string =>
        `#!/bin/sh\nhttpd -f -p 8080 -h /www & web=$!\ntrap 'kill $web 2>/dev/null; exit 0' TERM INT\n${line}\nwait $web\n`
      const needs = 'if [ "$MODE" = lost ]; then echo "fatal: MODE is lost" >&2; exit 1; fi'
      world.app.commit('one', { version: 'one', files: { 'app/start': start(needs) } })
      const first = await world.release()
      expect(first.outputs, first.log).toMatchObject({ outcome: 'healthy' })
      world.app.commit('two', { version: 'two' })
      const second = await world.release()
      expect(second.outputs, second.log).toMatchObject({ outcome: 'healthy' })
      await world.services.update((spec) => {
        spec.TaskTemplate.ContainerSpec.Env = ['MODE=lost']
      })
      await world.serves('two', 'two')
      const run = await world.rollback()
      expect(run.outcome, run.log).toBe('failure')
      expect(run.outputs, run.log).toMatchObject({
        outcome: 'rolled-back',
        digest: first.outputs.digest,
        'reason-code': 'crash-on-start',
        'rolled-back': 'true',
      })
      expect(await world.specDigests()).toEqual([second.outputs.digest])
      await world.serves('two', 'two')
      expect(await world.digestOf('production')).toBe(second.outputs.digest)
    })
  })
})
