// Nothing is offered that nobody reads: every input is asked for by some code, every reason code is given by some code.
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { inputsOf } from '../../src/config/inputs.ts'
import { readPreview, readRelease, readRollback, readSmoke } from '../../src/config/index.ts'
import { CATALOGUE } from '../../src/errors/catalogue.ts'
import type { Input } from '../../src/inputs/types.ts'
import { Values } from '../../src/inputs/values.ts'
import { TARGET_NAMES } from '../../src/targets/index.ts'
import { VERBS } from '../../src/verbs/index.ts'
import { root } from '../harness/node.ts'
import { usedFields } from '../harness/uses.ts'
import { checkout, environment, FACTS, source } from './config-helpers.ts'

const sources = globSync('src/**/*.ts', { cwd: root })
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }))

/** How the requests of a verb are read; a verb that reads in its own way belongs here. */
const READERS: Readonly<Record<string, (inputs: Readonly<Record<string, string>>) => Promise<unknown>>> = {
  release: (inputs) => readRelease(io(inputs), source(FACTS)),
  rollback: (inputs) => readRollback(io(inputs)),
  preview: (inputs) => readPreview(io({ number: '7', mode: 'deploy', manifests: '.', ...inputs }), PULLS),
  list: (inputs) => readRollback(io(inputs), 'list'),
  smoke: (inputs) => readSmoke(io(inputs)),
}

const PULLS = { sourceFor: source(FACTS), pullFor: () => Promise.resolve(undefined), inspect: undefined }

const io = (inputs: Readonly<Record<string, string>>) => ({ env: environment(inputs), cwd: checkout() })

/** Every name that is asked for while the inputs are read, with each target and strategy. */
async function asked(verb: string): Promise<Set<string>> {
  const names = new Set<string>()
  const original = Object.getOwnPropertyDescriptors(Values.prototype)
  vi.spyOn(Values.prototype, 'given').mockImplementation(function (this: Values<Input>, name: string) {
    // Looking whether an input of another target was given is not reading it.
    if (!/isGivenHere|options/.test(new Error().stack ?? '')) names.add(name)
    return (original.given.value as Values<Input>['given']).call(this, name)
  })
  vi.spyOn(Values.prototype, 'foremost').mockImplementation(function <N extends string>(
    this: Values<Input>,
    some: readonly N[],
  ): readonly N[] {
    for (const name of some) names.add(name)
    return (original.foremost.value as Values<Input>['foremost']).call(this, some) as readonly N[]
  })
  for (const target of TARGET_NAMES) {
    for (const strategy of ['rolling', 'blue-green']) {
      const inputs = { image: 'acme/app', 'deploy-to': target, workload: 'web', strategy, 'active-service': 'web' }
      await READERS[verb]?.(inputs).catch(() => undefined)
    }
  }
  return names
}

/** Some are needed before there are values: which file, which app, and the token beside the environment's. */
const early = new Set(
  sources.flatMap(({ text }) => [...text.matchAll(/inputs\.get\('([a-z-]+)'\)/g)].map(([, name]) => name)),
)

describe('inputs', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it.each(VERBS.map(({ name }) => name))('of %s are all read', async (verb) => {
    const read = await asked(verb)
    const unread = inputsOf(verb).filter(({ name }) => !read.has(name) && !early.has(name))
    expect(unread.map(({ name }) => name)).toEqual([])
  })
})

describe('reason codes', () => {
  const others = sources.filter(({ file }) => !file.endsWith('errors/catalogue.ts'))
  const lines = others.flatMap(({ text }) => text.split('\n')).filter((line) => !/[!=]== '/.test(line))

  it.each(Object.keys(CATALOGUE))('%s is given by some code', (code) => {
    expect(lines.some((line) => line.includes(`'${code}'`))).toBe(true)
  })
})

describe('fields of requests', () => {
  const declares = /(?:^|\/)request\.ts$/
  const readers = sources.filter(({ file }) => !file.startsWith('src/config/') && !declares.test(file))
  const fields = sources
    .filter(({ file }) => declares.test(file))
    .flatMap(({ file, text }) =>
      [...text.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name = '']): [string, string] => [file, name]),
    )

  /** `request.field`, or taken out of something whose type is a request. */
  function isRead(name: string): boolean {
    const access = new RegExp(`\\b(?:\\w*[rR]equest|target|build|run|deployment|options|document)\\??\\.${name}\\b`)
    const taken = new RegExp(
      `\\{[^{}]*\\b${name}\\b[^{}]*\\}(?:\\s*=\\s*\\w*[rR]equest\\b|:[^=;{]*(?:Request|Deployment)\\b)`,
    )
    return readers.some(({ text }) => access.test(text) || taken.test(text))
  }

  it.each(fields)('%s: %s is read by what works with it', (_, name) => {
    expect(isRead(name)).toBe(true)
  })

  const used = usedFields(Object.fromEntries(readers.map(({ file, text }) => [file, text])))

  it.each(fields)('%s: %s is not only handed on', (_, name) => {
    expect(used.has(name)).toBe(true)
  })

  it('would notice one that only goes from one structure into another', () => {
    const sources = (look: string) => ({
      'observer.ts': 'export function open({ stage }: Request) { const context = { stage }; return { ...context } }',
      'target.ts': 'const observer = create({ stage: request.stage })',
      'classify.ts': `export function classify({ name }: Look) { return ${look} }`,
    })
    expect([...usedFields(sources('name'))]).toEqual(['name'])
    expect(usedFields(sources('name + look.stage')).has('stage')).toBe(true)
    const renamed = { 'a.ts': 'const { stage: at } = look; if (at === 1) stop()' }
    expect(usedFields(renamed).has('stage')).toBe(true)
  })

  it('would notice one that is not', () => {
    expect(isRead('onFailure')).toBe(true)
    expect(isRead('nobodyAsksForThis')).toBe(false)
  })
})
