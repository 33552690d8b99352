// A run that is cancelled, killed, or whose machine is gone, at each step: nothing of ours is left, and the next run of
// the same commit ends well whatever it finds.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RawSpec } from '../contract/swarm-world.ts'
import { docker } from '../contract/swarm-world.ts'
import { throwawayLabels, throwawayName } from '../../src/domain/throwaway.ts'
import { describeWith } from '../harness/lab.ts'
import type { TestRegistry } from '../harness/registry.ts'
import { dockerConfig, filesWithLogin, startRegistry } from '../harness/registry.ts'
import { freshRun, leftovers, World } from './world.ts'

/** The line with which each step begins, as it is printed. */
const STEPS = {
  preflight: /::group::Ask everything at once/,
  build: /::group::Build /,
  smoke: /::group::(?:Smoke-test|Push) /,
  promote: /::group::Promote /,
  rollout: /::group::Replace /,
  verify: /::group::Prove that every replica/,
} as const
/** Cancelled there it is a release that is healthy, so it is only killed there. */
const KILLED_IN = { ...STEPS, record: /::group::Record / } as const
const TOUCHED = new Set(['rollout', 'verify'])
const steps = Object.keys(STEPS) as (keyof typeof STEPS)[]
const login = { user: 'ada', password: 'pw-of-ada' }

/** Starts slowly, so that smoke and verify take their time. */
const slow = { variant: 'slow', app: { seconds: 1 } } as const
const quick = (spec: RawSpec): void => {
  spec.TaskTemplate.ContainerSpec.StopGracePeriod = 500_000_000
}

describeWith('docker', 'registry')('a run that ends before its time', () => {
  let registry: TestRegistry
  let world: World
  beforeAll(async () => {
    registry = await startRegistry()
    world = await World.open({ registry, services: ['web'], replicas: 1, change: quick, ...slow })
  })
  afterAll(async () => {
    await world.close()
    await registry.stop()
  })

  describe.each(steps)('cancelled in %s', (step) => {
    it('says what is left behind, and leaves nothing else', async () => {
      world.app.commit(`cancel ${step}`, { version: `cancel ${step}` })
      const before = await world.specDigests()
      const github = freshRun()
      const run = await world.release({ stability: '3s' }, { github, cancelOn: STEPS[step] })
      expect(run.outcome, run.log).toBe('cancelled')
      expect(run.outputs, run.log).toMatchObject({ outcome: 'cancelled', 'reason-code': 'cancelled' })
      expect(run.exitCode).toBe(1)
      // By its own will, well before anybody had to insist.
      expect(run.stages[0]?.sent.map(({ signal }) => signal)).toEqual(['SIGINT'])
      expect(run.stages.map(({ name, result }) => `${name} ${result}`)).toEqual(['main cancelled', 'post success'])
      expect(run.result.state).toMatch(TOUCHED.has(step) ? /goes on without this run/ : /still runs/)
      expect(run.summary).toContain('cancelled')
      expect(await world.digestOf('production')).not.toBe(run.outputs.digest)
      if (!TOUCHED.has(step)) expect(await world.specDigests()).toEqual(before)
      expect(await leftovers(github.run_id)).toEqual([])
      expect(run.orphans).toEqual([])
    })
  })

  it('on-cancel: rollback sends the restore before it ends', async () => {
    const settled = await world.release()
    expect(settled.outcome, settled.log).toBe('success')
    world.app.commit('cancelled and back', { version: 'back' })
    const run = await world.release({ stability: '5s', 'on-cancel': 'rollback' }, { cancelOn: STEPS.verify })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'cancelled' })
    expect(run.result.state).toContain('the restore was sent')
    expect(await world.specDigests()).toEqual([settled.outputs.digest])
  })

  it('cancelled in restore: says that a person should look', async () => {
    world.app.commit('dies', {
      version: 'dies',
      files: { 'app/start': '#!/bin/sh\nif [ -n "$MODE" ]; then exit 1; fi\nexec httpd -f -p 8080 -h /www\n' },
    })
    const github = freshRun()
    const run = await world.release({ stability: '2s' }, { github, cancelOn: /::group::Restore / })
    expect(run.outcome, run.log).toBe('cancelled')
    expect(run.result.state, run.log).toBeTruthy()
    expect(run.stages[0]?.sent.map(({ signal }) => signal)).toEqual(['SIGINT'])
    expect(await leftovers(github.run_id)).toEqual([])
  })

  describe.each(Object.keys(KILLED_IN) as (keyof typeof KILLED_IN)[])('killed in %s', (step) => {
    it('the post step clears up, and the next run of the commit ends well', async () => {
      world.app.commit(`kill ${step}`, { version: `kill ${step}` })
      const github = freshRun()
      const env = { DOCKER_CONFIG: dockerConfig({ [registry.host]: login }) }
      const production = await world.digestOf('production')
      const killed = await world.release({ stability: '3s' }, { github, env, killOn: KILLED_IN[step] })
      expect(killed.outcome, killed.log).toBe('failure')
      expect(killed.stages.map(({ name, result }) => `${name} ${result}`)).toEqual(['main failure', 'post success'])
      expect(await leftovers(github.run_id)).toEqual([])
      expect(killed.orphans).toEqual([])
      expect(filesWithLogin(killed.temp, login)).toEqual([])
      if (step !== 'record') expect(await world.digestOf('production')).toBe(production)

      const again = await world.release({}, { env, github: { ...github, run_attempt: '2' } })
      expect(again.outcome, again.log).toBe('success')
      expect(await leftovers(github.run_id)).toEqual([])
      expect([...filesWithLogin(again.temp, login), ...again.orphans]).toEqual([])
      expect(['healthy', 'unchanged']).toContain(again.outputs.outcome)
      expect(await world.specDigests()).toEqual([again.outputs.digest])
      expect(await world.digestOf('production')).toBe(again.outputs.digest)
      await world.serves(`kill ${step}`)
    })
  })

  describe('while its container is up', () => {
    // The second check keeps the container until long after the first has been told.
    const smoke = 'checks: [{name: port, tcp: 8080}, {name: long, exec: [sleep, "20"], expect: {within: 30s}}]'
    const containerIsUp = /✓ port/

    it('cancelled or killed: it is gone', async () => {
      world.app.commit('container', { version: 'container' })
      for (const how of ['cancelOn', 'killOn'] as const) {
        const github = freshRun()
        const run = await world.release({ smoke }, { github, [how]: containerIsUp })
        expect(run.outcome, run.log).toBe(how === 'killOn' ? 'failure' : 'cancelled')
        expect(run.raw).toMatch(containerIsUp)
        expect(await leftovers(github.run_id)).toEqual([])
      }
    })

    it('lost with its machine: it expires, a later run sweeps what has expired, and ends well', async () => {
      const github = freshRun()
      const lost = await world.release({ smoke }, { github, loseOn: containerIsUp })
      expect(lost.stages.map(({ name }) => name)).toEqual(['main'])
      const [left = '', ...more] = await leftovers(github.run_id)
      expect(left).toMatch(/smoke/)
      expect(more).toEqual([])
      const [lifetime = ''] = JSON.parse(
        await docker('inspect', '--format', '[{{json (index .Config.Labels "dev.immutable-deploy.lifetime")}}]', left),
      ) as string[]
      expect(Number(lifetime)).toBeGreaterThan(3600)

      const old = freshRun().run_id
      const name = throwawayName(`${old}-1`, 'old')
      const labels = Object.entries(throwawayLabels(name, `${old}-1`, 0)).map(([key, value]) => `${key}=${value}`)
      const flags = ['--name', name, ...labels.flatMap((label) => ['--label', label])]
      await docker('run', '--detach', '--network', 'none', ...flags, `${world.image}:before`)
      // Folders of helper processes too, though this run starts none: one of a dead run, and one of ours.
      const [dead, alive] = [4_194_304, process.pid].map((pid) => {
        const folder = mkdtempSync('/tmp/imd-build-')
        writeFileSync(path.join(folder, 'owner.json'), JSON.stringify({ pid, started: '' }))
        return folder
      }) as [string, string]
      const again = await world.release({}, { github: { ...github, run_attempt: '2' } })
      expect(again.outputs, again.log).toMatchObject({ outcome: 'healthy' })
      await world.serves('container')
      expect([dead, alive].map((folder) => existsSync(folder))).toEqual([false, true])
      rmSync(alive, { recursive: true })
      expect(await leftovers(old)).toEqual([])
      expect(await leftovers(github.run_id)).toEqual([left])
      await docker('rm', '--force', left.replace(/^\//, ''))
    })
  })
})
