/** Networks, secrets and configs of a stack, and how services refer to them. */
import type { Config } from './load.ts'
import type { Faults } from './faults.ts'
import type { Node } from './values.ts'
import { booleanOf, compact, labelsOf, listOf, nodeOf, numberOf, textOf, textsOf } from './values.ts'

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

/** A secret or config in a service; its id is known on the engine only. Without a file it is for the engine itself. */
export interface FileReference {
  readonly name: string
  readonly file?: { readonly Name: string; readonly UID: string; readonly GID: string; readonly Mode: number }
}

export interface StackContext {
  readonly stack: string
  readonly config: Config
  readonly faults: Faults
}

/** Networks that every engine has: they know no aliases. */
const PREDEFINED = new Set(['bridge', 'host', 'none', 'default'])

export function resourcesOf(context: StackContext): Resource[] {
  const { config } = context
  return [
    ...[...usedNetworks(config)].map((key) => networkOf(key, context)),
    ...Object.keys(config.secrets).map((key) => fileObjectOf('secrets', key, context)),
    ...Object.keys(config.configs).map((key) => fileObjectOf('configs', key, context)),
  ]
}

function usedNetworks({ services }: Config): ReadonlySet<string> {
  return new Set(
    Object.values(services).flatMap((service) => {
      const own = Object.keys(nodeOf(service.networks))
      return own.length === 0 ? ['default'] : own
    }),
  )
}

function networkOf(key: string, context: StackContext): Resource {
  const network = nodeOf(context.config.networks[key])
  const name = nameOf('networks', key, context)
  const ipam = nodeOf(network.ipam)
  const body = {
    Driver: textOf(network.driver) || 'overlay',
    CheckDuplicate: true,
    Labels: { ...labelsOf(network.labels), 'com.docker.stack.namespace': context.stack },
    ...compact({
      Options: labelsOf(network.driver_opts),
      Attachable: booleanOf(network.attachable) || undefined,
      Internal: booleanOf(network.internal) || undefined,
      IPAM: compact({
        Driver: textOf(ipam.driver),
        Config: listOf(ipam.config).map((item) => compact({ Subnet: textOf(nodeOf(item).subnet) })),
      }),
    }),
  }
  return { kind: 'network', name, external: network.external === true, body }
}

function fileObjectOf(kind: 'secrets' | 'configs', key: string, context: StackContext): Resource {
  const item = nodeOf(context.config[kind][key])
  const file = textOf(item.file)
  const driver = textOf(item.driver)
  const template = textOf(item.template_driver)
  return {
    kind: kind === 'secrets' ? 'secret' : 'config',
    name: nameOf(kind, key, context),
    external: item.external === true,
    ...(file === undefined || driver ? {} : { file }),
    body: {
      Labels: { ...labelsOf(item.labels), 'com.docker.stack.namespace': context.stack },
      ...(driver ? { Driver: compact({ Name: driver, Options: labelsOf(item.driver_opts) }) } : {}),
      ...(template ? { Templating: { Name: template } } : {}),
    },
  }
}

/** The attachments of one service. Predefined networks know no aliases. */
export function networksOf(key: string, value: unknown, at: string, context: StackContext): Node[] {
  const own = Object.entries(nodeOf(value))
  const wanted = own.length === 0 ? [['default', null] as const] : own
  return wanted.map(([network, options]) => {
    if (network !== 'default' && !Object.hasOwn(context.config.networks, network)) {
      context.faults.add(at, `the network "${network}" is not defined under networks`)
    }
    const { aliases, driver_opts: options_ } = nodeOf(options)
    const target = nameOf('networks', network, context)
    return {
      Target: target,
      ...compact({
        Aliases: [...textsOf(aliases), ...(PREDEFINED.has(target) ? [] : [key])],
        DriverOpts: labelsOf(options_),
      }),
    }
  })
}

export function referencesOf(
  kind: 'secrets' | 'configs',
  service: Node,
  at: string,
  context: StackContext,
): FileReference[] {
  const files = listOf(service[kind]).map((item, index): FileReference => {
    const reference = nodeOf(item)
    const source = textOf(reference.source) ?? ''
    return {
      name: definedName(kind, source, `${at}.${kind}[${String(index)}]`, context),
      file: {
        Name: textOf(reference.target) || source,
        UID: textOf(reference.uid) || '0',
        GID: textOf(reference.gid) || '0',
        Mode: numberOf(reference.mode) ?? 0o444,
      },
    }
  })
  const credentials = kind === 'configs' ? textOf(nodeOf(service.credential_spec).config) : undefined
  const runtime = credentials ? [{ name: definedName(kind, credentials, `${at}.credential_spec.config`, context) }] : []
  return [...files, ...runtime]
}

function definedName(kind: 'secrets' | 'configs', key: string, at: string, context: StackContext): string {
  if (!Object.hasOwn(context.config[kind], key)) context.faults.add(at, `"${key}" is not defined under ${kind}`)
  return nameOf(kind, key, context)
}

/** `name:` as given (external ones have one), everything else as `stack_key`. */
function nameOf(kind: 'networks' | 'secrets' | 'configs', key: string, { config, stack }: StackContext): string {
  return textOf(nodeOf(config[kind][key]).name) || `${stack}_${key}`
}
