/** The check engine: knows containers and addresses, knows nothing of GitHub. Heavy parts are loaded when used. */
import type { Document } from '../domain/request.ts'
import type { Parsed } from './parse/index.ts'
import type { Variables } from './parse/variables.ts'
import type { LiveOptions } from './live.ts'
import type { SmokeReport } from '../ports.ts'
import type { SmokeOptions } from './context.ts'

export { junit } from './junit.ts'
export { defaultSpec, missingSecrets, secretNames } from './spec.ts'
export type { SmokeSpec } from './spec.ts'
export type { SmokeOptions } from './context.ts'
export type { LiveOptions } from './live.ts'
export type { Parsed } from './parse/index.ts'
export type { Variables } from './parse/variables.ts'

/**
 * Reads a smoke file (YAML); every fault comes with its line, an example and what was probably meant.
 * @param variables values of `${sha}` and friends; a name with the value `undefined` is known but has no value yet
 * @param folder what `env-file` is relative to
 */
export async function parseSmoke(document: Document, variables: Variables, folder = '.'): Promise<Parsed> {
  const { parse } = await import('./parse/index.ts')
  return parse(document, variables, folder)
}

/** See run.ts. */
export async function runSmoke(options: SmokeOptions): Promise<SmokeReport> {
  return (await import('./run.ts')).runSmoke(options)
}

/** See live.ts. */
export async function runLiveChecks(options: LiveOptions): Promise<SmokeReport> {
  return (await import('./live.ts')).runLiveChecks(options)
}
