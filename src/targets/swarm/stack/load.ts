/** One stack file with every short form as its long one: what Docker's client merges and converts. */
import path from 'node:path'
import { isRunnerVariable, RUNNER_VARIABLE } from '../../../domain/runner-variables.ts'
import { readEnvFile } from './env-file.ts'
import type { Faults } from './faults.ts'
import type { Environment } from './interpolate.ts'
import { interpolate } from './interpolate.ts'
import { portsOf } from './ports.ts'
import { IGNORED_KEYS, STACK } from './schema.ts'
import { judgeShape } from './shape.ts'
import type { Node } from './values.ts'
import { booleanOf, isNode, labelsOf, listOf, nodeOf, pairsOf, textOf, textsOf } from './values.ts'
import { volumesOf } from './volumes.ts'
import { splitWords } from './words.ts'

export interface LoadContext {
  /** For messages. */
  readonly file: string
  /** Folder of the first file: relative paths of every file begin there. */
  readonly folder: string
  readonly env: Environment
  readonly faults: Faults
}

export type Section = 'services' | 'networks' | 'volumes' | 'secrets' | 'configs'
export const SECTIONS: readonly Section[] = ['services', 'networks', 'volumes', 'secrets', 'configs']

export type Config = Readonly<Record<Section, Readonly<Record<string, Node>>>>

/** The Compose format's versions that Docker's client takes for a stack. */
const VERSION = /^(?:3(?:\.(?:\d|1[0-3]))?)?$/

export function loadFile(content: unknown, context: LoadContext): Config {
  const { env, faults, file } = context
  const root = interpolate(content, { env, faults })
  judgeShape(root, STACK, path.basename(file), faults)
  const top = nodeOf(root)
  const version = textOf(top.version)
  if (version !== undefined && !VERSION.test(version)) {
    faults.add('version', `"${version}" is not a version that Docker deploys as a stack: 3.0 to 3.13, or none`)
  }
  warnOfIgnored(nodeOf(top.services), context)
  const section = (kind: Section, each: (item: Node, at: string, key: string) => Node) =>
    Object.fromEntries(
      Object.entries(nodeOf(top[kind])).map(([key, item]) => [key, each(nodeOf(item), `${kind}.${key}`, key)]),
    )
  return {
    services: section('services', (item, at) => loadService(item, at, context)),
    networks: section('networks', (item, at, key) =>
      loadExternal({ ...item, labels: labelsOf(item.labels) }, at, key, faults),
    ),
    volumes: section('volumes', (item, at, key) => loadVolume(item, at, key, faults)),
    secrets: section('secrets', (item, at, key) => loadFileObject(item, at, key, context)),
    configs: section('configs', (item, at, key) => loadFileObject(item, at, key, context)),
  }
}

function warnOfIgnored(services: Node, { file, faults }: LoadContext): void {
  for (const [key, service] of Object.entries(services)) {
    const found = Object.keys(nodeOf(service)).filter((name) => IGNORED_KEYS.includes(name))
    for (const name of found) faults.warn(`${file}: services.${key}.${name} means nothing to Swarm and is ignored`)
  }
}

function loadService(service: Node, at: string, context: LoadContext): Node {
  const { faults } = context
  const words = (key: string) =>
    service[key] === undefined ? undefined : wordsOf(service[key], `${at}.${key}`, faults)
  const deploy = nodeOf(service.deploy)
  const loaded: Record<string, unknown> = {
    ...service,
    command: words('command'),
    entrypoint: words('entrypoint'),
    environment: environmentOf(service, at, context),
    labels: labelsOf(service.labels),
    sysctls: labelsOf(service.sysctls),
    extra_hosts: hostsOf(service.extra_hosts),
    deploy: { ...deploy, labels: labelsOf(deploy.labels) },
    ports: portsOf(service.ports, `${at}.ports`, faults),
    volumes: volumesOf(service.volumes, `${at}.volumes`, context),
    networks: networksOf(service.networks),
    secrets: listOf(service.secrets).map(referenceOf),
    configs: listOf(service.configs).map(referenceOf),
    ulimits: ulimitsOf(service.ulimits),
    ...(isNode(service.healthcheck) ? { healthcheck: loadHealthcheck(service.healthcheck) } : {}),
    ...(isNode(service.logging) ? { logging: loadLogging(service.logging) } : {}),
  }
  for (const key of ['dns', 'dns_search', 'tmpfs']) loaded[key] = textsOf(service[key])
  delete loaded.env_file
  return Object.fromEntries(Object.entries(loaded).filter(([, item]) => item !== undefined))
}

function wordsOf(value: unknown, at: string, faults: Faults): string[] {
  if (typeof value !== 'string') return textsOf(value)
  const words = splitWords(value)
  if (words === undefined) faults.add(at, 'a quote or a backslash is left open')
  return words ?? []
}

/** A variable that is empty or has no value is the environment's, where that has one. */
function environmentOf(service: Node, at: string, context: LoadContext): Record<string, string | null> {
  const { env, folder, faults } = context
  const files = textsOf(service.env_file).map((file) =>
    readEnvFile(path.resolve(folder, file), `${at}.env_file`, context),
  )
  const all = new Map([...files, pairsOf(service.environment)].flatMap((each) => Object.entries(each)))
  const runners = [...all].filter(([name, value]) => !value && isRunnerVariable(name))
  for (const [name] of runners) faults.add(`${at}.environment`, `${name} ${RUNNER_VARIABLE}`)
  return Object.fromEntries([...all].map(([name, value]) => [name, value || (env[name] ?? value)]))
}

/** `name:address`: brackets around an address of IPv6 fall away. */
function hostsOf(value: unknown): string[] {
  const pairs = Array.isArray(value)
    ? textsOf(value).flatMap((text) => {
        const cut = text.includes('=') ? text.indexOf('=') : text.indexOf(':')
        return cut < 0 ? [] : [[text.slice(0, cut), text.slice(cut + 1)]]
      })
    : Object.entries(nodeOf(value))
        .filter(([, address]) => address !== null)
        .map(([name, address]) => [name, textOf(address) ?? ''])
        .sort(([one = ''], [other = '']) => (one < other ? -1 : 1))
  return pairs.map(([name = '', address = '']) => `${name}:${address.replace(/^\[(.+)\]$/, '$1')}`)
}

function networksOf(value: unknown): Node {
  return Array.isArray(value) ? Object.fromEntries(textsOf(value).map((name) => [name, null])) : nodeOf(value)
}

function referenceOf(value: unknown): Node {
  return typeof value === 'string' ? { source: value } : nodeOf(value)
}

function ulimitsOf(value: unknown): Node {
  const entries = Object.entries(nodeOf(value))
  return Object.fromEntries(entries.map(([name, item]) => [name, isNode(item) ? item : { soft: item, hard: item }]))
}

function loadHealthcheck(check: Node): Node {
  if (check.test === undefined) return check
  return { ...check, test: typeof check.test === 'string' ? ['CMD-SHELL', check.test] : textsOf(check.test) }
}

function loadLogging(logging: Node): Node {
  return { ...logging, options: labelsOf(logging.options) }
}

/** `external: true`, or the older `external: {name: …}`, which names another. */
function loadExternal(item: Node, at: string, key: string, faults: Faults): Node {
  const { external } = item
  if (external === undefined || external === false) return { ...item, external: false }
  const older = textOf(nodeOf(external).name)
  if (older !== undefined && item.name !== undefined) {
    faults.add(`${at}.external.name`, 'stands beside name: only use name')
  }
  const isExternal = isNode(external) || booleanOf(external) === true
  return { ...item, external: isExternal, ...(isExternal ? { name: older || textOf(item.name) || key } : {}) }
}

function loadVolume(item: Node, at: string, key: string, faults: Faults): Node {
  const labels = labelsOf(item.labels)
  const loaded = loadExternal({ ...item, labels }, at, key, faults)
  if (loaded.external !== true) return loaded
  const others = ['driver', 'driver_opts', 'labels'].filter(
    (name) => Object.keys(nodeOf(item[name])).length > 0 || textOf(item[name]),
  )
  for (const name of others) faults.add(`${at}.${name}`, 'stands beside external: an external volume is not made here')
  return loaded
}

function loadFileObject(item: Node, at: string, key: string, { faults, folder }: LoadContext): Node {
  const loaded = loadExternal({ ...item, labels: labelsOf(item.labels) }, at, key, faults)
  const file = textOf(item.file)
  if (loaded.external === true) return loaded
  if (textOf(item.driver)) {
    if (file) faults.add(`${at}.file`, 'stands beside driver: only one of them gives the content')
    return loaded
  }
  if (!file) faults.add(at, 'needs a file, or external: true')
  return { ...loaded, file: path.resolve(folder, file ?? '') }
}
