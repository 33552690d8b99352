/** Ports and mounts of a stack file's service, short and long forms. */
import path from 'node:path'
import type { Faults, Node } from './faults.ts'
import { compact } from './faults.ts'

export interface Port {
  readonly [key: string]: unknown
  readonly TargetPort: number
  readonly PublishedPort?: number
  readonly Protocol: string
  readonly PublishMode: string
}

export function portsOf(value: unknown, at: string, faults: Faults): Port[] {
  return faults.items(value, at).flatMap((item, index) => {
    const where = `${at}[${String(index)}]`
    return typeof item === 'object'
      ? longPort(faults.node(item, where), where, faults)
      : shortPorts(faults.text(item, where) ?? '', where, faults)
  })
}

function longPort(port: Node, at: string, faults: Faults): Port[] {
  faults.only(port, at, ['target', 'published', 'protocol', 'mode', 'name', 'app_protocol'])
  const target = faults.number(port.target, `${at}.target`)
  if (target === undefined) {
    faults.add(`${at}.target`, 'is missing')
    return []
  }
  const published = faults.number(port.published, `${at}.published`)
  return [
    {
      Protocol: faults.text(port.protocol, `${at}.protocol`) ?? 'tcp',
      TargetPort: target,
      ...(published === undefined ? {} : { PublishedPort: published }),
      PublishMode: faults.text(port.mode, `${at}.mode`) ?? 'ingress',
    },
  ]
}

/** `80`, `8080:80`, `8000-8009:9000-9009/udp`. */
function shortPorts(text: string, at: string, faults: Faults): Port[] {
  const match = /^(?:(\d+)(?:-(\d+))?:)?(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/.exec(text)
  if (!match) {
    const address = /^(?:\d+\.|\[)/.test(text) ? ': Swarm cannot publish on one address' : ''
    faults.add(at, `"${text}" is no port such as 8080:80${address}`)
    return []
  }
  const [from, to, first, last] = match.slice(1, 5).map((part) => (part === undefined ? undefined : Number(part)))
  const target = first ?? 0
  const count = (last ?? target) - target + 1
  if (count < 1 || (from !== undefined && (to ?? from) - from + 1 !== count)) {
    faults.add(at, `the ranges of "${text}" have different lengths`)
    return []
  }
  return Array.from({ length: count }, (_, index) => ({
    Protocol: match[5] ?? 'tcp',
    TargetPort: target + index,
    ...(from === undefined ? {} : { PublishedPort: from + index }),
    PublishMode: 'ingress',
  }))
}

export interface Volumes {
  readonly stack: string
  /** Top-level `volumes`. */
  readonly defined: Node
  /** Folder of the stack file. */
  readonly folder: string
}

export function mountsOf(value: unknown, at: string, volumes: Volumes, faults: Faults): object[] {
  return faults.items(value, at).flatMap((item, index) => {
    const where = `${at}[${String(index)}]`
    const mount =
      typeof item === 'object' ? faults.node(item, where) : shortMount(faults.text(item, where) ?? '', where, faults)
    return mount === undefined ? [] : mountOf(mount, where, volumes, faults)
  })
}

/** `name:/target:ro`, `./folder:/target`, `/target`, as a long form. */
function shortMount(text: string, at: string, faults: Faults): Node | undefined {
  const parts = text.split(':')
  const [first = '', target, options = ''] = parts
  if (parts.length > 3 || first === '') {
    faults.add(at, `"${text}" is no volume such as data:/var/lib/data:ro`)
    return undefined
  }
  const flags = options.split(',').filter((flag) => flag !== '')
  const unknown = flags.find((flag) => !['ro', 'rw', 'nocopy'].includes(flag))
  if (unknown !== undefined) faults.add(at, `the option "${unknown}" is not supported here`)
  if (target === undefined) return { type: 'volume', target: first }
  const bind = /^[./~]/.test(first)
  return {
    type: bind ? 'bind' : 'volume',
    source: first,
    target,
    ...(flags.includes('ro') ? { read_only: true } : {}),
    ...(flags.includes('nocopy') ? { volume: { nocopy: true } } : {}),
  }
}

function mountOf(mount: Node, at: string, volumes: Volumes, faults: Faults): object[] {
  faults.only(mount, at, ['type', 'source', 'target', 'read_only', 'bind', 'volume', 'tmpfs', 'consistency'])
  const type = faults.text(mount.type, `${at}.type`) ?? 'volume'
  const source = faults.text(mount.source, `${at}.source`)
  const common = compact({
    Type: type,
    Target: faults.text(mount.target, `${at}.target`),
    ReadOnly: faults.boolean(mount.read_only, `${at}.read_only`),
  })
  switch (type) {
    case 'bind':
      return [{ ...common, Source: bindSource(source, at, volumes, faults), ...bindOptions(mount, at, faults) }]
    case 'tmpfs': {
      const size = faults.bytes(faults.node(mount.tmpfs, `${at}.tmpfs`).size, `${at}.tmpfs.size`)
      return [{ ...common, ...(size === undefined ? {} : { TmpfsOptions: { SizeBytes: size } }) }]
    }
    case 'volume':
      return [{ ...common, ...namedVolume(source, mount, at, volumes, faults) }]
    default:
      faults.add(`${at}.type`, `"${type}" is not supported here`)
      return []
  }
}

function bindSource(source: string | undefined, at: string, { folder }: Volumes, faults: Faults): string {
  if (source === undefined || source.startsWith('~')) {
    faults.add(at, 'a bind mount needs an absolute folder of the nodes')
    return ''
  }
  return path.resolve(folder, source)
}

function bindOptions(mount: Node, at: string, faults: Faults): object {
  const bind = faults.node(mount.bind, `${at}.bind`)
  faults.only(bind, `${at}.bind`, ['propagation'])
  const propagation = faults.text(bind.propagation, `${at}.bind.propagation`)
  return propagation === undefined ? {} : { BindOptions: { Propagation: propagation } }
}

function namedVolume(source: string | undefined, mount: Node, at: string, volumes: Volumes, faults: Faults): object {
  const own = faults.node(mount.volume, `${at}.volume`)
  faults.only(own, `${at}.volume`, ['nocopy'])
  const noCopy = faults.boolean(own.nocopy, `${at}.volume.nocopy`)
  if (source === undefined) return noCopy === true ? { VolumeOptions: { NoCopy: true } } : {}
  if (!(source in volumes.defined)) {
    faults.add(at, `the volume "${source}" is not defined under volumes`)
    return {}
  }
  const volume = faults.node(volumes.defined[source], `volumes.${source}`)
  faults.only(volume, `volumes.${source}`, ['driver', 'driver_opts', 'external', 'labels', 'name'])
  const name = faults.text(volume.name, `volumes.${source}.name`)
  if (volume.external === true) return { Source: name ?? source }
  const driver = faults.text(volume.driver, `volumes.${source}.driver`)
  const options = compact({
    NoCopy: noCopy,
    Labels: { ...faults.pairs(volume.labels, `volumes.${source}.labels`), 'com.docker.stack.namespace': volumes.stack },
    DriverConfig: compact({ Name: driver, Options: faults.pairs(volume.driver_opts, `volumes.${source}.driver_opts`) }),
  })
  return { Source: name ?? `${volumes.stack}_${source}`, VolumeOptions: options }
}
