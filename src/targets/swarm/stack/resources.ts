/** Networks, secrets and configs of a stack file, and how services refer to them. */
import path from 'node:path'
import type { Faults, Node } from './faults.ts'
import { compact } from './faults.ts'

export interface Resource {
  readonly kind: 'network' | 'secret' | 'config'
  /** The engine's name for it. */
  readonly name: string
  /** External ones are never created. */
  readonly external: boolean
  /** Secrets and configs: file with the content, absolute. */
  readonly file?: string
  /** The create request without the content. */
  readonly body: Readonly<Record<string, unknown>>
}

/** A secret or config in a service; `id` is known on the engine only. */
export interface FileReference {
  readonly name: string
  readonly file: { readonly Name: string; readonly UID: string; readonly GID: string; readonly Mode: number }
}

const PREDEFINED = new Set(['bridge', 'host', 'none'])

export function resourcesOf(root: Node, stack: string, folder: string, faults: Faults): Resource[] {
  return [
    ...networks(root, stack, faults),
    ...files('secrets', root, stack, folder, faults),
    ...files('configs', root, stack, folder, faults),
  ]
}

function networks(root: Node, stack: string, faults: Faults): Resource[] {
  const defined = { default: null, ...faults.node(root.networks, 'networks') }
  const used = usedNetworks(root, faults)
  return Object.entries(defined)
    .filter(([key]) => used.has(key))
    .map(([key, value]) => {
      const at = `networks.${key}`
      const network = faults.node(value, at)
      faults.only(network, at, [
        'driver',
        'driver_opts',
        'attachable',
        'internal',
        'external',
        'labels',
        'name',
        'ipam',
      ])
      return {
        kind: 'network',
        name: nameOf('networks', key, root, stack, faults),
        external: network.external === true,
        body: {
          Driver: faults.text(network.driver, `${at}.driver`) ?? 'overlay',
          CheckDuplicate: true,
          Labels: { ...faults.pairs(network.labels, `${at}.labels`), 'com.docker.stack.namespace': stack },
          ...compact({
            Options: faults.pairs(network.driver_opts, `${at}.driver_opts`),
            Attachable: faults.boolean(network.attachable, `${at}.attachable`),
            Internal: faults.boolean(network.internal, `${at}.internal`),
            IPAM: ipamOf(network.ipam, `${at}.ipam`, faults),
          }),
        },
      }
    })
}

function ipamOf(value: unknown, at: string, faults: Faults): object {
  const ipam = faults.node(value, at)
  faults.only(ipam, at, ['driver', 'config'])
  const subnets = faults.items(ipam.config, `${at}.config`).map((item, index) => {
    const where = `${at}.config[${String(index)}]`
    const config = faults.node(item, where)
    faults.only(config, where, ['subnet'])
    return { Subnet: faults.text(config.subnet, `${where}.subnet`) }
  })
  return compact({ Driver: faults.text(ipam.driver, `${at}.driver`), Config: subnets })
}

function usedNetworks(root: Node, faults: Faults): Set<string> {
  const services = Object.values(faults.node(root.services, 'services'))
  return new Set(
    services.flatMap((service) => {
      const own = (service as Node | null)?.networks
      if (own === undefined || own === null) return ['default']
      return Array.isArray(own) ? own.map(String) : Object.keys(own)
    }),
  )
}

/** The attachments of one service. Predefined networks know no aliases. */
export function networksOf(
  key: string,
  value: unknown,
  root: Node,
  stack: string,
  at: string,
  faults: Faults,
): object[] {
  const wanted = Array.isArray(value)
    ? Object.fromEntries(faults.texts(value, at).map((name) => [name, null]))
    : faults.node(value ?? { default: null }, at)
  return Object.entries(wanted).map(([network, options]) => {
    const own = faults.node(options, `${at}.${network}`)
    faults.only(own, `${at}.${network}`, ['aliases'])
    if (network !== 'default' && !(network in faults.node(root.networks, 'networks'))) {
      faults.add(at, `the network "${network}" is not defined under networks`)
    }
    const target = nameOf('networks', network, root, stack, faults)
    const aliases = [...faults.texts(own.aliases, `${at}.${network}.aliases`), key]
    return PREDEFINED.has(target) ? { Target: target } : { Target: target, Aliases: aliases }
  })
}

function files(kind: 'secrets' | 'configs', root: Node, stack: string, folder: string, faults: Faults): Resource[] {
  return Object.entries(faults.node(root[kind], kind)).map(([key, value]) => {
    const at = `${kind}.${key}`
    const item = faults.node(value, at)
    faults.only(item, at, ['file', 'external', 'labels', 'name'])
    const external = item.external === true
    const file = faults.text(item.file, `${at}.file`)
    if (!external && file === undefined) faults.add(at, 'needs a file, or external: true')
    const name = nameOf(kind, key, root, stack, faults)
    const labels = { ...faults.pairs(item.labels, `${at}.labels`), 'com.docker.stack.namespace': stack }
    return {
      kind: kind === 'secrets' ? 'secret' : 'config',
      name,
      external,
      ...(file === undefined ? {} : { file: path.resolve(folder, file) }),
      body: { Labels: labels },
    }
  })
}

export function referencesOf(
  kind: 'secrets' | 'configs',
  value: unknown,
  root: Node,
  stack: string,
  at: string,
  faults: Faults,
): FileReference[] {
  return faults.items(value, at).map((item, index) => {
    const where = `${at}[${String(index)}]`
    const reference = typeof item === 'string' ? { source: item } : faults.node(item, where)
    faults.only(reference, where, ['source', 'target', 'uid', 'gid', 'mode'])
    const source = faults.text(reference.source, `${where}.source`) ?? ''
    if (!(source in faults.node(root[kind], kind))) faults.add(where, `"${source}" is not defined under ${kind}`)
    return {
      name: nameOf(kind, source, root, stack, faults),
      file: {
        Name: faults.text(reference.target, `${where}.target`) ?? (kind === 'configs' ? `/${source}` : source),
        UID: faults.text(reference.uid, `${where}.uid`) ?? '0',
        GID: faults.text(reference.gid, `${where}.gid`) ?? '0',
        Mode: faults.number(reference.mode, `${where}.mode`) ?? 0o444,
      },
    }
  })
}

/** `name:` as given, external ones under their own name, everything else as `stack_key`. */
function nameOf(kind: string, key: string, root: Node, stack: string, faults: Faults): string {
  const item = faults.node(faults.node(root[kind], kind)[key], `${kind}.${key}`)
  const name = faults.text(item.name, `${kind}.${key}.name`)
  return name ?? (item.external === true ? key : `${stack}_${key}`)
}
