/** Reads loosely typed values of a stack file; everything that does not fit is noted, nothing is guessed. */
export type Node = Readonly<Record<string, unknown>>

export class Faults {
  readonly list: string[] = []
  readonly warnings: string[] = []

  add(path: string, problem: string): void {
    this.list.push(`${path}: ${problem}`)
  }

  /** Keys outside `known` are refused by name; `x-…` is the user's own. */
  only(node: Node, path: string, known: readonly string[]): void {
    for (const key of Object.keys(node)) {
      if (!known.includes(key) && !key.startsWith('x-')) this.add(`${path}.${key}`, 'is not supported here')
    }
  }

  node(value: unknown, path: string): Node {
    if (value === undefined || value === null) return {}
    if (typeof value === 'object' && !Array.isArray(value)) return value as Node
    this.add(path, 'must be a mapping')
    return {}
  }

  text(value: unknown, path: string): string | undefined {
    if (value === undefined || value === null) return undefined
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
    this.add(path, 'must be a text')
    return undefined
  }

  number(value: unknown, path: string): number | undefined {
    const text = this.text(value, path)
    if (text === undefined) return undefined
    const number = Number(text)
    if (text.trim() !== '' && Number.isFinite(number)) return number
    this.add(path, `"${text}" is no number`)
    return undefined
  }

  boolean(value: unknown, path: string): boolean | undefined {
    if (value === undefined || value === null) return undefined
    if (value === true || value === 'true') return true
    if (value === false || value === 'false') return false
    this.add(path, 'must be true or false')
    return undefined
  }

  items(value: unknown, path: string): readonly unknown[] {
    if (value === undefined || value === null) return []
    if (Array.isArray(value)) return value as unknown[]
    this.add(path, 'must be a list')
    return []
  }

  texts(value: unknown, path: string): string[] {
    const items = typeof value === 'string' ? [value] : this.items(value, path)
    return items.map((item, index) => this.text(item, `${path}[${String(index)}]`) ?? '')
  }

  /** `a: b` or `- a=b`; a name without a value is looked up by `missing`. */
  pairs(
    value: unknown,
    path: string,
    missing: (name: string) => string | undefined = () => '',
  ): Record<string, string> {
    const entries: [string, string | undefined][] = Array.isArray(value)
      ? this.texts(value, path).map((text) => {
          const equals = text.indexOf('=')
          return equals < 0 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)]
        })
      : Object.entries(this.node(value, path)).map(([key, item]) => [key, this.text(item, `${path}.${key}`)])
    const known = entries.map(([key, item]): [string, string | undefined] => [key, item ?? missing(key)])
    return Object.fromEntries(known.filter((entry): entry is [string, string] => entry[1] !== undefined))
  }

  /** `1m30s` as nanoseconds. */
  duration(value: unknown, path: string): number | undefined {
    const text = this.text(value, path)
    if (text === undefined) return undefined
    if (text === '0') return 0
    const units: Record<string, number> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 }
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g)]
    if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
      this.add(path, `"${text}" is no duration such as 10s or 1m30s`)
      return undefined
    }
    return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0), 0)
  }

  /** `512M`, `1g`, `64kb` as bytes; powers of 1024 as Docker reads them. */
  bytes(value: unknown, path: string): number | undefined {
    const text = this.text(value, path)
    if (text === undefined) return undefined
    const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(text)
    if (!match) {
      this.add(path, `"${text}" is no size such as 512M`)
      return undefined
    }
    const power = ' kmgt'.indexOf((match[2] ?? '').toLowerCase() || ' ')
    return Math.round(Number(match[1]) * 1024 ** power)
  }
}

/** The object without what is undefined or empty: the engine has its own defaults. */
export function compact<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(value as Record<string, unknown>).filter(([, item]) => !isEmpty(item))
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

function isEmpty(item: unknown): boolean {
  if (item === undefined) return true
  if (Array.isArray(item)) return item.length === 0
  return typeof item === 'object' && item !== null && Object.keys(item).length === 0
}
