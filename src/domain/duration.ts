/** Milliseconds. */
export type Duration = number

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

function isUnit(text: string | undefined): text is keyof typeof UNITS {
  return text !== undefined && Object.hasOwn(UNITS, text)
}

/** Parses `500ms`, `10s`, `1m30s`, `2h`, `7d`; undefined when the text is not a duration (a bare number has no unit: refused, but for 0). */
export function parseDuration(text: string): Duration | undefined {
  const trimmed = text.trim()
  if (trimmed === '0') return 0
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(trimmed)) return undefined
  let total = 0
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (isUnit(unit) ? UNITS[unit] : Number.NaN)
  }
  return Math.round(total)
}

function joined(amount: number, base: number, [large, small]: readonly [string, string]): string {
  const [whole, rest] = [Math.floor(amount / base), amount % base]
  return rest === 0 ? `${String(whole)}${large}` : `${String(whole)}${large}${String(rest)}${small}`
}

/** `850ms`, `4.2s`, `3m10s`, `7d`: as short as stays exact enough to read. */
export function formatDuration(ms: Duration): string {
  if (ms < 1000) return `${String(Math.round(ms))}ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1).replace(/\.0$/, '')}s`
  if (ms >= UNITS.d && ms % UNITS.h === 0) return joined(ms / UNITS.h, 24, ['d', 'h'])
  return joined(Math.round(ms / 1000), 60, ['m', 's'])
}
