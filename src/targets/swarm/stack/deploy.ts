/** The `deploy` part of a service: mode, resources, restarts, updates, placement. */
import type { ServiceSpec } from '../wire.ts'
import type { Faults, Node } from './faults.ts'
import { compact } from './faults.ts'

const KEYS = [
  'mode',
  'replicas',
  'labels',
  'update_config',
  'rollback_config',
  'resources',
  'restart_policy',
  'placement',
  'endpoint_mode',
]

export interface Deploy {
  readonly Mode: ServiceSpec['Mode']
  readonly labels: Readonly<Record<string, string>>
  readonly updates: object
  readonly template: object
  readonly endpointMode: string | undefined
}

export function deployOf(value: unknown, at: string, faults: Faults): Deploy {
  const deploy = faults.node(value, at)
  faults.only(deploy, at, KEYS)
  return {
    Mode: modeOf(deploy, at, faults),
    labels: faults.pairs(deploy.labels, `${at}.labels`),
    updates: compact({
      UpdateConfig: updateOf(deploy.update_config, `${at}.update_config`, faults),
      RollbackConfig: updateOf(deploy.rollback_config, `${at}.rollback_config`, faults),
    }),
    template: compact({
      Resources: resourcesOf(deploy.resources, `${at}.resources`, faults),
      RestartPolicy: restartOf(deploy.restart_policy, `${at}.restart_policy`, faults),
      Placement: placementOf(deploy.placement, `${at}.placement`, faults),
    }),
    endpointMode: faults.text(deploy.endpoint_mode, `${at}.endpoint_mode`),
  }
}

function modeOf(deploy: Node, at: string, faults: Faults): ServiceSpec['Mode'] {
  const mode = faults.text(deploy.mode, `${at}.mode`) ?? 'replicated'
  const replicas = faults.number(deploy.replicas, `${at}.replicas`)
  if (mode === 'global') return { Global: {} }
  if (mode !== 'replicated') faults.add(`${at}.mode`, `"${mode}" is not supported here: replicated or global`)
  return { Replicated: { Replicas: replicas ?? 1 } }
}

function updateOf(value: unknown, at: string, faults: Faults): object | undefined {
  if (value === undefined || value === null) return undefined
  const config = faults.node(value, at)
  faults.only(config, at, ['parallelism', 'delay', 'failure_action', 'monitor', 'max_failure_ratio', 'order'])
  return {
    Parallelism: faults.number(config.parallelism, `${at}.parallelism`) ?? 1,
    ...compact({
      Delay: faults.duration(config.delay, `${at}.delay`),
      FailureAction: faults.text(config.failure_action, `${at}.failure_action`),
      Monitor: faults.duration(config.monitor, `${at}.monitor`),
      MaxFailureRatio: faults.number(config.max_failure_ratio, `${at}.max_failure_ratio`),
      Order: faults.text(config.order, `${at}.order`),
    }),
  }
}

function resourcesOf(value: unknown, at: string, faults: Faults): object {
  const resources = faults.node(value, at)
  faults.only(resources, at, ['limits', 'reservations'])
  const one = (key: string, keys: readonly string[]): object => {
    const part = faults.node(resources[key], `${at}.${key}`)
    faults.only(part, `${at}.${key}`, keys)
    const cpus = faults.number(part.cpus, `${at}.${key}.cpus`)
    return compact({
      NanoCPUs: cpus === undefined ? undefined : Math.round(cpus * 1e9),
      MemoryBytes: faults.bytes(part.memory, `${at}.${key}.memory`),
      Pids: faults.number(part.pids, `${at}.${key}.pids`),
    })
  }
  return compact({
    Limits: one('limits', ['cpus', 'memory', 'pids']),
    Reservations: one('reservations', ['cpus', 'memory']),
  })
}

function restartOf(value: unknown, at: string, faults: Faults): object {
  const policy = faults.node(value, at)
  faults.only(policy, at, ['condition', 'delay', 'max_attempts', 'window'])
  return compact({
    Condition: faults.text(policy.condition, `${at}.condition`),
    Delay: faults.duration(policy.delay, `${at}.delay`),
    MaxAttempts: faults.number(policy.max_attempts, `${at}.max_attempts`),
    Window: faults.duration(policy.window, `${at}.window`),
  })
}

function placementOf(value: unknown, at: string, faults: Faults): object {
  const placement = faults.node(value, at)
  faults.only(placement, at, ['constraints', 'preferences', 'max_replicas_per_node'])
  const spreads = faults.items(placement.preferences, `${at}.preferences`).map((item, index) => {
    const where = `${at}.preferences[${String(index)}]`
    const preference = faults.node(item, where)
    faults.only(preference, where, ['spread'])
    return { Spread: { SpreadDescriptor: faults.text(preference.spread, `${where}.spread`) ?? '' } }
  })
  return compact({
    Constraints: faults.texts(placement.constraints, `${at}.constraints`),
    Preferences: spreads,
    MaxReplicas: faults.number(placement.max_replicas_per_node, `${at}.max_replicas_per_node`),
  })
}
