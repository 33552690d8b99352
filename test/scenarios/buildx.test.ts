// The same release where buildx is installed: on the engine itself, and on a BuildKit of its own.
import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { docker } from '../contract/swarm-world.ts'
import { describeWith, need } from '../harness/lab.ts'
import { dockerConfig } from '../harness/registry.ts'
import { tempDir } from '../harness/temp.ts'
import { World } from './world.ts'

describeWith(
  'docker',
  'registry',
  'buildkit',
)('with buildx', () => {
  let world: World
  let env: Record<string, string>
  beforeAll(async () => {
    world = await World.open({ services: ['web'], replicas: 1 })
    const plugin = need('buildkit').BUILDX_PLUGIN
    env = { DOCKER_CONFIG: dockerConfig({}, { 'docker-buildx': plugin }) }
    execFileSync(plugin, ['create', '--name', 'remote', '--driver', 'remote', need('buildkit').BUILDKITD], {
      env: { ...env, PATH: process.env.PATH, HOME: tempDir('home'), DOCKER_HOST: need('docker').DOCKER_HOST },
      stdio: 'ignore',
    })
  })
  afterAll(() => world.close())

  it('the engine as builder: the image is loaded, smoked and pushed', async () => {
    const run = await world.release({}, { env })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(run.log).toContain('with buildx')
    await world.serves('v1')
  })

  it('what the engine cannot build is refused by name, with the step that helps', async () => {
    world.app.commit('several', { version: 'several' })
    const run = await world.release({ platforms: 'linux/amd64,linux/arm64' }, { env })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'build-not-supported' })
    expect(run.result.faults?.map(({ name }) => name)).toEqual(['platforms'])
    expect(run.log).toContain('docker/setup-buildx-action')
  })

  describe('and a BuildKit of its own', () => {
    it('pushes by digest: there is no candidate tag, and what was pulled is what was smoked', async () => {
      const revision = world.app.commit('remote', { version: 'remote' })
      const run = await world.release({ builder: 'remote' }, { env })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
      expect(run.raw).not.toContain('::group::Push')
      expect((await world.tags()).filter((tag) => tag.includes(revision)).map((tag) => tag.split('-')[0])).toEqual([
        'deployed',
        'sha',
      ])
      await world.serves('remote')
    })

    it('builds several platforms: one index is released, and the node’s own image is proven', async () => {
      world.app.commit('index', { version: 'index' })
      const platforms = 'linux/amd64,linux/arm64'
      const run = await world.release({ builder: 'remote', platforms }, { env })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
      const built = run.result.custody.find(({ hop }) => hop === 'built')
      expect(built?.evidence).toContain('linux/amd64')
      expect(built?.evidence).toContain('linux/arm64')
      expect(await world.specDigests()).toEqual([run.outputs.digest])
      await world.serves('index')
      const again = await world.release({ builder: 'remote', platforms }, { env })
      expect(again.outputs, again.log).toMatchObject({ outcome: 'unchanged', reused: 'true' })
      // With the registry's word for it, the engine pulls the same index.
      await docker('pull', '--quiet', `${world.image}@${run.outputs.digest ?? ''}`)
    })
  })
})
