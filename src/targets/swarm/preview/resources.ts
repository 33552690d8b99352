/** Networks, volumes, secrets and configs of the files as a preview has them: all of its own. */
import type { Config } from '../stack/load.ts'
import type { Node } from '../stack/values.ts'
import { labelsOf, nodeOf, textOf } from '../stack/values.ts'
import { FILE_CHARACTERS } from './files.ts'
import type { Notes } from './notes.ts'
import { partName } from './part-name.ts'
import { twinKey } from './service.ts'
import type { Beside, ConfigBeside } from './template.ts'
import { isTemplated, partBeside } from './template.ts'

export interface ResourceContext {
  /** The preview's name: names of its own begin with it. */
  readonly preview: string
  readonly notes: Notes
  /** Labels for a network or volume of that name. */
  readonly labelsFor: (name: string) => Readonly<Record<string, string>>
}

/** The network that every engine has and that holds no ports and no names. */
const ISOLATED = new Set(['none', 'bridge'])

/** Networks that are used and that production uses too, by key: their names. The host's own network is not joined at all. */
export function sharedNetworks({ own, other }: ConfigBeside): ReadonlyMap<string, string> {
  const entries = Object.entries(own.networks).flatMap(([key, network]): [string, string][] => {
    const beside = { own: network, other: nodeOf(other.networks[key]) }
    const name = textOf(network.name) ?? key
    const isShared = network.external === true && !isTemplated(beside, 'name') && !ISOLATED.has(name)
    return isShared && name !== 'host' ? [[key, name]] : []
  })
  return new Map(entries)
}

export function adaptNetworks(
  { own, other }: ConfigBeside,
  shared: ReadonlyMap<string, string>,
  context: ResourceContext,
): Config['networks'] {
  const prefix = prefixFor(context.preview, shared)
  const networks: Config['networks'] = { default: {}, ...own.networks }
  const adapted = Object.entries(networks).flatMap(([key, network]): [string, Node][] => {
    const beside = { own: network, other: nodeOf(other.networks[key]) }
    const name = partName(context.preview, key, { prefix })
    const isHost = network.external === true && textOf(network.name) === 'host'
    if (isHost) context.notes.warn(`the network ${key} is the host's own: the preview has one of its own in its place`)
    if (shared.has(key))
      return [
        [key, network],
        [twinKey(key), ownNetwork(name, {}, context)],
      ]
    if (network.external === true && !isHost) return [[key, network]]
    const chosen = isTemplated(beside, 'name') ? (textOf(network.name) ?? name) : name
    if (!isHost && chosen === name) noteName('network', key, { given: network.name, own: name }, context.notes)
    return [[key, ownNetwork(chosen, isHost ? {} : withoutAddresses(key, beside, context.notes), context)]]
  })
  return Object.fromEntries(adapted)
}

/**
 * Where two networks of a container know a name, the engine takes the network that is first by name: the preview's own
 * comes before those that it shares, so that its services find each other and not production's.
 */
function prefixFor(preview: string, shared: ReadonlyMap<string, string>): string {
  return [...shared.values()].some((name) => name < preview || name.startsWith(preview)) ? '0-' : ''
}

function ownNetwork(name: string, network: Node, { labelsFor }: ResourceContext): Node {
  return { ...network, external: false, name, labels: { ...labelsOf(network.labels), ...labelsFor(name) } }
}

/** Two networks cannot have the same addresses, nor the same number on the wire. */
function withoutAddresses(key: string, beside: Beside, notes: Notes): Node {
  const { ipam, driver_opts: options, ...network } = beside.own
  const isOwn = JSON.stringify(ipam, bigints) !== JSON.stringify(beside.other.ipam, bigints)
  if (nodeOf(ipam).config !== undefined && !isOwn) {
    notes.add(`network ${key}: the engine chooses its addresses, because production has those of the file`)
  }
  const kept = Object.entries(nodeOf(options)).filter(
    ([name]) => !/vxlanid_list$|bridge\.name$/.test(name) || isTemplated(partBeside(beside, 'driver_opts'), name),
  )
  return { ...network, ...(isOwn ? { ipam } : {}), driver_opts: Object.fromEntries(kept) }
}

function bigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

export function adaptVolumes({ own, other }: ConfigBeside, context: ResourceContext): Config['volumes'] {
  const { preview, notes, labelsFor } = context
  const entries = Object.entries(own.volumes).map(([key, volume]): [string, Node] => {
    const beside = { own: volume, other: nodeOf(other.volumes[key]) }
    const hasOwnName = isTemplated(beside, 'name')
    if (volume.external === true && hasOwnName) return [key, volume]
    const name = hasOwnName ? (textOf(volume.name) ?? '') : `${preview}_${key}`
    const labels = { ...labelsOf(volume.labels), ...labelsFor(name) }
    if (volume.external === true) {
      notes.warn(
        `the volume ${textOf(volume.name) ?? key} is external, so it may hold production's data: the preview has an empty one of its own in its place, ${name}`,
      )
      return [key, { name, labels, external: false }]
    }
    if (!hasOwnName) noteName('volume', key, { given: volume.name, own: name }, notes)
    return [key, { ...withoutPlace(key, beside, notes), name, labels }]
  })
  return Object.fromEntries(entries)
}

/** A name that the file gives and that production has. */
function noteName(kind: string, key: string, { given, own }: { given: unknown; own: string }, notes: Notes): void {
  const name = textOf(given)
  if (name === undefined || name === own) return
  notes.add(`${kind} ${key}: ${own} in place of ${name}, which is production's`)
}

/** Options of drivers that say how something is stored, or on which server, and not where on it. Of all others each says where. */
const HOW = /^o$|type|size|opt|mode|[ug]id$|iops|user|pass|secret|cred|vers|server|host|addr|endpoint|region|zone/i

/** Options of a driver say where the data is: on a share, in a folder. Only memory is anew for everyone. */
function withoutPlace(key: string, beside: Beside, notes: Notes): Node {
  const { driver_opts: options, ...volume } = beside.own
  const names = Object.keys(nodeOf(options))
  const part = partBeside(beside, 'driver_opts')
  const places = names.filter((name) => !HOW.test(name))
  const isOwn =
    (names.some((name) => isTemplated(part, name)) && places.every((name) => isTemplated(part, name))) ||
    textOf(part.own.type) === 'tmpfs'
  if (names.length === 0 || isOwn) return beside.own
  const meant = places.length > 0 ? places : names
  notes.warn(
    `the options of the volume ${key} (${names.join(', ')}) may lead to production's data: the preview's volume is without them; with \${number} or \${name} in ${meant.join(' and ')} they stay`,
  )
  return volume
}

/** A name that production has too would be its content; external ones are used as they are. */
export function adaptFiles(
  kind: 'secrets' | 'configs',
  { own, other }: ConfigBeside,
  { preview, notes }: Pick<ResourceContext, 'preview' | 'notes'>,
): Config['secrets'] {
  const entries = Object.entries(own[kind]).map(([key, item]): [string, Node] => {
    if (item.external === true) return [key, item]
    const hasOwnName = isTemplated({ own: item, other: nodeOf(other[kind][key]) }, 'name')
    if (hasOwnName) return [key, item]
    const name = partName(preview, key, { characters: FILE_CHARACTERS })
    noteName(kind === 'secrets' ? 'secret' : 'config', key, { given: item.name, own: name }, notes)
    return [key, { ...item, name }]
  })
  return Object.fromEntries(entries)
}
