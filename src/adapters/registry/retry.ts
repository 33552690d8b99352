import type { Clock } from '../../ports.ts'
import { throwIfAborted } from '../../errors/deploy-error.ts'
import { errorCodes } from './failure.ts'
import { faultCode } from './fault.ts'
import type { Answer } from './wire.ts'

const TRIES = 3
const LONGEST_WAIT_MS = 60_000
/** After a wait as long as this the failure is not a short one, and asking again would only add to the wait. */
const PATIENCE_MS = 25_000
const RETRIED_STATUS: ReadonlySet<number> = new Set([408, 429, 499, 500, 502, 503, 504, 522])
const RETRIED_ERROR: ReadonlySet<string> = new Set(['TOOMANYREQUESTS', 'UNAVAILABLE', 'UNKNOWN'])
const RETRIED_FAULT: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EPIPE',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

export interface RetryPolicy {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly tries?: number
  /** In [0, 1): spreads the waits of runs that failed together. */
  readonly random?: () => number
  readonly onWait?: (ms: number, tried: number, why: string) => void
}

/**
 * Repeats an idempotent exchange while its failure is one that passes by itself.
 * Resolves with the last answer, whatever it says; rejects with the last fault of the wire.
 */
export async function withRetries(exchange: () => Promise<Answer>, policy: RetryPolicy): Promise<Answer> {
  const { clock, signal, tries = TRIES, random = Math.random } = policy
  let spent = 0
  for (let tried = 1; ; tried += 1) {
    throwIfAborted(signal)
    const started = clock.now()
    const attempt = await settle(exchange)
    throwIfAborted(signal)
    spent += clock.now() - started
    if (tried >= tries || spent >= PATIENCE_MS || !isPassing(attempt))
      return attempt.is === 'answer' ? attempt.answer : rethrow(attempt.fault)
    const asked = attempt.is === 'answer' ? retryAfter(attempt.answer.headers['retry-after'], clock.now()) : undefined
    const wait = asked ?? backoff(tried, random())
    policy.onWait?.(wait, tried, attempt.is === 'answer' ? String(attempt.answer.status) : faultCode(attempt.fault))
    await clock.sleep(wait, signal)
  }
}

type Attempt = { is: 'answer'; answer: Answer } | { is: 'fault'; fault: unknown }

async function settle(exchange: () => Promise<Answer>): Promise<Attempt> {
  try {
    return { is: 'answer', answer: await exchange() }
  } catch (fault) {
    return { is: 'fault', fault }
  }
}

function rethrow(fault: unknown): never {
  throw fault
}

function isPassing(attempt: Attempt): boolean {
  if (attempt.is === 'fault') return RETRIED_FAULT.has(faultCode(attempt.fault))
  const { answer } = attempt
  if (RETRIED_STATUS.has(answer.status)) return true
  return answer.status >= 400 && answer.status !== 401 && errorCodes(answer).some((code) => RETRIED_ERROR.has(code))
}

/** Milliseconds that a `Retry-After` header (seconds or a date) asks for, never above the longest wait. */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const wait = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST_WAIT_MS)
}

/**
 * 0.3 s, 3 s, … each a quarter more or less. The first is for short failures: distribution answers 500 to a read that
 * meets a write of the same manifest.
 */
export function backoff(tried: number, random: number): number {
  return Math.round(300 * 10 ** (tried - 1) * (0.75 + random / 2))
}
