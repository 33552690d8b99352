/** `text` contained, `!text` absent, `/regex/` matching, `!/regex/` not matching. */
export interface Pattern {
  /** As it was written. */
  readonly source: string
  readonly absent: boolean
  readonly needle: string | RegExp
}

/** @throws SyntaxError for a bad regular expression */
export function parsePattern(source: string): Pattern {
  const absent = source.startsWith('!')
  const rest = absent ? source.slice(1) : source
  const isRegex = rest.length > 2 && rest.startsWith('/') && rest.endsWith('/')
  return { source, absent, needle: isRegex ? new RegExp(rest.slice(1, -1), 'mu') : rest }
}

export function holds(pattern: Pattern, text: string): boolean {
  const found = typeof pattern.needle === 'string' ? text.includes(pattern.needle) : pattern.needle.test(text)
  return found !== pattern.absent
}

/** The first pattern that does not hold, as a sentence about `what`; undefined when all hold. */
export function broken(patterns: readonly Pattern[], text: string, what: string): string | undefined {
  const first = patterns.find((pattern) => !holds(pattern, text))
  if (!first) return undefined
  return first.absent
    ? `${what} contains ${first.source.slice(1)}, which must not be there`
    : `${what} does not contain ${first.source}`
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
  const unsure = patterns.find((pattern) => !holds({ ...pattern, absent: false }, text))
  if (unsure) return `${what} is larger than ${limit}, of which all would have to be seen for ${unsure.source}`
  return broken(patterns, text, what)
}
