/** One service of the files as a preview has it: nothing of it takes production's traffic or data. */
import type { Faults } from '../stack/faults.ts'
import type { Node } from '../stack/values.ts'
import { listOf, nodeOf, numberOf, pairsOf, textOf, textsOf } from '../stack/values.ts'
import { caddyLabels } from './caddy.ts'
import type { Notes } from './notes.ts'
import type { Beside, Label } from './template.ts'
import { isTemplated, isTemplatedLabel, labelsBeside, ownItems, partBeside, sharedHosts } from './template.ts'
import type { TraefikScope } from './traefik.ts'
import { traefikLabels, traefikScope } from './traefik.ts'

export interface ServiceContext {
  /** Of the networks that production uses too, by key: their names. */
  readonly shared: ReadonlyMap<string, string>
  readonly traefik: TraefikScope
  readonly notes: Notes
  readonly faults: Faults
}

export interface AdaptedService {
  readonly service: Node
  /** Hosts in labels of proxies that stay. */
  readonly hosts: readonly string[]
  /** Where a proxy shows it. */
  readonly url: string | undefined
}

/** Proxies that read a container's environment. */
const PROXY_VARIABLES = /^(?:VIRTUAL_HOST|VIRTUAL_HOST_MULTIPORTS|LETSENCRYPT_HOST)$/

export function adaptService(key: string, beside: Beside, context: ServiceContext): AdaptedService {
  const { own } = beside
  const service = proxyLabels(key, partBeside(beside, 'deploy'), context)
  const container = proxyLabels(key, beside, context)
  const adapted: Record<string, unknown> = {
    ...own,
    labels: container.labels,
    deploy: { ...nodeOf(own.deploy), labels: service.labels },
    environment: environmentOf(key, beside, context.notes),
    ports: portsOf(key, beside, context.notes),
    networks: attachmentsOf(beside, context.shared),
    volumes: volumesOf(key, beside, context),
  }
  // On a network that production uses too, its name would be production's there.
  if (joinsShared(own, context) && textOf(own.hostname) && !isTemplated(beside, 'hostname')) {
    context.notes.leftOut(key, `hostname ${textOf(own.hostname) ?? ''}`)
    delete adapted.hostname
  }
  return { service: adapted, hosts: [...service.hosts, ...container.hosts], url: service.url ?? container.url }
}

interface Proxied {
  readonly labels: Readonly<Record<string, string>>
  readonly hosts: readonly string[]
  readonly url: string | undefined
}

/** Only Docker's client and this product write these. */
const RESERVED = /^(?:com\.docker\.stack|dev\.immutable-deploy)\./

/** Labels make others do something with the service: of all that are not templated, only those of its own site stay. */
function proxyLabels(key: string, beside: Beside, { traefik: scope, notes, shared }: ServiceContext): Proxied {
  const all = labelsBeside(beside)
  const isCaddy = ({ key: name }: Label): boolean => /^caddy(?:_\d+)?(?:\.|$)/.test(name)
  const traefik = traefikLabels(all.filter(isTraefik), scope)
  const caddy = caddyLabels(all.filter(isCaddy))
  const others = all.filter((label) => !isTraefik(label) && !isCaddy(label))
  const kept = [
    ...others.filter(isOwnLabel).map(({ key: name, value }) => ({ from: name, key: name, value })),
    ...traefik.labels,
    ...caddy.labels,
  ].filter((label) => !RESERVED.test(label.key))
  for (const { key: name } of all) if (!kept.some(({ from }) => from === name)) notes.leftOut(key, `label ${name}`)
  const labels = Object.fromEntries(kept.map((label) => [label.key, label.value]))
  return {
    labels: { ...labels, ...proxyNetwork(traefik.routers.length > 0, labels, shared) },
    hosts: [...traefik.routers.flatMap(({ hosts }) => hosts), ...caddy.hosts],
    url: traefik.routers.find(({ url }) => url !== undefined)?.url ?? caddy.url,
  }
}

function isTraefik({ key }: Label): boolean {
  return /^traefik\./i.test(key)
}

/** What the labels of all services and containers say to Traefik. */
export function traefikScopeOf(services: readonly Beside[], preview: string): TraefikScope {
  const lists = services.flatMap((beside) => [partBeside(beside, 'deploy'), beside].map(labelsBeside))
  return traefikScope(
    lists.map((labels) => labels.filter(isTraefik)),
    preview,
  )
}

function isOwnLabel(label: Label): boolean {
  return isTemplatedLabel(label) && sharedHosts(label.value, label.otherValue).length === 0
}

/** A service on a shared network has one of its own beside it: Traefik is told on which one they meet. */
function proxyNetwork(
  isRouted: boolean,
  labels: Readonly<Record<string, string>>,
  shared: ReadonlyMap<string, string>,
): Record<string, string> {
  const keys = ['traefik.docker.network', 'traefik.swarm.network']
  const [network, ...others] = shared.values()
  if (!isRouted || network === undefined || others.length > 0 || keys.some((key) => labels[key] !== undefined))
    return {}
  return Object.fromEntries(keys.map((key) => [key, network]))
}

function environmentOf(key: string, { own, other }: Beside, notes: Notes): Readonly<Record<string, string | null>> {
  const [mine, theirs] = [pairsOf(own.environment), pairsOf(other.environment)]
  const isLeft = ([name, value]: readonly [string, string | null]): boolean => {
    const beside = theirs[name]
    return PROXY_VARIABLES.test(name) && (value === beside || sharedHosts(value ?? '', beside ?? '').length > 0)
  }
  const entries = Object.entries(mine)
  for (const [name] of entries.filter(isLeft)) notes.leftOut(key, `variable ${name}`)
  return Object.fromEntries(entries.filter((entry) => !isLeft(entry)))
}

function portsOf(key: string, beside: Beside, notes: Notes): Node[] {
  const keyOf = (port: Node): string => JSON.stringify([numberOf(port.published), port.protocol])
  const own = ownItems(beside, 'ports', keyOf)
  return listOf(beside.own.ports)
    .map(nodeOf)
    .filter((port) => {
      const published = numberOf(port.published) ?? 0
      if (published === 0 || own.has(keyOf(port))) return true
      notes.leftOut(key, `published port ${String(published)}`)
      return false
    })
}

/** The key under which the preview's own network stands that a shared one is replaced by among the preview's services. */
export function twinKey(key: string): string {
  return `${key}:own`
}

/** A shared network is joined without any alias that is not templated; the aliases are on its twin. */
function attachmentsOf(beside: Beside, shared: ReadonlyMap<string, string>): Node {
  const networks = partBeside(beside, 'networks')
  const entries = Object.entries(attached(beside.own)).flatMap(([key, options]): [string, unknown][] => {
    if (!shared.has(key)) return [[key, options]]
    const others = new Set(textsOf(nodeOf(networks.other[key]).aliases))
    const own = textsOf(nodeOf(options).aliases).filter((alias) => !others.has(alias))
    return [
      [key, { ...nodeOf(options), aliases: own }],
      [twinKey(key), { aliases: nodeOf(options).aliases }],
    ]
  })
  return Object.fromEntries(entries)
}

function joinsShared(service: Node, { shared }: ServiceContext): boolean {
  return Object.keys(attached(service)).some((key) => shared.has(key))
}

function attached(service: Node): Node {
  const networks = nodeOf(service.networks)
  return Object.keys(networks).length === 0 ? { default: null } : networks
}

/** Folders of a node are not the preview's own: it may look into them. */
function volumesOf(key: string, beside: Beside, { notes, faults }: ServiceContext): Node[] {
  const keyOf = (volume: Node): string => textOf(volume.source) ?? ''
  const own = ownItems(beside, 'volumes', keyOf)
  return listOf(beside.own.volumes).map((item, index) => {
    const volume = nodeOf(item)
    const source = textOf(volume.source) ?? ''
    if (own.has(keyOf(volume))) return volume
    if (volume.type === 'cluster') {
      const problem = `${source} is a cluster volume, which a preview would share with production: put \${number} or \${name} into its name`
      faults.add(`services.${key}.volumes[${String(index)}]`, problem)
    }
    if (volume.type !== 'bind' && volume.type !== 'npipe') return volume
    notes.warn(
      `service ${key} mounts ${source} of its node read-only: production may use it too; with \${number} or \${name} in its path it is the preview's own and can be written`,
    )
    return { ...volume, read_only: true }
  })
}
