// Runs for one pull request that share an engine: neither takes from the other what it works with.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { docker, engine } from '../contract/swarm-world.ts'
import type { EngineProxy, EngineRule } from '../harness/engine-proxy.ts'
import { startEngineProxy } from '../harness/engine-proxy.ts'
import { describeWith, need } from '../harness/lab.ts'
import { PreviewWorld } from './preview-world.ts'
import type { Told } from './world.ts'

const isPush: EngineRule['match'] = (method, path) => method === 'POST' && /^\/images\/.+\/push/.test(path)
const isSmoke: EngineRule['match'] = (method, path) =>
  method === 'POST' && path.startsWith('/containers/create?name=imd-smoke-')

describeWith('docker', 'registry')('runs of one engine', () => {
  let one: PreviewWorld
  let proxy: EngineProxy
  beforeEach(async () => {
    ;[one, proxy] = await Promise.all([PreviewWorld.open('together'), startEngineProxy(need('docker').DOCKER_HOST)])
  })
  afterEach(async () => {
    proxy.rules.splice(0)
    await one.end()
    await proxy.stop()
  })

  const through = () => ({ DOCKER_HOST: proxy.host })

  /** The first two of those requests wait for each other. */
  function meet(match: EngineRule['match']): void {
    let waiting = 0
    let go: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (go = resolve))
    const hold = async (): Promise<void> => {
      waiting += 1
      if (waiting >= 2) go()
      await gate
    }
    proxy.rules.push({ match, hold })
  }

  /** Two runs of the same head whose images differ. */
  function both(action = 'synchronize'): Promise<Told[]> {
    const run = (value: string) => one.on(action, { env: through(), inputs: { labels: `build=${value}` } })
    return Promise.all([run('a'), run('b')])
  }

  const localNames = async () => {
    const all = await engine<{ RepoTags: string[] | null }[]>('GET', '/images/json')
    return all.flatMap(({ RepoTags }) => RepoTags ?? []).filter((name) => name.startsWith(`${one.world.image}:`))
  }

  it.each([
    ['pushing', isPush],
    ['about to smoke-test', isSmoke],
  ])('while both are %s end without a mismatch, and only what runs keeps a tag', async (_, match) => {
    meet(match)
    const runs = await both()
    const log = runs.map((run) => run.log).join('\n')
    const outcomes = runs.map(({ outputs }) => outputs.outcome)
    expect(outcomes, log).toContain('healthy')
    for (const outcome of outcomes) expect(['healthy', 'superseded'], log).toContain(outcome)
    for (const { result } of runs)
      expect(
        result.custody.map(({ hop }) => hop),
        log,
      ).toContain('smoked')
    expect(new Set(runs.map(({ outputs }) => outputs.digest)).size).toBe(2)
    const [service] = await engine<{ Spec: { TaskTemplate: { ContainerSpec: { Image: string } } } }[]>(
      'GET',
      `/services?filters=${encodeURIComponent(JSON.stringify({ name: [`${one.name}_web`] }))}`,
    )
    const runsNow = service?.Spec.TaskTemplate.ContainerSpec.Image.split('@')[1]
    const tags = await one.world.tags()
    expect(await Promise.all(tags.map((tag) => one.world.digestOf(tag)))).toContain(runsNow)
    expect(await localNames()).toEqual([`${one.world.image}:immutable-deploy`])
    const removed = await one.close()
    expect(removed.outputs, removed.log).toMatchObject({ outcome: 'removed' })
    expect(await one.world.tags()).toEqual([])
  })

  describe('whose image', () => {
    /** Before the container of the first smoke test is made. */
    const beforeSmoke = (work: () => Promise<unknown>) => {
      let done: Promise<unknown> | undefined
      proxy.rules.push({
        match: isSmoke,
        hold: async () => {
          await (done ??= work())
        },
      })
    }

    it('is unused for a moment does not lose it to somebody who prunes the engine', async () => {
      beforeSmoke(() => docker('image', 'prune', '--force', '--filter', `label=together=${one.app}`))
      const run = await one.on('opened', { env: through(), inputs: { labels: `together=${one.app}` } })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
      expect(run.log).not.toContain('built once more')
    })

    it('is removed by force is built once more', async () => {
      beforeSmoke(async () => {
        const names = await localNames()
        await docker('image', 'rm', '--force', ...names)
      })
      const run = await one.on('opened', { env: through() })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
      expect(run.log).toContain('it is built once more')
      expect(await one.world.tags()).toHaveLength(1)
      expect(await localNames()).toEqual([`${one.world.image}:immutable-deploy`])
    })
  })
})
