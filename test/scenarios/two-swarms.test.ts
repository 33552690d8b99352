// One image in two Swarms, both called production, with services of one name: neither ever gets what the other remembers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canStartEngines, Engine, Island } from '../harness/island.ts'
import { describeWith } from '../harness/lab.ts'
import { eventually } from '../harness/temp.ts'
import { World } from './world.ts'

/** On the host's network the next version starts while the port is still taken: it must not die of that. */
const start = `#!/bin/sh
trap 'exit 0' TERM INT
httpd -f -p 8080 -h /www &
while :; do sleep 1 & wait $!; done
`

describeWith('docker', 'registry')('one image in two Swarms', () => {
  describe.skipIf(!canStartEngines())('with an engine of its own', () => {
    const island = new Island()
    const engine = new Engine(island)
    let world: World
    let service: string
    let here: Record<string, string>
    let there: Record<string, string>
    const digests = new Map<string, string>()

    beforeAll(async () => {
      world = await World.open({ services: ['web'], replicas: 1 })
      service = world.services.names[0] ?? ''
      await island.open()
      await island.lead(Number(world.registry.host.split(':')[1]))
      await engine.start()
      await engine.call('swarm', 'init', '--advertise-addr=127.0.0.2:2377', '--listen-addr=127.0.0.2:2377')
      const rules = ['--update-monitor=500ms', '--restart-delay=200ms', '--network=host', '--no-resolve-image']
      const image = await world.publishZero()
      await engine.call('service', 'create', '--quiet', '--name', service, ...rules, image)
      here = {}
      there = { 'docker-host': engine.host }
    }, 120_000)
    afterAll(async () => {
      await engine.remove()
      island.close()
      await world.close()
    })

    async function release(version: string, ...places: Record<string, string>[]): Promise<void> {
      if (!digests.has(version)) world.app.commit(version, { version, files: { 'app/start': start } })
      for (const place of places) {
        const run = await world.release(place)
        expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
        digests.set(version, run.outputs.digest ?? '')
      }
    }

    async function rollBack(place: Record<string, string>): Promise<string | undefined> {
      const run = await world.rollback(place)
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
      return [...digests].find(([, digest]) => digest === run.outputs.digest)?.[0]
    }

    async function runs(place: Record<string, string>): Promise<string | undefined> {
      const image =
        place === here
          ? (await world.specDigests()).join()
          : await engine.call('service', 'inspect', '--format', '{{.Spec.TaskTemplate.ContainerSpec.Image}}', service)
      return [...digests].find(([, digest]) => image.includes(digest))?.[0]
    }

    it('is rolled back in one, and the other keeps and remembers its own', { timeout: 240_000 }, async () => {
      await eventually('it runs there', async () => {
        return (await engine.call('service', 'ls', '--format', '{{.Replicas}}')) === '1/1' || undefined
      })
      await release('v1', here, there)
      await release('v2', here, there)
      expect(await rollBack(here)).toBe('v1')
      expect([await runs(here), await runs(there)]).toEqual(['v1', 'v2'])

      // What is bad here is the last good one there.
      await release('v3', there)
      expect(await rollBack(there)).toBe('v2')
      expect([await runs(here), await runs(there)]).toEqual(['v1', 'v2'])

      // What is good there is bad here, and what is bad there was never here.
      await release('v4', here)
      expect(await rollBack(here)).toBe('v1')
      expect([await runs(here), await runs(there)]).toEqual(['v1', 'v2'])
    })

    it('tells each its own versions', async () => {
      const plans = await Promise.all(
        [here, there].map(async (place) => {
          const run = await world.rollback({ ...place, 'dry-run': 'true' })
          return (run.result.versions ?? []).map(({ digest }) => [...digests].find(([, one]) => one === digest)?.[0])
        }),
      )
      expect(plans.map((versions) => versions.sort())).toEqual([
        ['v1', 'v2', 'v4'],
        ['v1', 'v2', 'v3'],
      ])
    })
  })
})
