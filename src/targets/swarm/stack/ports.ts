/** The ports of a service: short forms as Docker's client takes them apart. */
import type { Faults } from './faults.ts'
import { isNode, listOf, numberOf, textOf } from './values.ts'

export interface Port {
  readonly target: number
  readonly published?: number
  readonly protocol?: string
  readonly mode?: string
}

export function portsOf(value: unknown, at: string, faults: Faults): Port[] {
  return listOf(value).flatMap((item, index) => {
    const where = `${at}[${String(index)}]`
    if (!isNode(item)) return shortPorts(textOf(item) ?? '', where, faults)
    const target = numberOf(item.target)
    if (target === undefined) {
      faults.add(`${where}.target`, 'is missing')
      return []
    }
    const [published, protocol, mode] = [numberOf(item.published), textOf(item.protocol), textOf(item.mode)]
    return [
      {
        target,
        ...(published === undefined ? {} : { published }),
        ...(protocol === undefined ? {} : { protocol }),
        ...(mode === undefined ? {} : { mode }),
      },
    ]
  })
}

/** Every address is what Swarm publishes on; a single one it cannot have. */
const PORT = /^(?:(?:0\.0\.0\.0|\[?::\]?):)?(?:(?:(\d+)(?:-(\d+))?)?:)?(\d+)(?:-(\d+))?(?:\/([a-z]*))?$/i

/** `80`, `8080:80`, `8000-8009:9000-9009/udp`; a range published for one port spreads over it. */
function shortPorts(text: string, at: string, faults: Faults): Port[] {
  const match = PORT.exec(text)
  const protocol = (match?.[5] || 'tcp').toLowerCase()
  if (!match || !['tcp', 'udp', 'sctp'].includes(protocol)) {
    const address = /:.*:/.test(text) ? ': Swarm cannot publish on one address' : ''
    faults.add(at, `"${text}" is not a port such as 8080:80${address}`)
    return []
  }
  const [from, to, first = 0, last] = match.slice(1, 5).map((part) => (part ? Number(part) : undefined))
  const end = last ?? first
  const publishedEnd = to ?? from
  if (
    end < first ||
    (from !== undefined && (publishedEnd ?? from) < from) ||
    Math.max(end, publishedEnd ?? 0) > 65_535
  ) {
    faults.add(at, `"${text}" is not a range of ports`)
    return []
  }
  const count = end - first + 1
  const common = { protocol, mode: 'ingress' }
  if (from === undefined || publishedEnd === undefined) {
    return numbers(first, count).map((target) => ({ target, ...common }))
  }
  const published = publishedEnd - from + 1
  if (count === 1) return numbers(from, published).map((port) => ({ target: first, published: port, ...common }))
  if (published !== count) {
    faults.add(at, `the ranges of "${text}" have different lengths`)
    return []
  }
  return numbers(from, count).map((port, index) => ({ target: first + index, published: port, ...common }))
}

function numbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index)
}
