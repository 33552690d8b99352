/** The container part of a service: what runs, with which settings. */
import type { Faults } from './faults.ts'
import type { MountsContext } from './mounts.ts'
import { mountsOf } from './mounts.ts'
import type { Units } from './units.ts'
import type { Node } from './values.ts'
import { booleanOf, compact, isNode, labelsOf, nodeOf, numberOf, pairsOf, textOf, textsOf } from './values.ts'

export interface ContainerContext extends MountsContext {
  readonly units: Units
}

export function containerOf(service: Node, at: string, context: ContainerContext): Node {
  const { stack, units, faults } = context
  const text = (key: string): string | undefined => textOf(service[key]) || undefined
  const on = (key: string): true | undefined => booleanOf(service[key]) || undefined
  return compact({
    Labels: { ...labelsOf(service.labels), 'com.docker.stack.namespace': stack },
    Command: textsOf(service.entrypoint),
    Args: textsOf(service.command),
    Env: environmentOf(service.environment),
    Hostname: text('hostname'),
    User: text('user'),
    Dir: text('working_dir'),
    StopGracePeriod: units.duration(service.stop_grace_period, `${at}.stop_grace_period`),
    StopSignal: text('stop_signal'),
    TTY: on('tty'),
    OpenStdin: on('stdin_open'),
    ReadOnly: on('read_only'),
    Init: booleanOf(service.init),
    Isolation: text('isolation'),
    OomScoreAdj: numberOf(service.oom_score_adj) || undefined,
    Privileges: compact({ CredentialSpec: credentialsOf(service.credential_spec, `${at}.credential_spec`, faults) }),
    Healthcheck: healthcheckOf(service.healthcheck, `${at}.healthcheck`, context),
    Mounts: mountsOf(service, at, context),
    DNSConfig: compact({ Nameservers: textsOf(service.dns), Search: textsOf(service.dns_search) }),
    Hosts: textsOf(service.extra_hosts).map(hostOf),
    Sysctls: labelsOf(service.sysctls),
    Ulimits: ulimitsOf(service.ulimits),
    ...capabilitiesOf(service),
  })
}

/** A name without any value is sent too: it takes the image's own variable away. */
function environmentOf(value: unknown): string[] {
  return Object.entries(pairsOf(value)).map(([name, item]) => (item === null ? name : `${name}=${item}`))
}

function healthcheckOf(value: unknown, at: string, { units, faults }: ContainerContext): Node {
  if (!isNode(value)) return {}
  if (value.disable === true) {
    if (textsOf(value.test).length > 0) faults.add(at, 'has a test and is disabled')
    return { Test: ['NONE'] }
  }
  const duration = (key: string): number | undefined => units.duration(value[key], `${at}.${key}`)
  return compact({
    Test: textsOf(value.test),
    Interval: duration('interval'),
    Timeout: duration('timeout'),
    // Docker's client cuts what is behind the point.
    Retries: value.retries === undefined ? undefined : Math.trunc(numberOf(value.retries) ?? 0),
    StartPeriod: duration('start_period'),
    StartInterval: duration('start_interval'),
  })
}

/** `name:address` as the engine's `address name`. */
function hostOf(text: string): string {
  const cut = text.indexOf(':')
  return `${text.slice(cut + 1)} ${text.slice(0, cut)}`
}

function ulimitsOf(value: unknown): Node[] {
  const limits = Object.entries(nodeOf(value)).sort(([one], [other]) => (one < other ? -1 : 1))
  return limits.map(([name, item]) => {
    const { soft, hard } = nodeOf(item)
    return { Name: name, Soft: numberOf(soft), Hard: numberOf(hard) }
  })
}

/** Only one of the three may be named. The id of a config is known on the engine only. */
function credentialsOf(value: unknown, at: string, faults: Faults): Node {
  const spec = nodeOf(value)
  const named = compact({ Config: textOf(spec.config), File: textOf(spec.file), Registry: textOf(spec.registry) })
  if (Object.keys(named).length > 1) faults.add(at, 'names more than one of config, file and registry')
  return named
}

/** Names in capitals with `CAP_`; what is added is not dropped, and ALL stands for all. */
function capabilitiesOf(service: Node): Node {
  const read = (key: string): ReadonlySet<string> => {
    const names = textsOf(service[key]).map((name) => name.trim().toUpperCase())
    const full = names.map((name) =>
      name === 'ALL' || name === 'RESET' || name.startsWith('CAP_') ? name : `CAP_${name}`,
    )
    return new Set(full.includes('ALL') ? ['ALL'] : full.filter((name) => name !== 'RESET'))
  }
  const [add, drop] = [read('cap_add'), read('cap_drop')]
  return { CapabilityAdd: [...add].sort(), CapabilityDrop: [...drop].filter((name) => !add.has(name)).sort() }
}
