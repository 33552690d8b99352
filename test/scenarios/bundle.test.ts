// What is published: one bundle whose parts are shared, small, and loaded only where they are used.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PUBLISHED } from '../../src/bundle.ts'
import { describeWith } from '../harness/lab.ts'
import { loadedFiles } from '../harness/loaded.ts'
import { bundle, root } from '../harness/node.ts'
import { tempDir } from '../harness/temp.ts'
import { freshRun, World } from './world.ts'

const dist = path.dirname(path.dirname(bundle(path.join(root, 'dist/release/index.js'))))
const files = () =>
  readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => statSync(path.join(dist, file)).isFile())

/** Of all that is not Amazon's SDK and its target, which only they load who deploy there. */
const MOST_BYTES = 1_600_000
const MOST_FILES = 15

describe('dist', () => {
  it('is small', () => {
    const counted = files().filter((file) => !/^bundle\/(?:ecs|shared-aws-sdk)/.test(file))
    const bytes = counted.map((file) => statSync(path.join(dist, file)).size)
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MOST_BYTES)
  })

  it('starts everything by a few lines of the same bundle', () => {
    expect(readdirSync(dist).toSorted()).toEqual([...PUBLISHED, 'bundle', 'licenses.txt', 'package.json'].toSorted())
    for (const name of PUBLISHED) {
      expect(readdirSync(path.join(dist, name))).toEqual(['index.js'])
      const text = readFileSync(path.join(dist, name, 'index.js'), 'utf8')
      expect(text.split('\n').length).toBeLessThan(8)
      expect(text).toContain(`'../bundle/index.js'`)
    }
  })

  it('names its parts by what is in them', () => {
    const names = files().filter((file) => file.startsWith('bundle/'))
    expect(names).toContain('bundle/swarm.js')
    expect(names.filter((file) => !/^bundle\/[a-z][a-z0-9-]*\.js$/.test(file))).toEqual([])
  })

  it('carries the licence of every package', () => {
    const text = readFileSync(path.join(dist, 'licenses.txt'), 'utf8')
    for (const name of ['@actions/tool-cache', 'undici', 'yaml', 'valibot']) expect(text).toContain(`${name} `)
    expect(text).not.toContain('no licence is named')
    expect(existsSync(path.join(dist, 'package.json'))).toBe(true)
  })
})

describeWith('docker', 'registry')('a release', () => {
  let world: World
  beforeAll(async () => {
    world = await World.open({ services: ['loads'] })
  })
  afterAll(() => world.close())

  it('loads few files on its way to a verdict, and no toolkit that it does not need', async () => {
    const coverage = tempDir('coverage')
    const smoke = 'checks: [{http: "GET :8080/version -> 200"}]'
    const run = await world.release({ smoke }, { github: freshRun(), env: { NODE_V8_COVERAGE: coverage } })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    const loaded = loadedFiles(coverage, dist)
    expect(loaded).toContain('bundle/swarm.js')
    expect(loaded.length, loaded.join(' ')).toBeLessThanOrEqual(MOST_FILES)
    expect(loaded.filter((file) => /undici|tool-cache|kubernetes|github|ecs|aws/.test(file))).toEqual([])
  })
})
