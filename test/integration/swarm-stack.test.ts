// The stack reader beside Docker's own client: the same files to both, and what each would create beside the other's.
import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../src/adapters/docker/connection.ts'
import { asDeployError } from '../../src/errors/deploy-error.ts'
import { createSwarm } from '../../src/targets/swarm/engine.ts'
import { install } from '../../src/targets/swarm/stack/install.ts'
import { readStack } from '../../src/targets/swarm/stack/stack.ts'
import type { Created, SwarmManager } from '../fakes/swarm-manager.ts'
import { startSwarmManager } from '../fakes/swarm-manager.ts'
import { tempDir } from '../harness/temp.ts'
import * as corpus from './stack-corpus.ts'

const run = promisify(execFile)

/** The client of 28 and later: older ones read some files otherwise. */
function hasClient(): boolean {
  const { stdout } = spawnSync('docker', ['--version'], { encoding: 'utf8' })
  return /version (?:2[89]|[3-9]\d)\./.test(stdout ?? '')
}

describe.skipIf(!hasClient())('stack files beside docker stack deploy', () => {
  const folder = tempDir('stack')
  const env = { ...corpus.ENVIRONMENT, PATH: process.env.PATH ?? '', DOCKER_CONFIG: path.join(folder, 'config') }
  let manager: SwarmManager

  beforeAll(async () => {
    mkdirSync(env.DOCKER_CONFIG)
    for (const [name, text] of Object.entries({ ...corpus.FILES, ...corpus.REFUSED_FILES })) {
      writeFileSync(path.join(folder, name), text)
    }
    manager = await startSwarmManager(folder, corpus.EXTERNAL)
  })
  afterAll(() => manager.close())

  function write(texts: readonly string[]): string[] {
    return texts.map((text, index) => {
      const file = path.join(folder, `stack-${String(index)}.yml`)
      writeFileSync(file, text)
      return file
    })
  }

  /** What the client creates, or why it refuses. */
  async function docker(files: readonly string[]): Promise<Created[] | string> {
    const args = ['-H', manager.host, 'stack', 'deploy', '--detach=true', '--resolve-image', 'never']
    manager.take()
    try {
      await run('docker', [...args, ...files.flatMap((file) => ['-c', file]), 'shop'], { env, cwd: folder })
      return manager.take()
    } catch (error) {
      manager.take()
      return String((error as { stderr?: string }).stderr).trim()
    }
  }

  async function ours(files: readonly string[]): Promise<Created[] | string> {
    const api = await connect({ host: manager.host }, env)
    manager.take()
    try {
      const stack = await readStack(files, 'shop', env)
      const specs = await install(api, stack, [...stack.services.values()])
      const swarm = createSwarm(api)
      for (const spec of specs.values()) await swarm.create(spec, { from: 'spec' })
      return manager.take()
    } catch (error) {
      manager.take()
      const { what, evidence } = asDeployError(error)
      return [what, ...evidence].join('\n')
    } finally {
      api.close()
    }
  }

  async function compare(texts: readonly string[]): Promise<void> {
    const files = write(texts)
    const theirs = await docker(files)
    if (typeof theirs === 'string') throw new Error(`docker refuses: ${theirs}`)
    const own = await ours(files)
    if (typeof own === 'string') throw new Error(`we refuse: ${own}`)
    expect(normal(own)).toEqual(normal(theirs))
  }

  /** Who takes what nobody should. */
  async function takenBy(texts: readonly string[]): Promise<string[]> {
    const files = write(texts)
    const [theirs, own] = [await docker(files), await ours(files)]
    const what = texts.join('\n---\n').replace(corpus.REST, '')
    return [
      ...(typeof theirs === 'string' ? [] : [`docker takes ${what}`]),
      ...(typeof own === 'string' ? [] : [`we take ${what}`]),
    ]
  }

  const piece = (text: string): string => `services:\n  web:\n    image: acme/app:1\n    ${text}\n${corpus.REST}`

  it('creates the same, all pieces in one file', async () => {
    const pieces = [...corpus.TAKEN, ...corpus.TAKEN_ALONE]
    const services = pieces.map((text, index) => `  s${String(index)}:\n    image: acme/app:1\n    ${text}\n`)
    await compare([`services:\n${services.join('')}${corpus.REST}`])
  })

  it.each(corpus.MERGED.map((files) => [files]))('merges as docker does: %j', (files) => compare(files))

  it('refuses what docker refuses', async () => {
    const all = [
      ...corpus.REFUSED.map((text) => [piece(text)]),
      ...corpus.REFUSED_WHOLE.map((text) => [text]),
      ...corpus.REFUSED_MERGED,
    ]
    const found: string[] = []
    for (const texts of all) found.push(...(await takenBy(texts)))
    expect(found).toEqual([])
  }, 120_000)

  it('creates the same of generated pairs of pieces, merged from two files', async () => {
    const random = seeded(7)
    for (let round = 0; round < 40; round += 1) {
      const pick = (): string => {
        const services = Array.from({ length: 8 }, (_, index) => {
          const text = corpus.TAKEN[Math.floor(random() * corpus.TAKEN.length)] ?? ''
          return `  s${String(index)}:\n    image: acme/app:1\n    ${text}\n`
        })
        return `services:\n${services.join('')}${corpus.REST}`
      }
      await compare([pick(), pick()])
    }
  }, 120_000)
})

/** By name, without what is empty or the engine's default; lists whose order means nothing are sorted. */
function normal(created: Created[] | string): unknown {
  if (typeof created === 'string') return created
  const named = created.map(({ kind, body }): [string, unknown] => [`${kind} ${String(body.Name)}`, tidy(body)])
  return Object.fromEntries(named.sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** Where zero or false differs from nothing. */
const POINTERS = new Set(['Init', 'Replicas', 'MaxAttempts', 'StopGracePeriod'])
/** What the engine takes when nothing is said. */
const DEFAULT_REPLICAS = 1
const SORTED = new Set(['Env', 'Ports', 'Networks', 'Secrets', 'Configs', 'CapabilityAdd', 'CapabilityDrop'])

function tidy(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = (value as unknown[]).map((item) => tidy(item))
    return SORTED.has(key) ? items.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)) : items
  }
  // Docker's client adds the tag itself; the engine would.
  if (key === 'Image' && typeof value === 'string') return value.replace(/:latest$/, '')
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    .map(([name, item]): [string, unknown] => [name, tidy(item, name)])
    .filter(([name, item]) => !isNothing(name, item))
    // `oom_score_adj` is taken and forgotten by Docker's client; here it counts.
    .filter(([name]) => name !== 'CheckDuplicate' && name !== 'OomScoreAdj')
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(entries.map(([name, item]) => [name, name === 'Global' ? {} : item]))
}

function isNothing(name: string, item: unknown): boolean {
  if (name === 'Global') return false
  if ((name === 'Protocol' && item === 'tcp') || (name === 'PublishMode' && item === 'ingress')) return true
  if (name === 'Replicas' && item === DEFAULT_REPLICAS) return true
  if (item === undefined || item === null || item === '') return true
  if (item === 0 || item === false) return !POINTERS.has(name)
  return typeof item === 'object' && Object.keys(item).length === 0
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}
