// Versions that pass their smoke test and then fail on the Swarm, each in its own way: the right verdict and reason,
// and what ran before serves again, by its own digest.
import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RawSpec } from '../contract/swarm-world.ts'
import { docker } from '../contract/swarm-world.ts'
import type { EngineProxy } from '../harness/engine-proxy.ts'
import { startEngineProxy } from '../harness/engine-proxy.ts'
import { describeWith, need } from '../harness/lab.ts'
import type { Told } from './world.ts'
import { freshRun, leftovers, World } from './world.ts'

/** Carried out only where the services' environment is (MODE is theirs): smoke knows nothing of it. */
function onlyThere(script: string): { files: Record<string, string> } {
  const serve = `httpd -f -p 8080 -h /www & web=$!\ntrap 'kill $web 2>/dev/null; exit 0' TERM INT`
  const start = `#!/bin/sh\n${serve}\nif [ -n "$MODE" ]; then\n${script}\nfi\nwait $web\n`
  return { files: { 'app/start': start } }
}

/** A busy machine must not fail it: it is patient. */
const patientlyChecked = `FROM scratch
COPY bin /bin
COPY app /app
COPY www /www
EXPOSE 8080
HEALTHCHECK --interval=300ms --timeout=10s --retries=5 CMD ["/bin/wget", "-q", "-O", "-", "http://127.0.0.1:8080/healthz"]
CMD ["/app/start"]
`

function isRestored(run: Told, before: readonly string[]): void {
  expect(run.outcome, run.log).toBe('failure')
  expect(run.outputs, run.log).toMatchObject({ outcome: 'rolled-back', 'rolled-back': 'true' })
  expect(run.result.workloads.map(({ verdict }) => verdict)).toEqual(before.map(() => 'restored'))
  expect(run.result.workloads.map(({ digest }) => digest)).toEqual(before)
  expect(run.result.state).toContain('restored and proven')
  expect(run.summary).toContain('rolled-back')
}

describeWith('docker', 'registry')('a release that fails on the Swarm', () => {
  describe('by its own fault', () => {
    let world: World
    let good: string
    beforeAll(async () => {
      world = await World.open({ services: ['web'], app: { files: { Dockerfile: patientlyChecked } }, proxied: true })
      const run = await world.release()
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
      good = run.outputs.digest ?? ''
    })
    afterAll(() => world.close())
    afterEach(async () => {
      world.proxy?.faults.splice(0)
      expect(await world.specDigests()).toEqual([good])
      await world.serves('v1', 'v1')
      expect(await world.digestOf('production')).toBe(good)
    })

    it.each([
      ['crashes on start', 'echo "fatal: no configuration" >&2; exit 1', 'crash-on-start', 'fatal: no configuration'],
      ['ends with 0', 'echo "nothing to do"; exit 0', 'exited', 'nothing to do'],
      ['is unhealthy', 'rm /www/healthz', 'unhealthy', 'health'],
      [
        'dies after it was ready',
        'sleep 3 & wait $!; echo "lost the database"; exit 1',
        'died-after-ready',
        'database',
      ],
    ])('%s', async (what, script, code, words) => {
      const revision = world.app.commit(what, { version: what, ...onlyThere(script) })
      const github = freshRun()
      const run = await world.release({ stability: '6s' }, { github })
      isRestored(run, [good])
      expect(run.outputs['reason-code']).toBe(code)
      expect(run.result.evidence?.join('\n')).toContain(words)
      // It passed smoke, so it is proven; it is not verified, and it is marked.
      expect(await world.digestOf(`sha-${revision}`)).toBe(run.outputs.digest)
      const tags = await world.tags()
      expect(tags.filter((tag) => tag.endsWith(revision) && tag.startsWith('deployed-'))).toEqual([])
      expect(tags.filter((tag) => tag.endsWith(revision) && tag.startsWith('bad-production-'))).toHaveLength(1)
      expect(await leftovers(github.run_id)).toEqual([])
    })

    it('dies in the bake, long after the engine called the update complete', async () => {
      const script = 'sleep 15 & wait $!; echo "lost the queue"; exit 1'
      world.app.commit('bakes', { version: 'bakes', ...onlyThere(script) })
      const run = await world.release({ bake: '30s' })
      isRestored(run, [good])
      expect(run.outputs['reason-code'], run.log).toBe('died-after-ready')
      expect(run.log).toContain('Watch the new version for 30s')
      expect(run.result.evidence?.join('\n')).toContain('lost the queue')
    })

    it('has an image that is gone before the nodes pull it', async () => {
      world.app.commit('gone', { version: 'gone' })
      const built = await world.release({ promote: 'release-tag' })
      expect(built.outputs, built.log).toMatchObject({ outcome: 'released' })
      const { digest = '' } = built.outputs
      // The engine must pull, and the registry has it for us but not for the engine.
      await docker('image', 'rm', '--force', `${world.image}@${digest}`)
      world.proxy?.faults.push({
        times: Infinity,
        match: ({ path, headers }) =>
          path.includes('/manifests/') && (headers['user-agent'] ?? '').startsWith('docker/'),
        status: 404,
        body: '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}',
        headers: { 'content-type': 'application/json' },
      })
      const run = await world.release({ digest })
      isRestored(run, [good])
      expect(run.outputs['reason-code']).toBe('image-pull-failed')
    })
  })

  describe('by what stands around it', () => {
    let world: World
    afterEach(() => world.close())

    it('no node has room for the new task: the suspect is named when time is up', async () => {
      const memory = Number(/MemTotal:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * 1024
      const half = (spec: RawSpec): void => {
        spec.TaskTemplate.Resources = { Reservations: { MemoryBytes: Math.round(memory * 0.55) } }
      }
      world = await World.open({ services: ['web'], replicas: 1, change: half })
      const before = await world.specDigests()
      const run = await world.release({ timeout: '5s', grace: '10s' })
      isRestored(run, before)
      expect(run.outputs['reason-code']).toBe('unschedulable')
      expect(run.outputs.reason).toContain('not proven after 5s')
      await world.serves(`v0 ${world.image}`)

      const left = await world.release({ timeout: '5s', grace: '10s', 'on-failure': 'leave' })
      expect(left.outputs, left.log).toMatchObject({ outcome: 'timed-out', 'reason-code': 'unschedulable' })
      expect(left.result.touched).toBe(true)
      expect(await world.specDigests()).toEqual([left.outputs.digest])
    })

    it('somebody else changes the service meanwhile: superseded, and left alone', async () => {
      world = await World.open({ services: ['web'] })
      const [zero = ''] = await world.specDigests()
      let other: Promise<void> | undefined
      const run = await world.release(
        { stability: '8s' },
        {
          onLine: (line) => {
            if (!line.includes('2/2: healthy, now watched')) return
            other ??= world.services.update((spec) => {
              spec.TaskTemplate.ContainerSpec.Image = `${world.image}:before@${zero}`
            })
          },
        },
      )
      await other
      expect(run.outcome, run.log).toBe('failure')
      expect(run.outputs).toMatchObject({
        outcome: 'superseded',
        'reason-code': 'another-rollout',
        'rolled-back': 'false',
      })
      expect(await world.specDigests()).toEqual([zero])
      expect(await world.digestOf('production')).toBeUndefined()
      await world.serves(`v0 ${world.image}`, `v0 ${world.image}`)
    })

    it('somebody removes a service while it is being proven: left alone, and the other one goes back', async () => {
      world = await World.open({ services: ['web', 'worker'] })
      const [web = ''] = world.services.names
      const [, zero] = await world.specDigests()
      let removed: Promise<string> | undefined
      const run = await world.release(
        { stability: '8s' },
        {
          onLine: (line) => {
            if (line.includes('2/2: healthy, now watched')) removed ??= docker('service', 'rm', web)
          },
        },
      )
      await removed
      expect(run.outcome, run.log).toBe('failure')
      expect(run.outputs, run.log).toMatchObject({ outcome: 'superseded', 'reason-code': 'workload-gone' })
      expect(run.result.state).toMatch(/^the other change was left alone; restored and proven: /)
      expect(await world.specDigests()).toEqual([zero])
      await world.serves(`v0 ${world.image}`, `v0 ${world.image}`)
    })

    it('the answer to the update is lost: it is found out, and the release goes on', async () => {
      world = await World.open({ services: ['web'] })
      const engine = await startEngineProxy(need('docker').DOCKER_HOST)
      const updates = () => engine.requests.filter(({ method, path }) => method === 'POST' && path.includes('/update'))
      engine.rules.push({ match: (method, path) => method === 'POST' && path.includes('/update'), cut: 'answer' })
      const run = await world.release({ 'docker-host': engine.host })
      await engine.stop()
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
      expect(updates()).toHaveLength(1)
      await world.serves('v1', 'v1')
    })

    it('on-failure: leave keeps what failed for inspection', async () => {
      world = await World.open({ services: ['web'] })
      world.app.commit('late', { version: 'late', ...onlyThere('sleep 3 & wait $!; exit 1') })
      const run = await world.release({ 'on-failure': 'leave', stability: '8s' })
      expect(run.outcome, run.log).toBe('failure')
      expect(run.outputs).toMatchObject({
        outcome: 'failed',
        'reason-code': 'died-after-ready',
        'rolled-back': 'false',
      })
      expect(run.result.touched).toBe(true)
      expect(await world.specDigests()).toEqual([run.outputs.digest])
      expect(await world.digestOf('production')).toBeUndefined()
      expect(run.result.state).toContain('left as it is')
    })

    it('on-failure: leave tells what runs, old replicas that still serve included', async () => {
      world = await World.open({ services: ['web'] })
      const [zero = ''] = await world.specDigests()
      const { files } = onlyThere('exit 1')
      world.app.commit('crash', { version: 'crash', files: { ...files, Dockerfile: patientlyChecked } })
      const run = await world.release({ 'on-failure': 'leave' })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'rolled-back': 'false' })
      // Two replicas of version zero never stopped: the engine ends them only when the new ones are healthy.
      expect(run.result.state).toContain(zero.slice(0, 19))
      await world.serves(`v0 ${world.image}`, `v0 ${world.image}`)
    })

    it('several services of one image: one fails, all go back', async () => {
      const named = (spec: RawSpec): void => {
        spec.TaskTemplate.ContainerSpec.Env = [`MODE=${spec.Name}`]
      }
      world = await World.open({ services: ['api', 'web', 'worker'], replicas: 1, change: named })
      const first = await world.release()
      expect(first.outputs, first.log).toMatchObject({ outcome: 'healthy' })
      const good = await world.specDigests()
      expect(good).toEqual(Array(3).fill(first.outputs.digest))
      const sabotage = onlyThere('case "$MODE" in *-worker) sleep 2 & wait $!; exit 3;; esac')
      world.app.commit('half broken', { version: 'half', ...sabotage })
      const run = await world.release({ stability: '6s' })
      isRestored(run, good)
      expect(run.outputs.reason).toContain('-worker')
      await world.serves('v1', 'v1', 'v1')
      expect(await world.specDigests()).toEqual(good)
    })
  })

  describe('and cannot be put back', () => {
    let world: World
    let engine: EngineProxy
    beforeAll(async () => {
      engine = await startEngineProxy(need('docker').DOCKER_HOST)
      world = await World.open({ services: ['web'] })
    })
    afterAll(async () => {
      await world.close()
      await engine.stop()
    })

    it('says that a person is needed, and what runs', async () => {
      world.app.commit('late', { version: 'late', ...onlyThere('sleep 3 & wait $!; exit 1') })
      const run = await world.release(
        { stability: '8s', 'docker-host': engine.host },
        {
          onLine: (line) => {
            if (!line.includes('Prove that every replica')) return
            const message = 'rpc error: code = PermissionDenied'
            const match = (method: string, path: string) => method === 'POST' && path.startsWith('/services/')
            engine.rules.push({ match, refuse: { status: 403, message } })
          },
        },
      )
      expect(run.outcome, run.log).toBe('failure')
      expect(run.outputs).toMatchObject({
        outcome: 'rollback-failed',
        'reason-code': 'restore-failed',
        'rolled-back': 'false',
      })
      expect(run.outputs.reason).toContain('PermissionDenied')
      expect(run.result.state).toContain('a person is needed')
      expect(run.result.state).toContain(world.services.names[0])
      expect(run.result.touched).toBe(true)
    })
  })
})
