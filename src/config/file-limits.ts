/**
 * What the configuration file may not say. It belongs to the checkout, and on a pull request its author is whoever
 * opened it: such a file must not raise what the event allows.
 */
import path from 'node:path'
import { remoteContext } from '../domain/remote-context.ts'
import { isProcessFile, isRunnerVariable, RUNNER_VARIABLE } from '../domain/runner-variables.ts'
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

/** GitHub keeps caches of a pull request apart from those of branches; a registry or a bucket does not. */
const HARMLESS_CACHES: ReadonlySet<string> = new Set(['gha', 'inline', 'local'])

function refuseCaches(values: Values, refuse: Refuse): void {
  if (!isFromFile(values, 'cache-to')) return
  const types = values.list('cache-to').map((entry) => attribute(entry, 'type') ?? 'registry')
  const written = types.filter((type) => !HARMLESS_CACHES.has(type))
  if (written.length > 0) refuse('cache-to', `type=${written[0] ?? ''}`)
}

/** Inputs that name files, and which parts of their entries are paths. */
const PATHS = {
  context: (entry: string) => (isAddress(entry) ? [] : [entry]),
  file: (entry: string) => [entry],
  'smoke-file': (entry: string) => [entry],
  'secret-files': (entry: string) => [after(entry)],
  'build-contexts': (entry: string) => pathOfContext(after(entry)),
  'cache-from': (entry: string) => given(attribute(entry, 'src')),
  'cache-to': (entry: string) => given(attribute(entry, 'dest')),
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
  return remoteContext(value) !== undefined || value.startsWith('{{defaultContext}}')
}

/** `type=local,src=/cache` → the value of one attribute. */
function attribute(entry: string, name: string): string | undefined {
  return entry
    .split(',')
    .find((field) => field.trim().startsWith(`${name}=`))
    ?.trim()
    .slice(name.length + 1)
}

function given<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value]
}

function after(entry: string): string {
  return entry.slice(entry.indexOf('=') + 1)
}
