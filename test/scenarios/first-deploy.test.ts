// Where nothing runs yet, where a file says it all, and where the world outside has a say.
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RawService } from '../contract/swarm-world.ts'
import { engine } from '../contract/swarm-world.ts'
import { describeWith } from '../harness/lab.ts'
import type { TestRegistry } from '../harness/registry.ts'
import { startRegistry } from '../harness/registry.ts'
import { World } from './world.ts'

const servicesOf = (name: string): Promise<RawService[]> =>
  engine('GET', `/services?filters=${encodeURIComponent(JSON.stringify({ name: [name] }))}`)

describeWith('docker', 'registry')('a release', () => {
  let registry: TestRegistry
  let world: World
  beforeAll(async () => {
    registry = await startRegistry()
  })
  afterAll(() => registry.stop())

  describe('of what does not run yet', () => {
    let name: string
    let target: Record<string, string>
    beforeEach(async () => {
      world = await World.open({ registry })
      const app = world.image.split('/').at(-1) ?? ''
      name = `${app}_web`
      target = { 'deploy-to': 'swarm', workload: name }
    })
    afterEach(async () => {
      for (const { ID } of await servicesOf(name)) await engine('DELETE', `/services/${ID}`)
      await world.close()
    })

    const stack = `services:
  web:
    image: set-by-the-release
    networks: [outside]
    environment: { MODE: stack }
    deploy:
      replicas: 2
      update_config: { monitor: 500ms }
networks:
  outside: { external: true, name: bridge }
`

    it('is refused without a stack file, with the command that creates it', async () => {
      const run = await world.release(target)
      expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'workload-not-found' })
      expect(run.log).toContain('docker service create')
      expect(run.raw).not.toContain('::group::Build')
    })

    it('creates it from the stack file, and goes on from there', async () => {
      world.app.commit('stack', { files: { 'stack.yml': stack } })
      const run = await world.release({ ...target, manifests: 'stack.yml' })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy', 'previous-digest': '' })
      const [service] = await servicesOf(name)
      expect(service?.Spec.TaskTemplate.ContainerSpec.Image).toContain(run.outputs.digest)
      const again = await world.release({ ...target, manifests: 'stack.yml' })
      expect(again.outputs, again.log).toMatchObject({ outcome: 'unchanged' })
    })

    it('that fails removes what it created', async () => {
      const start = '#!/bin/sh\nif [ -n "$MODE" ]; then echo no >&2; exit 1; fi\nexec httpd -f -p 8080 -h /www\n'
      world.app.commit('fails', { files: { 'stack.yml': stack, 'app/start': start } })
      const run = await world.release({ ...target, manifests: 'stack.yml' })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'crash-on-start' })
      expect(run.result.state).toContain('removed')
      expect(await servicesOf(name)).toEqual([])
    })
  })

  describe('told by a file', () => {
    beforeAll(async () => {
      world = await World.open({ registry, services: ['staging', 'prod'], replicas: 1 })
    })
    afterAll(() => world.close())

    it('takes app and environments from there; the step says only what differs', async () => {
      const [prod = '', staging = ''] = [...world.services.names].sort()
      const file = `version: 1
image: ${world.image}
deploy-to: swarm
stability: 1s
environments:
  staging: { workload: ${staging} }
  production: { workload: ${prod}, environment-tag: live }
`
      world.app.commit('configured', { files: { '.github/immutable-deploy.yml': file } })
      const only = (environment: string): Record<string, string> => ({
        ...Object.fromEntries(Object.keys(world.inputs()).map((input) => [input, ''])),
        environment,
      })
      const first = await world.release(only('staging'))
      expect(first.outputs, first.log).toMatchObject({ outcome: 'healthy', reused: 'false' })
      const second = await world.release(only('production'))
      expect(second.outputs, second.log).toMatchObject({ outcome: 'healthy', reused: 'true' })
      expect(second.result.workloads.map(({ name }) => name)).toEqual([prod])
      expect(await world.digestOf('live')).toBe(first.outputs.digest)
      const wrong = await world.release(only('prodution'))
      expect(wrong.outputs, wrong.log).toMatchObject({ outcome: 'failed', 'reason-code': 'invalid-input' })
      expect(wrong.log).toContain('production')
    })
  })

  describe('seen from outside', () => {
    let outside: http.Server
    let answer = 200
    beforeAll(async () => {
      world = await World.open({ registry, services: ['web'], replicas: 1 })
      outside = http.createServer((_, response) => response.writeHead(answer).end('shop'))
      await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve))
    })
    afterAll(async () => {
      outside.close()
      await world.close()
    })

    it('is healthy when the live checks pass, and goes back when they fail', async () => {
      const url = `http://127.0.0.1:${String((outside.address() as AddressInfo).port)}`
      const live = { url, 'live-checks': 'checks: [{name: front page, http: GET / -> 200}]' }
      const first = await world.release(live)
      expect(first.outputs, first.log).toMatchObject({ outcome: 'healthy', url })
      expect(first.result.checks?.map(({ name }) => name)).toContain('front page')
      answer = 500
      world.app.commit('bad from outside', { version: 'v2' })
      const second = await world.release(live)
      expect(second.outputs, second.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'live-check-failed' })
      expect(await world.specDigests()).toEqual([first.outputs.digest])
      await world.serves('v1')
    })

    it('a digest that no release of ours proved is smoke-tested first', async () => {
      const foreign = (await world.publishZero()).split('@')[1] ?? ''
      const run = await world.release({ digest: foreign, 'on-older': 'allow' })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy', digest: foreign, reused: 'true' })
      expect(run.raw).toContain('::group::Smoke-test')
      const broken = (await world.publishZero('crash')).split('@')[1] ?? ''
      const refused = await world.release({ digest: broken })
      expect(refused.outputs, refused.log).toMatchObject({ outcome: 'failed', 'reason-code': 'smoke-exited' })
      expect(await world.specDigests()).toEqual([foreign])
      const named = await Promise.all((await world.tags()).map(async (tag) => [await world.digestOf(tag), tag]))
      expect(named.filter(([digest]) => digest === broken).map(([, tag]) => tag)).toEqual(['before'])
    })
  })
})
