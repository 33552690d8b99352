import * as v from 'valibot'
import { DeployError } from '../../../errors/deploy-error.ts'
import type { KubeAnswer, KubeRequest } from '../../../ports.ts'
import type { Cluster } from './cluster.ts'
import { StatusSchema } from './schema.ts'

export const FIELD_MANAGER = 'immutable-deploy'
export const STRATEGIC = 'application/strategic-merge-patch+json'
export const MERGE = 'application/merge-patch+json'
export const JSON_PATCH = 'application/json-patch+json'
export const APPLY = 'application/apply-patch+yaml'

const MESSAGE_CHARACTERS = 1000

/** What the API says about a refused request. The cause may stand at either end: a long text loses its middle. */
export function messageOf({ status, body }: KubeAnswer): string {
  const parsed = v.safeParse(StatusSchema, body)
  const text = parsed.success && parsed.output.message ? parsed.output.message : typeof body === 'string' ? body : ''
  const reported = withoutDumps(text.trim())
  if (reported.length <= MESSAGE_CHARACTERS) return reported || `HTTP ${String(status)}`
  const half = MESSAGE_CHARACTERS / 2
  return `${reported.slice(0, half)} … ${reported.slice(-half)}`
}

/** `Invalid value: core.PodTemplateSpec{…}: field is immutable`: what the API's own memory looks like helps nobody. */
function withoutDumps(text: string): string {
  let rest = text
  let kept = ''
  for (;;) {
    const begin = /\b[a-z][A-Za-z0-9]*\.[A-Z][A-Za-z0-9]*\{/.exec(rest)
    const end = begin ? endOfBraces(rest, begin.index + begin[0].length) : undefined
    if (!begin || end === undefined) return kept + rest
    kept += `${rest.slice(0, begin.index)}${begin[0]}…}`
    rest = rest.slice(end)
  }
}

function endOfBraces(text: string, start: number): number | undefined {
  let depth = 1
  const tokens = /"(?:[^"\\]|\\.)*"|[{}]/g
  tokens.lastIndex = start
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    if (token[0] === '{') depth++
    else if (token[0] === '}' && --depth === 0) return tokens.lastIndex
  }
  return undefined
}

const INVALID: ReadonlySet<number> = new Set([400, 413, 415, 422])

/** A refusal as an error of the catalogue. `what` begins the sentence: `deployment/web could not be patched`. */
export function refusal(answer: KubeAnswer, what: string): DeployError {
  const { status } = answer
  const reported = messageOf(answer)
  const message = `${what}: ${reported}`
  if (status === 401 || status === 403) return new DeployError('target-denied', message)
  if (status === 404) return new DeployError('workload-gone', message)
  if (status === 409) return new DeployError('another-rollout', message)
  // Server-side apply answers what does not fit the kind's schema with 500.
  if (INVALID.has(status) || isSchemaFault(reported)) {
    return new DeployError('manifest-invalid', message, {
      fix: 'Correct what the cluster names; nothing of this object was changed.',
    })
  }
  const isSilent = status === 0 || status === 429 || status > 500 || reported === `HTTP ${String(status)}`
  return new DeployError(isSilent ? 'target-unreachable' : 'target-error', message)
}

function isSchemaFault(message: string): boolean {
  return /^failed to create typed patch object|field not declared in schema/.test(message)
}

/** GET of one object: undefined when it does not exist. @throws DeployError */
export async function read<T>(
  { api }: Pick<Cluster, 'api'>,
  path: string,
  schema: v.GenericSchema<unknown, T>,
  options: KubeRequest = {},
): Promise<T | undefined> {
  const answer = await api.request('GET', path, options)
  if (answer.status === 404) return undefined
  if (answer.status !== 200) throw refusal(answer, `${path} could not be read`)
  return parse(schema, answer.body, path)
}

export function parse<T>(schema: v.GenericSchema<unknown, T>, body: unknown, path: string): T {
  const parsed = v.safeParse(schema, body)
  if (parsed.success) return parsed.output
  const issue = parsed.issues[0]
  const where = issue.path?.map((part) => String(part.key)).join('.') ?? ''
  throw new DeployError(
    'internal-error',
    `the cluster's answer for ${path} is not understood: ${where}: ${issue.message}`,
  )
}
