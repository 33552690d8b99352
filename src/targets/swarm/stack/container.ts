/** The container part of a service: what runs, with which settings. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Faults, Node } from './faults.ts'
import { compact } from './faults.ts'
import type { Environment } from './interpolate.ts'
import type { Volumes } from './mounts.ts'
import { mountsOf } from './mounts.ts'
import { splitWords } from './words.ts'

export const CONTAINER_KEYS = [
  'image',
  'command',
  'entrypoint',
  'environment',
  'env_file',
  'labels',
  'hostname',
  'user',
  'group_add',
  'working_dir',
  'stop_grace_period',
  'stop_signal',
  'tty',
  'stdin_open',
  'read_only',
  'init',
  'healthcheck',
  'volumes',
  'tmpfs',
  'dns',
  'dns_search',
  'dns_opt',
  'extra_hosts',
  'sysctls',
  'ulimits',
  'cap_add',
  'cap_drop',
]

export interface Surroundings {
  readonly stack: string
  readonly volumes: Volumes
  readonly env: Environment
}

export function containerOf(service: Node, at: string, { stack, volumes, env }: Surroundings, faults: Faults): object {
  const text = (key: string): string | undefined => faults.text(service[key], `${at}.${key}`)
  const boolean = (key: string): boolean | undefined => faults.boolean(service[key], `${at}.${key}`)
  const texts = (key: string): string[] => faults.texts(service[key], `${at}.${key}`)
  const tmpfs = texts('tmpfs').map((target) => ({ Type: 'tmpfs', Target: target.split(':')[0] ?? target }))
  return compact({
    Labels: { ...faults.pairs(service.labels, `${at}.labels`), 'com.docker.stack.namespace': stack },
    Command: wordsOf(service.entrypoint, `${at}.entrypoint`, faults),
    Args: wordsOf(service.command, `${at}.command`, faults),
    Env: environmentOf(service, at, volumes.folder, env, faults),
    Hostname: text('hostname'),
    User: text('user'),
    Groups: texts('group_add'),
    Dir: text('working_dir'),
    StopGracePeriod: faults.duration(service.stop_grace_period, `${at}.stop_grace_period`),
    StopSignal: text('stop_signal'),
    TTY: boolean('tty'),
    OpenStdin: boolean('stdin_open'),
    ReadOnly: boolean('read_only'),
    Init: boolean('init'),
    Healthcheck: healthcheckOf(service.healthcheck, `${at}.healthcheck`, faults),
    Mounts: [...mountsOf(service.volumes, `${at}.volumes`, volumes, faults), ...tmpfs],
    DNSConfig: compact({ Nameservers: texts('dns'), Search: texts('dns_search'), Options: texts('dns_opt') }),
    Hosts: hostsOf(service.extra_hosts, `${at}.extra_hosts`, faults),
    Sysctls: faults.pairs(service.sysctls, `${at}.sysctls`),
    Ulimits: ulimitsOf(service.ulimits, `${at}.ulimits`, faults),
    CapabilityAdd: texts('cap_add'),
    CapabilityDrop: texts('cap_drop'),
  })
}

function wordsOf(value: unknown, at: string, faults: Faults): string[] {
  if (typeof value !== 'string') return faults.texts(value, at)
  const words = splitWords(value)
  if (words === undefined) faults.add(at, 'a quote is left open')
  return words ?? []
}

function environmentOf(service: Node, at: string, folder: string, env: Environment, faults: Faults): string[] {
  const files = faults.texts(service.env_file, `${at}.env_file`).map((file) => fileOf(file, at, folder, faults))
  const own = faults.pairs(service.environment, `${at}.environment`, (name) => env[name])
  const all = Object.assign({}, ...files, own) as Record<string, string>
  return Object.entries(all).map(([name, value]) => `${name}=${value}`)
}

function fileOf(file: string, at: string, folder: string, faults: Faults): Record<string, string> {
  let content: string
  try {
    content = readFileSync(path.resolve(folder, file), 'utf8')
  } catch {
    faults.add(`${at}.env_file`, `${file} cannot be read`)
    return {}
  }
  const lines = content.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
  return faults.pairs(lines, `${at}.env_file`, () => undefined)
}

function healthcheckOf(value: unknown, at: string, faults: Faults): object {
  const check = faults.node(value, at)
  faults.only(check, at, ['test', 'interval', 'timeout', 'retries', 'start_period', 'start_interval', 'disable'])
  if (faults.boolean(check.disable, `${at}.disable`) === true) return { Test: ['NONE'] }
  const test = typeof check.test === 'string' ? ['CMD-SHELL', check.test] : faults.texts(check.test, `${at}.test`)
  return compact({
    Test: test,
    Interval: faults.duration(check.interval, `${at}.interval`),
    Timeout: faults.duration(check.timeout, `${at}.timeout`),
    Retries: faults.number(check.retries, `${at}.retries`),
    StartPeriod: faults.duration(check.start_period, `${at}.start_period`),
    StartInterval: faults.duration(check.start_interval, `${at}.start_interval`),
  })
}

/** `name:address` (or `name=address`, or a mapping) as the engine's `address name`. */
function hostsOf(value: unknown, at: string, faults: Faults): string[] {
  if (!Array.isArray(value)) {
    return Object.entries(faults.pairs(value, at)).map(([name, address]) => `${address} ${name}`)
  }
  return faults.texts(value, at).map((text) => {
    const cut = /[:=]/.exec(text)?.index ?? -1
    if (cut < 0) faults.add(at, `"${text}" is no host such as db:10.0.0.5`)
    return `${text.slice(cut + 1)} ${text.slice(0, cut)}`
  })
}

function ulimitsOf(value: unknown, at: string, faults: Faults): object[] {
  return Object.entries(faults.node(value, at)).map(([name, limit]) => {
    if (typeof limit !== 'object') {
      const both = faults.number(limit, `${at}.${name}`)
      return { Name: name, Soft: both, Hard: both }
    }
    const { soft, hard } = faults.node(limit, `${at}.${name}`)
    return {
      Name: name,
      Soft: faults.number(soft, `${at}.${name}.soft`),
      Hard: faults.number(hard, `${at}.${name}.hard`),
    }
  })
}
