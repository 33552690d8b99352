/**
 * `512M`, `1g`, `64kb`, `.5gib` in bytes, whole; undefined when the text is not a size. Units are powers of 1024.
 * @param decimalB whether `kB`, `MB`, `GB` are powers of 1000, as Docker's tools print image sizes
 */
export function parseSize(text: string, decimalB = false): number | undefined {
  const match = /^(\d+\.?\d*|\.\d+)\s*(?:([kmgtp])(i?b)?|b)?$/i.exec(text.trim())
  if (!match) return undefined
  const [, amount, unit = '', suffix = ''] = match
  const base = decimalB && suffix.toLowerCase() === 'b' ? 1000 : 1024
  return Math.trunc(Number(amount) * base ** ' kmgtp'.indexOf(unit.toLowerCase() || ' '))
}
