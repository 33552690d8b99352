import * as v from 'valibot'
import { DeployError } from '../../errors/deploy-error.ts'
import type { KubeAnswer, KubeApi, KubeRequest } from '../../ports.ts'
import { StatusSchema } from './schema.ts'

export const FIELD_MANAGER = 'immutable-deploy'
export const STRATEGIC = 'application/strategic-merge-patch+json'
export const MERGE = 'application/merge-patch+json'
export const JSON_PATCH = 'application/json-patch+json'
export const APPLY = 'application/apply-patch+yaml'

/** What the API says about a refused request. */
export function messageOf({ status, body }: KubeAnswer): string {
  const parsed = v.safeParse(StatusSchema, body)
  const text = parsed.success && parsed.output.message ? parsed.output.message : typeof body === 'string' ? body : ''
  return text.trim().slice(0, 1000) || `HTTP ${String(status)}`
}

/** A refusal as an error of the catalogue. `what` begins the sentence: `deployment/web could not be patched`. */
export function refusal(answer: KubeAnswer, what: string): DeployError {
  const message = `${what}: ${messageOf(answer)}`
  switch (answer.status) {
    case 401:
    case 403:
      return new DeployError('target-denied', message)
    case 404:
      return new DeployError('workload-gone', message)
    case 409:
      return new DeployError('another-rollout', message)
    case 400:
    case 415:
    case 422:
      return new DeployError('manifest-invalid', message, {
        fix: 'Correct what the cluster names; nothing of this object was changed.',
      })
    default:
      return new DeployError('target-unreachable', message)
  }
}

/** GET of one object: undefined when it does not exist. @throws DeployError */
export async function read<T>(
  api: KubeApi,
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
