/**
 * Durations and shares of a processor, as Docker's client reads them. undefined: the text is not one. Docker's durations
 * are those of Go: they have signs, nanoseconds and `.5s`, and no days, so they are not the product's own.
 */

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
}

/** `1m30s` as nanoseconds. */
export function nanoseconds(text: string): number | undefined {
  const [, sign = '', rest = ''] = /^([-+]?)(.*)$/.exec(text) ?? []
  if (rest === '0') return 0
  const parts = [...rest.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)]
  const isWhole = parts.length > 0 && parts.map(([part]) => part).join('') === rest
  if (!isWhole || parts.some(([, whole, fraction]) => whole === '' && (fraction ?? '') === '')) return undefined
  const sum = parts.reduce((total, [, whole, fraction = '', unit]) => {
    const size = UNITS[unit ?? ''] ?? 0n
    return total + BigInt(whole || '0') * size + (BigInt(fraction || '0') * size) / 10n ** BigInt(fraction.length)
  }, 0n)
  return Number(sign === '-' ? -sum : sum)
}

/** `0.5` of a processor as billionths; `1/4` too. */
export function nanoCpus(text: string): number | undefined {
  const match = /^(\d+(?:\.\d*)?|\.\d+)(?:\/(\d+))?$/.exec(text)
  if (!match) return undefined
  const share = (Number(match[1]) * 1e9) / Number(match[2] ?? '1')
  const whole = Math.round(share)
  return Math.abs(share - whole) < 1e-3 ? whole : undefined
}
