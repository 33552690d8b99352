// Two runs for one pull request that meet: the newer head and the last word about the pull request win, in any order.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { engine } from '../contract/swarm-world.ts'
import type { EngineProxy, EngineRule } from '../harness/engine-proxy.ts'
import { startEngineProxy } from '../harness/engine-proxy.ts'
import { describeWith, need } from '../harness/lab.ts'
import { eventually } from '../harness/temp.ts'
import { PreviewWorld } from './preview-world.ts'
import type { Told } from './world.ts'

const WRITES: EngineRule['match'] = (method, path) =>
  method === 'POST' && /^\/services\/(?:create|.+\/update)/.test(path)
const REMOVES: EngineRule['match'] = (method, path) => method === 'DELETE' && path.startsWith('/services/')
const VERIFIES: EngineRule['match'] = (method, path) => method === 'GET' && path.startsWith('/tasks?')

describeWith('docker', 'registry')('runs that meet', () => {
  let one: PreviewWorld
  let proxy: EngineProxy
  beforeEach(async () => {
    ;[one, proxy] = await Promise.all([PreviewWorld.open('order'), startEngineProxy(need('docker').DOCKER_HOST)])
  })
  afterEach(async () => {
    proxy.rules.splice(0)
    await one.end()
    await proxy.stop()
  })

  const image = async (): Promise<string | undefined> => {
    const filters = encodeURIComponent(JSON.stringify({ name: [`${one.name}_web`] }))
    const [found] = await engine<{ Spec: { TaskTemplate: { ContainerSpec: { Image: string } } } }[]>(
      'GET',
      `/services?filters=${filters}`,
    )
    return found?.Spec.TaskTemplate.ContainerSpec.Image.split('@')[1]
  }

  /** The run goes through the proxy and stops at such a request until it is told to go on. */
  async function held(match: EngineRule['match'], start: (dockerHost: string) => Promise<Told>) {
    let arrived = false
    let goOn: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (goOn = resolve))
    const hold = async (): Promise<void> => {
      arrived = true
      await gate
    }
    proxy.rules.push({ match, hold })
    const run = start(proxy.host)
    await Promise.race([eventually('the run arrives', () => Promise.resolve(arrived || undefined), 60_000), run])
    expect(arrived, arrived ? '' : (await run).log).toBe(true)
    return async (): Promise<Told> => {
      goOn()
      return run
    }
  }

  const deployOf = (sha: string) => {
    const workspace = one.checkout(sha)
    return (dockerHost?: string, onLine?: (line: string) => void) => {
      const inputs: Record<string, string> = dockerHost === undefined ? {} : { 'docker-host': dockerHost }
      return one.on('synchronize', { workspace, head: sha, inputs, ...(onLine ? { onLine } : {}) })
    }
  }

  describe.each([
    ['that has none yet', false],
    ['that runs already', true],
  ])('for a pull request %s', (_, isUp) => {
    beforeEach(async () => {
      if (isUp) expect((await one.on('opened')).outputs.outcome).toBe('healthy')
    })

    it('the older head, about to write, leaves what the newer one deployed meanwhile', async () => {
      const [old, next] = [one.commit('v2'), one.commit('v3')]
      one.head(old)
      const goOn = await held(WRITES, deployOf(old))
      one.head(next)
      const newer = await deployOf(next)()
      expect(newer.outputs, newer.log).toMatchObject({ outcome: 'healthy' })
      const older = await goOn()
      expect(older.outputs, older.log).toMatchObject({ outcome: 'superseded' })
      expect(await image()).toBe(newer.outputs.digest)
    })

    it('the newer head, about to write, replaces what the older one deployed meanwhile', async () => {
      const [old, next] = [one.commit('v2'), one.commit('v3')]
      const goOn = await held(WRITES, deployOf(next))
      one.head(old)
      // It was asked for the last time.
      const older = await deployOf(old)(undefined, (line) => {
        if (line.includes('Replace ')) one.head(next)
      })
      expect(older.outputs, older.log).toMatchObject({ outcome: 'healthy' })
      const newer = await goOn()
      expect(newer.outputs, newer.log).toMatchObject({ outcome: 'healthy' })
      expect(await image()).toBe(newer.outputs.digest)
    })

    it.each([
      ['about to be written', WRITES],
      ['being proven', VERIFIES],
    ])('nothing is left where it was closed and removed while it was %s', async (_, match) => {
      const goOn = await held(match, deployOf(one.commit('v2')))
      const removed = await one.close()
      expect(removed.outputs, removed.log).toMatchObject({ outcome: 'removed' })
      const run = await goOn()
      expect(['skipped', 'superseded'], run.log).toContain(run.outputs.outcome)
      expect(await one.services()).toEqual([])
      expect(await one.world.tags()).toEqual([])
    })
  })

  it('reopened while it is removed, it runs again', async () => {
    expect((await one.on('opened')).outputs.outcome).toBe('healthy')
    one.pull.state = 'closed'
    const goOn = await held(REMOVES, (dockerHost) => one.on('closed', { inputs: { 'docker-host': dockerHost } }))
    one.pull.state = 'open'
    const running = one.on('reopened', { inputs: { stability: '8s' } })
    await new Promise((resolve) => setTimeout(resolve, 4000))
    const removal = await goOn()
    const run = await running
    const log = `${removal.log}\n${run.log}`
    expect(run.outputs, log).toMatchObject({ outcome: 'healthy' })
    expect(['removed', 'skipped'], log).toContain(removal.outputs.outcome)
    expect(await image(), log).toBe(run.outputs.digest)
    const tags = await one.world.tags()
    expect(await Promise.all(tags.map((tag) => one.world.digestOf(tag)))).toContain(run.outputs.digest)
  })
})
