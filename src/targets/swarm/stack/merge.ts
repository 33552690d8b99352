/** Several stack files as one, as `docker stack deploy -c one -c other` merges them. */
import type { Config, Section } from './load.ts'
import { SECTIONS } from './load.ts'
import type { Node } from './values.ts'
import { isNode, listOf, nodeOf, numberOf, textOf } from './values.ts'

type Merge = (base: unknown, override: unknown) => unknown

export function mergeConfigs([first, ...others]: readonly [Config, ...Config[]]): Config {
  return others.reduce((base, override) => {
    const sections = SECTIONS.map((kind): [Section, Config[Section]] => [kind, mergeSection(kind, base, override)])
    return { ...base, ...Object.fromEntries(sections) }
  }, first)
}

/** Services are merged key by key; a network, volume, secret or config that is named again is replaced. */
function mergeSection(kind: Section, base: Config, override: Config): Readonly<Record<string, Node>> {
  if (kind !== 'services') return { ...base[kind], ...override[kind] }
  const both = Object.entries(override.services).map(([key, service]) => {
    const own = base.services[key]
    return [key, own === undefined ? service : mergeNodes(own, service, SPECIAL)]
  })
  return { ...base.services, ...Object.fromEntries(both) } as Readonly<Record<string, Node>>
}

const SPECIAL: Readonly<Record<string, Merge>> = {
  command: replaced,
  entrypoint: replaced,
  ports: byKey(
    (port) => String(numberOf(port.published) ?? 0),
    (one, other) => (numberOf(one.published) ?? 0) - (numberOf(other.published) ?? 0),
  ),
  volumes: byKey((volume) => textOf(volume.target) ?? ''),
  secrets: byKey((secret) => textOf(secret.source) ?? ''),
  configs: byKey((config) => textOf(config.source) ?? ''),
  ulimits: (base, override) => ({ ...nodeOf(base), ...nodeOf(override) }),
  environment: (base, override) => ({ ...nodeOf(base), ...nodeOf(override) }),
  networks: mergeNetworks,
  logging: mergeLogging,
}

function replaced(base: unknown, override: unknown): unknown {
  return listOf(override).length > 0 ? override : base
}

/** One entry a key, the later one counts; sorted by the key. */
function byKey(keyOf: (item: Node) => string, order?: (one: Node, other: Node) => number): Merge {
  return (base, override) => {
    if (listOf(base).length === 0) return override
    const all = [...listOf(base), ...listOf(override)].map(nodeOf)
    const last = new Map(all.map((item) => [keyOf(item), item]))
    return [...last.values()].sort(order ?? ((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)))
  }
}

function mergeNetworks(base: unknown, override: unknown): unknown {
  const own = nodeOf(base)
  const entries = Object.entries(nodeOf(override)).map(([key, network]) => {
    if (!isNode(network)) return [key, own[key] ?? null]
    return [key, { ...nodeOf(own[key]), ...network, aliases: network.aliases }]
  })
  return { ...own, ...(Object.fromEntries(entries) as Node) }
}

/** Options of one driver come together; another driver brings its own. */
function mergeLogging(base: unknown, override: unknown): unknown {
  const [own, next] = [nodeOf(base), nodeOf(override)]
  if (override === undefined || base === undefined) return override ?? base
  const [driver, nextDriver] = [textOf(own.driver) ?? '', textOf(next.driver) ?? '']
  if (driver !== '' && nextDriver !== '' && driver !== nextDriver) return next
  return { driver: driver || nextDriver, options: { ...nodeOf(own.options), ...nodeOf(next.options) } }
}

/** Mappings key by key, lists one behind the other; of scalars the later one counts unless it is empty. */
function mergeNodes(base: Node, override: Node, special: Readonly<Record<string, Merge>> = {}): Node {
  const entries = Object.entries(override).map(([key, item]) => [key, (special[key] ?? mergeValues)(base[key], item)])
  return { ...base, ...(Object.fromEntries(entries) as Node) }
}

function mergeValues(base: unknown, override: unknown): unknown {
  if (isNode(base) && isNode(override)) return mergeNodes(base, override)
  if (Array.isArray(base) && Array.isArray(override)) return [...(base as unknown[]), ...(override as unknown[])]
  const isEmpty = override === undefined || override === null || override === '' || override === false
  return isEmpty && base !== undefined ? base : override
}
