/** The `deploy` part of a service: mode, resources, restarts, updates, placement. */
import type { ServiceSpec } from '../schema.ts'
import type { Faults } from './faults.ts'
import type { Units } from './units.ts'
import type { Node } from './values.ts'
import { compact, isNode, listOf, nodeOf, numberOf, textOf, textsOf } from './values.ts'

/** Mode of the service; jobs are refused. */
export function modeOf(deploy: Node, at: string, faults: Faults): ServiceSpec['Mode'] {
  const mode = textOf(deploy.mode) || 'replicated'
  const replicas = numberOf(deploy.replicas)
  switch (mode) {
    case 'replicated':
      if (replicas !== undefined && replicas < 0) faults.add(`${at}.replicas`, 'must not be below zero')
      return { Replicated: { Replicas: replicas ?? 1 } }
    case 'global':
      if (replicas !== undefined) faults.add(`${at}.replicas`, 'a global service has one task on every node')
      return { Global: {} }
    case 'replicated-job':
    case 'global-job':
      faults.add(
        `${at}.mode`,
        `"${mode}" is not supported here: replicated or global. A job ends, so nothing of it could be proven`,
      )
      return { Replicated: { Replicas: 1 } }
    default:
      faults.add(`${at}.mode`, `"${mode}" is not supported here: replicated or global`)
      return { Replicated: { Replicas: 1 } }
  }
}

export function updatesOf(deploy: Node, at: string, units: Units): Node {
  const one = (key: string): Node | undefined => {
    const config = deploy[key]
    if (!isNode(config)) return undefined
    return {
      Parallelism: numberOf(config.parallelism) ?? 1,
      ...compact({
        Delay: units.duration(config.delay, `${at}.${key}.delay`),
        FailureAction: textOf(config.failure_action),
        Monitor: units.duration(config.monitor, `${at}.${key}.monitor`),
        MaxFailureRatio: numberOf(config.max_failure_ratio),
        Order: textOf(config.order),
      }),
    }
  }
  return compact({ UpdateConfig: one('update_config'), RollbackConfig: one('rollback_config') })
}

export function resourcesOf(value: unknown, at: string, units: Units): Node {
  const resources = nodeOf(value)
  const one = (key: 'limits' | 'reservations'): object => {
    const part = nodeOf(resources[key])
    return compact({
      NanoCPUs: units.cpus(part.cpus, `${at}.${key}.cpus`),
      MemoryBytes: units.bytes(part.memory, `${at}.${key}.memory`),
      Pids: numberOf(part.pids),
      GenericResources: listOf(part.generic_resources).map(genericOf),
    })
  }
  return compact({ Limits: one('limits'), Reservations: one('reservations') })
}

function genericOf(item: unknown): Node {
  const spec = nodeOf(item).discrete_resource_spec
  if (!isNode(spec)) return {}
  return { DiscreteResourceSpec: compact({ Kind: textOf(spec.kind), Value: numberOf(spec.value) }) }
}

/** `deploy.restart_policy`, else the older `restart`. */
export function restartOf(service: Node, at: string, { units, faults }: { units: Units; faults: Faults }): Node {
  const value = nodeOf(service.deploy).restart_policy
  if (!isNode(value)) return olderRestart(textOf(service.restart) ?? '', `${at}.restart`, faults)
  const policy = `${at}.deploy.restart_policy`
  return compact({
    Condition: textOf(value.condition),
    Delay: units.duration(value.delay, `${policy}.delay`),
    MaxAttempts: numberOf(value.max_attempts),
    Window: units.duration(value.window, `${policy}.window`),
  })
}

function olderRestart(restart: string, at: string, faults: Faults): Node {
  const [, name = '', attempts] = /^([^:]*)(?::(\d*))?$/.exec(restart) ?? []
  switch (name) {
    case 'always':
    case 'unless-stopped':
      return { Condition: 'any' }
    case 'on-failure':
      return { Condition: 'on-failure', MaxAttempts: Number(attempts ?? 0) }
    case 'no':
      return {}
    default:
      if (restart !== '')
        faults.add(at, `"${restart}" is not a restart policy: no, always, unless-stopped or on-failure:3`)
      return {}
  }
}

export function placementOf(value: unknown): Node {
  const placement = nodeOf(value)
  return compact({
    Constraints: textsOf(placement.constraints),
    Preferences: listOf(placement.preferences).map((item) => ({
      Spread: { SpreadDescriptor: textOf(nodeOf(item).spread) ?? '' },
    })),
    MaxReplicas: numberOf(placement.max_replicas_per_node) || undefined,
  })
}
