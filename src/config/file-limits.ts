/**
 * What the configuration file may not say. It belongs to the checkout, and on a pull request its author is whoever
 * opened it: such a file must not raise what the event allows.
 */
import path from 'node:path'
import { remoteContext } from '../domain/remote-context.ts'
import { isProcessFile, isRunnerVariable, RUNNER_VARIABLE } from '../domain/runner-variables.ts'
import { parseList } from '../inputs/list.ts'
import { runsItsOwnWorkflow } from './event-rules.ts'
import { isInside, realPath, workspaceOf } from './inside.ts'
import type { InputName, Values } from './inputs.ts'
import { INPUTS } from './inputs.ts'
import type { ConfigContext } from './read.ts'

/** @param deploys whether the target will be reached */
export function limitFile(values: Values, configContext: ConfigContext, deploys: boolean): void {
  refuseRunnerVariables(values, configContext.cwd)
  const { event } = configContext
  if (event.limit === undefined) return
  const because = `cannot come from a file of the checkout on ${event.name ?? 'this event'}, where nobody reviewed it: make it an input of the workflow`
  const refuse = (name: InputName, what?: string) => {
    values.fault(name, what === undefined ? because : `${what} ${because}`)
  }
  const isInFile = (name: InputName) => isFromFile(values, name)
  for (const name of ['policy', 'smoke', 'smoke-file'] as const) {
    if (isInFile(name) && textOf(values, name) === 'off') refuse(name)
  }
  if (isInFile('allow')) refuse('allow')
  if (isInFile('network') && values.text('network') === 'host') refuse('network')
  for (const name of deploys ? INPUTS.filter(({ unreviewed }) => unreviewed === false) : []) {
    if (isInFile(name.name)) refuse(name.name)
  }
  if (!runsItsOwnWorkflow(event.name)) refuseSecrets(values, refuse)
  refuseCaches(values, refuse)
  refusePathsOutside(values, configContext, refuse)
}

type Refuse = (name: InputName, what?: string) => void

function isFromFile(values: Values, name: InputName): boolean {
  const from = values.given(name)?.from
  return from !== undefined && from !== 'input'
}

function textOf(values: Values, name: InputName): string {
  const value = values.given(name)?.value
  return typeof value === 'string' ? value.trim() : ''
}

/** On every event: the runner's own variables hold the job's tokens. */
function refuseRunnerVariables(values: Values, cwd: string): void {
  const named = {
    'secret-envs': (entry: string) => after(entry),
    'build-args': (entry: string) => (entry.includes('=') ? '' : entry),
  } as const
  for (const name of ['secret-envs', 'build-args'] as const) {
    if (!isFromFile(values, name)) continue
    const bad = values.list(name).map(named[name]).filter(isRunnerVariable)
    if (bad.length > 0) values.fault(name, `${bad.join(', ')}: ${RUNNER_VARIABLE}`)
  }
  if (!isFromFile(values, 'secret-files')) return
  const views = values
    .list('secret-files')
    .map(after)
    .filter((file) => isProcessFile(realPath(path.resolve(cwd, file))))
  if (views.length > 0) values.fault('secret-files', `${views.join(', ')}: shows the variables of a process`)
}

/**
 * Where the workflow is the default branch's and the file beside it may be anybody's, the file must not hand the step's
 * variables and keys to a build.
 */
function refuseSecrets(values: Values, refuse: Refuse): void {
  for (const name of ['secret-envs', 'ssh'] as const) if (isFromFile(values, name)) refuse(name)
  if (!isFromFile(values, 'build-args')) return
  const bare = values.list('build-args').filter((entry) => !entry.includes('='))
  if (bare.length > 0) refuse('build-args', `the value of ${bare.join(', ')}`)
}

/** GitHub keeps caches of a pull request apart from those of branches; a registry or a bucket does not. */
const HARMLESS_CACHES: ReadonlySet<string> = new Set(['gha', 'inline', 'local'])
const CACHES = ['cache-from', 'cache-to'] as const

function refuseCaches(values: Values, refuse: Refuse): void {
  for (const name of CACHES) {
    if (!isFromFile(values, name)) continue
    const caches = values.list(name).map(cacheFields)
    const types = caches.flatMap((fields) => fields.get('type') ?? ['registry'])
    const written = name === 'cache-to' ? types.filter((type) => !HARMLESS_CACHES.has(type)) : []
    if (written.length > 0) refuse(name, `type=${written[0] ?? ''}`)
    // The job's token for GitHub's cache goes to the address that is named.
    const isElsewhere = caches.some((fields) => fields.has('url') || fields.has('url_v2'))
    if (isElsewhere) refuse(name, 'url, which says where the token of this job goes,')
  }
}

/** Inputs that name files, and which parts of their entries are paths. */
const PATHS = {
  context: (entry: string) => (isAddress(entry) || entry.startsWith('{{defaultContext}}') ? [] : [entry]),
  file: (entry: string) => [entry],
  'smoke-file': (entry: string) => [entry],
  'secret-files': (entry: string) => [after(entry)],
  'build-contexts': (entry: string) => pathOfContext(after(entry)),
  'cache-from': (entry: string) => cacheFields(entry).get('src') ?? [],
  'cache-to': (entry: string) => cacheFields(entry).get('dest') ?? [],
  ssh: (entry: string) => (entry.includes('=') ? after(entry).split(',') : []),
} as const

const PATH_INPUTS = [
  'context',
  'file',
  'smoke-file',
  'secret-files',
  'build-contexts',
  'cache-from',
  'cache-to',
  'ssh',
] as const satisfies readonly (keyof typeof PATHS)[]

function refusePathsOutside(values: Values, configContext: ConfigContext, refuse: Refuse): void {
  const workspace = workspaceOf(configContext)
  const entriesOf = (name: (typeof PATH_INPUTS)[number]) =>
    name === 'context' || name === 'file' || name === 'smoke-file' ? given(values.text(name)) : values.list(name)
  for (const name of PATH_INPUTS) {
    if (!isFromFile(values, name)) continue
    const outside = entriesOf(name)
      .flatMap(PATHS[name])
      .filter((file) => !isInside(path.resolve(configContext.cwd, file), workspace))
    if (outside.length > 0) refuse(name, `${outside.join(', ')} is outside of the workspace and`)
  }
}

function pathOfContext(value: string): string[] {
  const layout = /^oci-layout:\/\/(.*?)(?:@.*)?$/.exec(value)?.[1]
  if (layout !== undefined) return [layout]
  return isAddress(value) || /^(?:docker-image:\/\/|target:)/.test(value) ? [] : [value]
}

function isAddress(value: string): boolean {
  return remoteContext(value) !== undefined
}

/** `type=local,src=/cache` → its attributes as buildx reads them: CSV, names in any case, the last one of a name wins. */
function cacheFields(entry: string): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, string[]>()
  for (const field of csvFields(entry)) {
    const [name = ''] = field.split('=', 1)
    const key = name.trim().toLowerCase()
    if (field.includes('=')) fields.set(key, [...(fields.get(key) ?? []), after(field).trim()])
  }
  return fields
}

/** A quote that never closes is refused by buildx. */
function csvFields(entry: string): readonly string[] {
  try {
    return parseList(entry, { keepCommas: false })
  } catch {
    return entry.split(',')
  }
}

function given<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value]
}

function after(entry: string): string {
  return entry.slice(entry.indexOf('=') + 1)
}
