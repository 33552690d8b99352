// Two releases at once: who writes second learns of it by the engine's version index, and leaves every service alone.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { git } from '../harness/images.ts'
import type { EngineProxy } from '../harness/engine-proxy.ts'
import { startEngineProxy } from '../harness/engine-proxy.ts'
import { describeWith, need } from '../harness/lab.ts'
import { meeting } from '../harness/meeting.ts'
import { tempDir } from '../harness/temp.ts'
import type { Told } from './world.ts'
import { freshRun, leftovers, World } from './world.ts'

const PLACES = [
  { what: 'one service', services: ['web'], replicas: 2 },
  { what: 'several services', services: ['web', 'api'], replicas: 1 },
]

describeWith('docker', 'registry')('two releases at once', () => {
  describe.each(PLACES)('to $what', ({ services, replicas }) => {
    let engine: EngineProxy
    let world: World
    beforeAll(async () => {
      engine = await startEngineProxy(need('docker').DOCKER_HOST)
    })
    afterAll(() => engine.stop())
    beforeEach(async () => {
      world = await World.open({ services, replicas })
    })
    afterEach(async () => {
      engine.rules.splice(0)
      await world.close()
    })

    /** Both have looked before either writes: the first two updates wait for each other. */
    function meetBeforeWriting(): void {
      const isUpdate = (method: string, path: string) => method === 'POST' && path.includes('/update?')
      engine.rules.push({ match: isUpdate, hold: meeting(2) })
    }

    async function both(revisions: readonly [string, string]): Promise<{ runs: Told[]; ids: string[] }> {
      meetBeforeWriting()
      const ids = [freshRun().run_id, freshRun().run_id]
      const runs = await Promise.all(
        revisions.map((sha, index) => {
          const workspace = tempDir('checkout')
          git(workspace, 'clone', '--quiet', world.app.dir, '.')
          git(workspace, 'checkout', '--quiet', sha)
          git(workspace, 'remote', 'set-url', 'origin', 'https://github.com/acme/shop.git')
          const github = { sha, run_id: ids[index] ?? '' }
          return world.release({ 'docker-host': engine.host, stability: '2s' }, { workspace, github })
        }),
      )
      for (const id of ids) expect(await leftovers(id)).toEqual([])
      return { runs, ids }
    }

    it('of two commits: one is healthy, the other superseded, and nothing of it stays', async () => {
      const first = world.app.revision
      const second = world.app.commit('second', { version: 'v2' })
      const { runs } = await both([first, second])
      const outcomes = runs.map(({ outputs }) => outputs.outcome)
      expect([...outcomes].sort(), runs.map(({ log }) => log).join('\n')).toEqual(['healthy', 'superseded'])
      const won = runs[outcomes.indexOf('healthy')]
      const lost = runs[outcomes.indexOf('superseded')]
      expect(lost?.outputs).toMatchObject({ 'reason-code': 'another-rollout', 'rolled-back': 'false' })
      expect(won?.outcome).toBe('success')
      expect(lost?.outcome).toBe('failure')
      const version = won?.outputs.revision === second ? 'v2' : 'v1'
      await world.serves(version, version)
      expect(new Set(await world.specDigests())).toEqual(new Set([won?.outputs.digest]))
      expect(await world.digestOf('production')).toBe(won?.outputs.digest)
      const deployed = (await world.tags()).filter((tag) => tag.startsWith('deployed-'))
      expect(deployed.map((tag) => tag.slice(-40))).toEqual([won?.outputs.revision])
    })

    it('of the same commit: both are green with the same digest', async () => {
      const { revision } = world.app
      const { runs } = await both([revision, revision])
      const log = runs.map((run) => run.log).join('\n')
      expect(runs.map(({ outputs }) => outputs.outcome).sort(), log).toEqual(['healthy', 'unchanged'])
      expect(new Set(runs.map(({ outputs }) => outputs.digest)).size).toBe(1)
      expect(new Set(await world.specDigests())).toEqual(new Set([runs[0]?.outputs.digest]))
      expect(await world.digestOf('production')).toBe(runs[0]?.outputs.digest)
      await world.serves('v1', 'v1')
    })
  })
})
