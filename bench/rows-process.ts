// (c) and (f): promotion in process, and how fast the programs start.
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { parseRepository } from '../src/domain/image.ts'
import { createRegistry } from '../src/adapters/registry/index.ts'
import { systemClock } from '../src/compose/clock.ts'
import { request } from './engine.ts'
import { compare, inTurn, kilobytes, run, timed } from './measure.ts'
import type { World } from './world.ts'
import { dist, SMOKE } from './world.ts'

const ACCEPT = 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json'

export async function processRows(world: World): Promise<void> {
  await promotion(world)
  await startUp(world)
  sizes()
}

async function promotion(world: World): Promise<void> {
  const app = world.app('healthy')
  const name = `${world.registry.host}/bench/promote`
  const { outputs, stdout } = await world.action(
    'release',
    { image: name, smoke: SMOKE },
    { cwd: app.dir, outcome: 'released' },
  )
  const repository = parseRepository(name)
  const digest = outputs['digest'] as `sha256:${string}` | undefined
  if (!repository || !digest) throw new Error(stdout)
  const [host = '', port = ''] = world.registry.host.split(':')
  const raw = async (tag: string) => {
    const base = { host, port: Number(port) }
    const found = await request({ ...base, path: `/v2/bench/promote/manifests/${digest}`, headers: { accept: ACCEPT } })
    await request(
      {
        ...base,
        method: 'PUT',
        path: `/v2/bench/promote/manifests/${tag}`,
        headers: { 'content-type': found.headers['content-type'] ?? '' },
      },
      found.body,
    )
  }
  const env = { HOME: '/nonexistent' }
  let tag = 0
  // A new client each time: nothing that an earlier promotion learnt helps, but the connection is warm on both sides.
  const registry = createRegistry({ env, clock: systemClock, signal: new AbortController().signal })
  await registry.resolve(repository, digest)
  const times = await inTurn(
    {
      ours: () => timed(() => registry.promote(repository, digest, `ours-${String(++tag)}`, 'never-moves')),
      floor: () => timed(() => raw(`floor-${String(++tag)}`)),
    },
    60,
  )
  compare('(c) promotion of a digest, in process', times.ours, times.floor, 1.5)
}

async function startUp(world: World): Promise<void> {
  const env = { HOME: '/nonexistent' }
  const times = await inTurn(
    {
      version: async () => (await run(world.node, [path.join(dist, 'cli/index.js'), '--version'], { env })).ms,
      fault: async () =>
        (await run(world.node, [path.join(dist, 'release/index.js')], { env: { ...env, INPUT_TIMEOUT: 'soon' } }))
          .firstOutput,
      refused: async () =>
        (await run(world.node, [path.join(dist, 'release/index.js')], { env: world.actionEnv({}) })).ms,
      bare: async () => (await run(world.node, ['-e', '0'], { env })).ms,
    },
    15,
  )
  compare('(f) CLI --version', times.version, times.bare, 2)
  compare('(f) release: first input fault', times.fault, times.bare, 3)
  compare('(f) release: exit on a missing input', times.refused, times.bare, 3)
}

/** What a runner downloads before a step begins. */
function sizes(): void {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .map((file) => ({ file, stat: statSync(path.join(dist, file)) }))
    .filter(({ stat }) => stat.isFile())
    .map(({ file, stat }) => ({ file, size: stat.size }))
    .sort((one, two) => two.size - one.size)
  const total = (some: typeof files) => some.reduce((sum, { size }) => sum + size, 0)
  const common = files.filter(({ file }) => !/^bundle\/(?:ecs|shared-aws-sdk)/.test(file))
  kilobytes('dist/', total(files))
  kilobytes('dist/ without Amazon’s SDK and its target', total(common), 1_600_000)
  for (const { file, size } of files) if (file.startsWith('bundle/')) kilobytes(`dist/${file}`, size)
}
