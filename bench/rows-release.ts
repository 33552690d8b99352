// (a) and (b): a commit becomes a built, smoked, pushed and promoted image.
import path from 'node:path'
import type { AppOptions, Variant } from '../test/harness/images.ts'
import { loadedFiles } from '../test/harness/loaded.ts'
import { tempDir } from '../test/harness/temp.ts'
import { atMost, compare, inTurn, median, ms, must, processes, ratio, report } from './measure.ts'
import { findPeers, peerRow } from './rows-peers.ts'
import type { World } from './world.ts'
import { dist, SMOKE } from './world.ts'

export async function releaseRows(world: World): Promise<void> {
  const peers = findPeers()
  await chain(world, '(a) commit → proven image', 'healthy', {}, 1.3)
  await chain(world, '(b) the same, listens after 0.7 s', 'slow', { seconds: 0.7 }, 1.15)
  const app = world.app()
  const inputs = { image: `${world.registry.host}/bench/strace`, smoke: SMOKE }
  const log = path.join(tempDir('strace'), 'log')
  const env = world.actionEnv(inputs)
  const count = await processes(log, world.node, [path.join(dist, 'release/index.js')], { env, cwd: app.dir })
  atMost('(a) processes', count, 12)
  const coverage = tempDir('coverage')
  await must(world.node, [path.join(dist, 'release/index.js')], {
    env: { ...world.actionEnv(inputs), NODE_V8_COVERAGE: coverage },
    cwd: app.dir,
  })
  atMost('(a) files of the bundle that are loaded', loadedFiles(coverage, dist).length, 15)
  await peerRow(world, peers, SMOKE)
}

async function chain(world: World, name: string, variant: Variant, options: AppOptions, bound: number): Promise<void> {
  const app = world.app(variant, options)
  const { host } = world.registry
  const env = { DOCKER_HOST: `unix://${world.socket}`, BENCH_DOCKER: world.dockerCommand }
  const floorScript = path.join(import.meta.dirname, 'floor.mjs')
  const series = path.join(import.meta.dirname, 'series.sh')
  const next = () => app.commit('next', { version: Math.random().toString() })
  const times = await inTurn(
    {
      ours: async () => {
        next()
        const inputs = { image: `${host}/bench/ours`, smoke: SMOKE }
        return (await world.action('release', inputs, { cwd: app.dir, outcome: 'released' })).ms
      },
      floor: async () =>
        (await must(world.node, [floorScript, `${host}/bench/floor`, next(), app.dir, world.socket], { env })).ms,
      series: async () => (await must('/bin/sh', [series, `${host}/bench/series`, next(), app.dir], { env })).ms,
    },
    variant === 'healthy' ? 9 : 5,
  )
  compare(name, times.ours, times.floor, bound)
  report({
    name: `${name}: against commands in series`,
    ours: ms(median(times.ours)),
    floor: ms(median(times.series)),
    ratio: `${ratio(times.ours, times.series).toFixed(2)} x`,
    bound: '< 1 x',
    ok: ratio(times.ours, times.series) < 1,
  })
}
