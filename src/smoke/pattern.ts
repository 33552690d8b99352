import { createContext, Script } from 'node:vm'
import type { Duration } from '../domain/duration.ts'

/** `text` contained, `!text` absent, `/regex/` matching, `!/regex/` not matching. */
export interface Pattern {
  /** As it was written. */
  readonly source: string
  readonly absent: boolean
  readonly needle: string | RegExp
}

/** A backtracking pattern on a text made for it may never end, and nothing else runs meanwhile: not even a timer. */
const LONGEST_MATCH_MS: Duration = 500

/** @throws SyntaxError for a bad regular expression */
export function parsePattern(source: string): Pattern {
  const absent = source.startsWith('!')
  const rest = absent ? source.slice(1) : source
  const isRegex = rest.length > 2 && rest.startsWith('/') && rest.endsWith('/')
  return { source, absent, needle: isRegex ? new RegExp(rest.slice(1, -1), 'mu') : rest }
}

/** undefined: it took too long to find out. */
export function holds(pattern: Pattern, text: string): boolean | undefined {
  const found = typeof pattern.needle === 'string' ? text.includes(pattern.needle) : matches(pattern.needle, text)
  return found === undefined ? undefined : found !== pattern.absent
}

/** The first pattern that does not hold, as a sentence about `what`; undefined when all hold. */
export function broken(patterns: readonly Pattern[], text: string, what: string): string | undefined {
  for (const pattern of patterns) {
    const held = holds(pattern, text)
    if (held === undefined) return tooSlow(pattern, what)
    if (held) continue
    return pattern.absent
      ? `${what} contains ${pattern.source.slice(1)}, which must not be there`
      : `${what} does not contain ${pattern.source}`
  }
  return undefined
}

/** It neither holds nor is broken. */
export function tooSlow({ source }: Pattern, what: string): string {
  return `${source} was stopped after ${String(LONGEST_MATCH_MS)} ms on ${what}: simplify it`
}

interface Bench {
  readonly context: { pattern: RegExp; text: string }
  readonly script: Script
}
let bench: Bench | undefined

/** In a context that the engine can stop from outside: the only way that costs no thread. */
function matches(pattern: RegExp, text: string): boolean | undefined {
  bench ??= createBench()
  const { context, script } = bench
  Object.assign(context, { pattern, text })
  try {
    return script.runInContext(context, { timeout: LONGEST_MATCH_MS }) === true
  } catch (error) {
    if (isTimeout(error)) return undefined
    throw error
  } finally {
    Object.assign(context, { text: '' })
  }
}

/** Not an Error of this context. */
function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
}

function createBench(): Bench {
  const context = { pattern: /^/, text: '' }
  createContext(context)
  return { context, script: new Script('pattern.test(text)') }
}

/**
 * The same for a text of which only the beginning was kept: what it does not contain there may come later.
 * @param limit how much is kept, where this text is longer
 */
export function brokenInStart(
  patterns: readonly Pattern[],
  text: string,
  limit: string | undefined,
  what: string,
): string | undefined {
  if (limit === undefined) return broken(patterns, text, what)
  const unsure = patterns.find((pattern) => holds({ ...pattern, absent: false }, text) === false)
  if (unsure) return `${what} is larger than ${limit}, of which all would have to be seen for ${unsure.source}`
  return broken(patterns, text, what)
}
