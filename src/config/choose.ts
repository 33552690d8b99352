/** Which entries of the configuration file this run is about. */
import { parseRepository } from '../domain/image.ts'
import { environmentSlug } from '../domain/tags.ts'
import type { Faults } from '../inputs/faults.ts'
import type { ConfigFile, Entry } from './file-shape.ts'
import type { Raw, Layer } from '../inputs/raw.ts'
import { layer } from '../inputs/raw.ts'
import { nearest } from '../domain/nearest.ts'
import type { Values } from './inputs.ts'

/** An app's entry of the file, by the `app` input, by its image, or because it is the only one. */
export interface ChosenApp {
  readonly name: string | undefined
  readonly values: Entry
  readonly environments: ReadonlyMap<string, Entry>
}

const NOTHING: ChosenApp = { name: undefined, values: new Map(), environments: new Map() }

export function chooseApp(file: ConfigFile | undefined, inputs: ReadonlyMap<string, Raw>, faults: Faults): ChosenApp {
  if (!file) return NOTHING
  if (file.only) return { name: undefined, ...file.only }
  const given = inputs.get('app')
  const names = [...file.apps.keys()]
  const name = textOf(given) ?? byImage(file, textOf(inputs.get('image'))) ?? soleApp(names, inputs)
  const entry = name === undefined ? undefined : file.apps.get(name)
  if (entry && name !== undefined) return { name, ...entry }
  if (given && name !== undefined) {
    const problem = `is not an app of ${file.name}, which has ${names.join(', ') || 'none'}`
    faults.add({ ...BLANK, name: 'app', value: name, source: given.source, problem, suggestion: nearest(name, names) })
  } else if (!inputs.has('image')) {
    const problem = `is needed: ${file.name} has ${names.join(', ') || 'no apps'}`
    faults.add({ ...BLANK, name: 'app', problem, example: names[0] })
  }
  return NOTHING
}

const BLANK = { value: undefined, source: undefined, example: undefined, suggestion: undefined } as const

function soleApp(names: readonly string[], inputs: ReadonlyMap<string, Raw>): string | undefined {
  return names.length === 1 && !inputs.has('image') ? names[0] : undefined
}

function byImage(file: ConfigFile, image: string | undefined): string | undefined {
  const wanted = image === undefined ? undefined : parseRepository(image)
  if (!wanted) return undefined
  const same = [...file.apps].find(([, { values }]) => {
    const own = textOf(values.get('image'))
    return own !== undefined && parseRepository(own)?.name === wanted.name
  })
  const last = wanted.path.split('/').at(-1) ?? ''
  return same?.[0] ?? (file.apps.has(last) ? last : undefined)
}

/**
 * Where a value is looked for, in this order; the first one that has it counts. Below all of them stand what the event
 * says and the defaults of the inputs.
 */
export function precedence(
  inputs: ReadonlyMap<string, Raw>,
  file: ConfigFile | undefined,
  app: ChosenApp,
  environment: string | undefined,
): readonly Layer[] {
  const entry = (entries: ReadonlyMap<string, Entry> | undefined) => entries?.get(environment ?? '') ?? NONE
  return [
    layer('input', inputs),
    layer('environment', entry(app.environments)),
    layer('environment', entry(file?.environments)),
    layer('app', app.values),
    layer('defaults', file?.defaults ?? NONE),
  ]
}

const NONE: Entry = new Map()

/** What an environment is chosen from, and where faults go. */
export interface ChoiceContext {
  readonly file: ConfigFile | undefined
  readonly app: ChosenApp
  readonly faults: Faults
}

/**
 * The environment's name: as given, the file's only one, or `production` where a target is chosen without one.
 * @param values without an environment's entry
 * @param needed false where nothing reaches an environment: then none is chosen among several
 */
export function chooseEnvironment(
  { file, app, faults }: ChoiceContext,
  values: Values,
  needed: boolean,
): string | undefined {
  const names = [...new Set([...app.environments.keys(), ...(file?.environments.keys() ?? [])])]
  refuseSameSlug(names, file, faults)
  const given = values.given('environment')
  const name = textOf(given)
  if (name !== undefined) {
    if (names.length > 0 && !names.includes(name)) {
      const problem = `is not an environment of ${file?.name ?? 'the file'}, which has ${names.join(', ')}`
      const at = { value: name, source: given?.source, suggestion: nearest(name, names) }
      faults.add({ ...at, name: 'environment', problem, example: names[0] })
    }
    return name
  }
  const target = values.given('deploy-to')?.value
  const targeted = target !== undefined && target !== 'none'
  if (targeted && (names.length === 0 || names.includes(PRODUCTION))) return PRODUCTION
  if (target === 'none' || names.length === 0) return undefined
  if (names.length === 1) return names[0]
  if (needed) {
    const problem = `is needed: ${file?.name ?? 'the file'} has ${names.join(', ')}`
    faults.add({ ...BLANK, name: 'environment', problem, example: names[0] })
  }
  return undefined
}

const PRODUCTION = 'production'

function refuseSameSlug(names: readonly string[], file: ConfigFile | undefined, faults: Faults): void {
  const bySlug = new Map<string, string>()
  for (const name of names) {
    const slug = environmentSlug(name)
    const other = bySlug.get(slug)
    bySlug.set(slug, other ?? name)
    if (other === undefined) continue
    const problem = `would share the tag ${slug} with the environment ${other}`
    faults.add({ ...BLANK, name: `environments.${name}`, source: file?.name, problem, example: `${slug}-2` })
  }
}

function textOf(raw: Raw | undefined): string | undefined {
  return typeof raw?.value === 'string' ? raw.value : undefined
}
