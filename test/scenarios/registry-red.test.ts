// Registries on a bad day: what is transient is waited out, what is certain ends at once, and no doubt promotes.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { docker } from '../contract/swarm-world.ts'
import { describeWith } from '../harness/lab.ts'
import type { Fault } from '../harness/proxy.ts'
import { alteredBytes, immutableTags, matching } from '../harness/proxy.ts'
import { dockerConfig, startRegistry } from '../harness/registry.ts'
import { World } from './world.ts'

describeWith('docker', 'registry')('a registry', () => {
  describe('on a bad day', () => {
    let world: World
    beforeEach(async () => {
      world = await World.open({ services: ['web'], replicas: 1, proxied: true })
    })
    afterEach(() => world.close())
    const faults = (...list: Fault[]): void => void world.proxy?.faults.push(...list)

    it('5xx, 429, cut connections and slowness are waited out', async () => {
      const release = /\/manifests\/sha-/
      faults(
        { match: matching('HEAD', release), status: 503 },
        { match: matching('GET', /\/manifests\/sha256:/), status: 429, headers: { 'retry-after': '1' } },
        { match: matching('GET', /\/blobs\/sha256:/), delayMs: 1500 },
        { match: matching('PUT', release), status: 502 },
        { match: matching('PUT', release), reset: 'answer' },
        { match: matching('PUT', /\/manifests\/production/), reset: 'request' },
      )
      const run = await world.release()
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
      expect(run.result.warnings.filter((text) => text.includes('tag'))).toEqual([])
      expect(await world.digestOf(`sha-${world.app.revision}`)).toBe(run.outputs.digest)
      expect(await world.digestOf('production')).toBe(run.outputs.digest)
      const statuses = world.proxy?.requests.map(({ status }) => status) ?? []
      for (const status of [503, 429, 502, 0]) expect(statuses).toContain(status)
    })

    it('an error that stays ends the run, with nothing promoted', async () => {
      const before = await world.services.specs()
      faults({ match: matching('PUT', /\/manifests\/sha-/), status: 500, times: Infinity })
      const run = await world.release()
      expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'rolled-back': 'false' })
      expect(run.outputs['reason-code']).toMatch(/^registry-/)
      expect(await world.digestOf(`sha-${world.app.revision}`)).toBeUndefined()
      expect(await world.digestOf('production')).toBeUndefined()
      expect(await world.services.specs()).toEqual(before)
    })

    it('altered bytes are never promoted', async () => {
      const before = await world.services.specs()
      faults(alteredBytes(/\/manifests\/sha256:/, Infinity))
      const run = await world.release()
      expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'digest-mismatch' })
      expect(await world.digestOf(`sha-${world.app.revision}`)).toBeUndefined()
      expect(await world.services.specs()).toEqual(before)
    })

    it('an environment tag that may not move is one warning, never a red deploy', async () => {
      const first = await world.release()
      expect(first.outputs, first.log).toMatchObject({ outcome: 'healthy' })
      faults(immutableTags(world.registry.url))
      world.app.commit('second', { version: 'v2' })
      const second = await world.release()
      expect(second.outcome, second.log).toBe('success')
      expect(second.outputs).toMatchObject({ outcome: 'healthy' })
      expect(second.result.warnings.filter((text) => text.includes(':production'))).toHaveLength(1)
      expect(second.annotations.filter(({ message }) => message.includes(':production'))).toMatchObject([
        { level: 'warning' },
      ])
      expect(await world.digestOf('production')).toBe(first.outputs.digest)
      await world.serves('v2')
      // Nothing is written again, so immutability never gets in the way of a re-run.
      const again = await world.release()
      expect(again.outputs, again.log).toMatchObject({ outcome: 'unchanged' })
    })

    it('nothing is ever deleted', async () => {
      const run = await world.release()
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
      expect(world.proxy?.requests.filter(({ method, path }) => method === 'DELETE' && !/uploads/.test(path))).toEqual(
        [],
      )
    })
  })

  it('that is read-only is refused before anything is built', async () => {
    const registry = await startRegistry({ readonly: true })
    const world = await World.open({ registry })
    const run = await world.release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed' })
    expect(run.outputs['reason-code']).toMatch(/^registry-/)
    expect(run.raw).not.toContain('::group::Build')
    await world.close()
    await registry.stop()
  })

  describe('with TLS and a login', () => {
    const login = { user: 'robot', password: 'pa55-word' }
    let registry: Awaited<ReturnType<typeof startRegistry>>
    let world: World
    beforeAll(async () => {
      registry = await startRegistry({ tls: true, auth: login })
      world = await World.open({ services: ['web'], replicas: 1 })
    })
    afterAll(async () => {
      await world.close()
      await registry.stop()
    })
    const image = (): string => `${registry.host}/shop/app`
    const trusting = (config: string): Record<string, string> => ({
      DOCKER_CONFIG: config,
      NODE_EXTRA_CA_CERTS: registry.ca ?? '',
    })

    it('is refused without credentials before anything is built', async () => {
      const run = await world.release({ image: image() }, { env: trusting(dockerConfig({})) })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'registry-denied' })
      expect(run.raw).not.toContain('::group::Build')
    })

    it('serves build, promotion and the nodes’ own pull, and the password is never seen', async () => {
      const env = trusting(dockerConfig({ [registry.host]: login }))
      const built = await world.release({ image: image(), promote: 'release-tag' }, { env })
      expect(built.outputs, built.log).toMatchObject({ outcome: 'released' })
      const { digest = '' } = built.outputs
      await docker('image', 'rm', '--force', `${image()}@${digest}`)
      const run = await world.release({ image: image(), digest }, { env })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy', digest })
      await world.serves('v1')
      for (const text of [built.raw, run.raw, run.summary, JSON.stringify(run.outputs)]) {
        expect(text.replace(/^::add-mask::.*$/gm, '')).not.toContain(login.password)
      }
    })
  })
})
