/** The mounts of a service, from the long forms of its volumes. */
import type { Faults } from './faults.ts'
import { parseSize } from '../../../domain/size.ts'
import type { Node } from './values.ts'
import { booleanOf, compact, isNode, labelsOf, nodeOf, numberOf, textOf, textsOf } from './values.ts'

export interface MountsContext {
  readonly stack: string
  /** Top-level `volumes`, by key. */
  readonly defined: Readonly<Record<string, Node>>
  readonly faults: Faults
}

/** Which options a mount of that type may have beside its own. */
const OPTIONS: Readonly<Record<string, string>> = {
  volume: 'volume',
  bind: 'bind',
  tmpfs: 'tmpfs',
  npipe: 'bind',
  image: 'image',
  cluster: 'cluster',
}

export function mountOf(volume: Node, at: string, context: MountsContext): Node[] {
  const type = textOf(volume.type) || 'volume'
  const own = OPTIONS[type]
  if (own === undefined) {
    context.faults.add(`${at}.type`, `"${type}" is not supported here: volume, bind, tmpfs, npipe or cluster`)
    return []
  }
  for (const other of new Set(Object.values(OPTIONS))) {
    if (other !== own && isNode(volume[other]))
      context.faults.add(`${at}.${other}`, `does not fit a mount of type ${type}`)
  }
  const source = textOf(volume.source)
  const common = compact({
    Type: type,
    Source: source,
    Target: textOf(volume.target),
    ReadOnly: booleanOf(volume.read_only),
    Consistency: textOf(volume.consistency),
  })
  if (type === 'volume') return [{ ...common, ...namedVolume(volume, at, context) }]
  if (type === 'cluster') return [{ ...common, ...clusterVolume(source, at, context), ClusterOptions: {} }]
  if (type === 'tmpfs') return [{ ...common, ...tmpfsOptions(volume, at, context.faults) }]
  if (source === undefined || source === '') context.faults.add(at, `a mount of type ${type} needs a source`)
  const propagation = textOf(nodeOf(volume.bind).propagation)
  return [{ ...common, ...(propagation ? { BindOptions: { Propagation: propagation } } : {}) }]
}

function tmpfsOptions(volume: Node, at: string, faults: Faults): Node {
  const { size } = nodeOf(volume.tmpfs)
  if (textOf(volume.source)) faults.add(`${at}.source`, 'a tmpfs has no source')
  const count = typeof size === 'string' ? parseSize(size) : numberOf(size)
  if (size !== undefined && count === undefined)
    faults.add(`${at}.tmpfs.size`, `"${textOf(size) ?? ''}" is not a size such as 64M`)
  return count ? { TmpfsOptions: { SizeBytes: count } } : {}
}

function namedVolume(mount: Node, at: string, { stack, defined, faults }: MountsContext): Node {
  const source = textOf(mount.source) ?? ''
  // Docker's client takes the options of a volume without a name for nothing.
  if (source === '') return {}
  const volume = definedVolume(source, at, { stack, defined, faults })
  if (volume === undefined) return {}
  const own = nodeOf(mount.volume)
  const common = { NoCopy: booleanOf(own.nocopy) || undefined, Subpath: textOf(own.subpath) }
  const name = textOf(volume.name) || `${stack}_${source}`
  if (volume.external === true) return compact({ Source: name, VolumeOptions: compact(common) })
  return {
    Source: name,
    VolumeOptions: compact({
      ...common,
      Labels: { ...labelsOf(volume.labels), 'com.docker.stack.namespace': stack },
      DriverConfig: compact({ Name: textOf(volume.driver), Options: labelsOf(volume.driver_opts) }),
    }),
  }
}

/** A volume of a cluster driver (CSI); a group of them has no entry under volumes. */
function clusterVolume(source: string | undefined, at: string, context: MountsContext): Node {
  if (source === undefined || source === '') context.faults.add(at, 'a mount of type cluster needs a source')
  if (source === undefined || source.startsWith('group:')) return {}
  const volume = definedVolume(source, at, context)
  return { Source: textOf(volume?.name) || `${context.stack}_${source}` }
}

function definedVolume(source: string, at: string, { defined, faults }: MountsContext): Node | undefined {
  const volume = Object.hasOwn(defined, source) ? defined[source] : undefined
  if (volume === undefined) faults.add(at, `the volume "${source}" is not defined under volumes`)
  return volume
}

/** `/run:size=64m,mode=1777` of a service's own `tmpfs`. */
export function shortTmpfs(text: string, at: string, faults: Faults): Node {
  const [target = '', options = ''] = text.split(':')
  const found: Record<string, number> = {}
  for (const option of options.split(',').filter((each) => each !== '')) {
    const [name = '', value = ''] = option.split('=')
    const size = name === 'size' ? parseSize(value) : undefined
    if (size !== undefined) found.SizeBytes = size
    else if (name === 'mode' && /^[0-7]+$/.test(value)) found.Mode = Number.parseInt(value, 8)
    else faults.warn(`${at}: the option "${option}" means nothing to Swarm and is ignored`)
  }
  return { Type: 'tmpfs', Target: target, ...compact({ TmpfsOptions: found }) }
}

export function mountsOf(service: Node, at: string, context: MountsContext): Node[] {
  const volumes = Array.isArray(service.volumes) ? (service.volumes as unknown[]) : []
  return [
    ...volumes.flatMap((item, index) => mountOf(nodeOf(item), `${at}.volumes[${String(index)}]`, context)),
    ...textsOf(service.tmpfs).map((text) => shortTmpfs(text, `${at}.tmpfs`, context.faults)),
  ]
}
