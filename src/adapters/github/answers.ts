/** What an answer of GitHub's API that is not a good one means. */
import * as v from 'valibot'
import { cut, oneLine } from '../../domain/text.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { GitHubCall } from '../../ports.ts'
import { retryAfter } from '../registry/retry.ts'
import type { Answer } from '../registry/wire.ts'

const Refusal = v.object({
  message: v.optional(v.string(), ''),
  errors: v.optional(
    v.array(v.union([v.string(), v.object({ message: v.optional(v.string(), ''), code: v.optional(v.string(), '') })])),
    [],
  ),
})

/** GitHub has no header for it: it asks to wait at least a minute then. */
const SECONDARY_LIMIT_MS = 60_000

/** The body of a good answer; undefined where it has none. */
export function parsed({ body, asked }: Answer): unknown {
  if (body.length === 0) return undefined
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch {
    throw new DeployError('github-unavailable', `${asked} was not answered with JSON`)
  }
}

/** GitHub's own words, in one line: hostile text. */
function words({ body }: Answer): string {
  try {
    const { message, errors } = v.parse(Refusal, JSON.parse(body.toString('utf8')))
    const details = errors.map((error) => (typeof error === 'string' ? error : error.message || error.code))
    return cut(oneLine([message, ...details].filter((text) => text !== '').join('; ')), 300)
  } catch {
    return ''
  }
}

/** The primary limit and the secondary ones, which come as 403 too. */
export function isRateLimited(answer: Answer): boolean {
  if (answer.status === 429) return true
  if (answer.status !== 403) return false
  const { headers } = answer
  return (
    headers['retry-after'] !== undefined ||
    headers['x-ratelimit-remaining'] === '0' ||
    /rate limit/i.test(words(answer))
  )
}

/** Milliseconds that GitHub asks to wait; undefined where it does not say. */
export function waitOf(answer: Answer, now: number): number | undefined {
  const asked = retryAfter(answer.headers['retry-after'], now)
  if (asked !== undefined) return asked
  const reset = Number(answer.headers['x-ratelimit-reset'])
  if (answer.headers['x-ratelimit-remaining'] === '0' && reset > 0) return Math.max(0, reset * 1000 - now)
  return isRateLimited(answer) ? SECONDARY_LIMIT_MS : undefined
}

function evidenceOf(answer: Answer): string[] {
  const text = words(answer)
  return [`${answer.asked} answered ${String(answer.status)}${text === '' ? '' : `: ${text}`}`]
}

export function deniedBy(host: string, { needs, method, path }: GitHubCall, answer: Answer): DeployError {
  const what = `${host} refuses ${method} ${path.split('?')[0] ?? ''} (${String(answer.status)}): the token lacks ${needs}`
  return new DeployError('github-denied', what, {
    evidence: evidenceOf(answer),
    fix: `Give the job "permissions: ${needs}".`,
  })
}

export function refusedBy(host: string, { method, path }: GitHubCall, answer: Answer): DeployError {
  const what = `${host} does not accept ${method} ${path.split('?')[0] ?? ''} (${String(answer.status)}): ${words(answer)}`
  return new DeployError('github-refused', what, { evidence: evidenceOf(answer) })
}

export function unavailable(host: string, why: string, answer?: Answer): DeployError {
  const details = answer ? { evidence: evidenceOf(answer) } : {}
  return new DeployError('github-unavailable', `${host} does not answer: ${cut(oneLine(why), 200)}`, details)
}
