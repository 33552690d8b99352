/** In which settings a service differs from what its stack file says: names, never values. Pure. */
import { LABEL } from '../../../domain/labels.ts'
import { equal } from '../../../domain/equal.ts'
import { updateRules } from '../spec.ts'
import type { ServiceSpec } from '../schema.ts'
import type { Present } from './parts.ts'
import type { StackService } from './stack.ts'
import type { Node } from './values.ts'
import { isNode, listOf, nodeOf, textOf } from './values.ts'

/** Names as the file has them → where they stand in a specification. The image is what a release changes. */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  command: ['container.Args'],
  entrypoint: ['container.Command'],
  environment: ['container.Env'],
  labels: ['container.Labels'],
  hostname: ['container.Hostname'],
  user: ['container.User'],
  working_dir: ['container.Dir'],
  stop_signal: ['container.StopSignal'],
  stop_grace_period: ['container.StopGracePeriod'],
  tty: ['container.TTY'],
  stdin_open: ['container.OpenStdin'],
  read_only: ['container.ReadOnly'],
  init: ['container.Init'],
  healthcheck: ['container.Healthcheck'],
  volumes: ['container.Mounts'],
  dns: ['container.DNSConfig'],
  extra_hosts: ['container.Hosts'],
  sysctls: ['container.Sysctls'],
  ulimits: ['container.Ulimits'],
  cap_add: ['container.CapabilityAdd'],
  cap_drop: ['container.CapabilityDrop'],
  secrets: ['container.Secrets'],
  configs: ['container.Configs'],
  logging: ['template.LogDriver'],
  networks: ['template.Networks'],
  ports: ['spec.EndpointSpec.Ports'],
  'deploy.endpoint_mode': ['spec.EndpointSpec.Mode'],
  'deploy.mode': ['spec.Mode'],
  'deploy.labels': ['spec.Labels'],
  'deploy.update_config': ['spec.UpdateConfig'],
  'deploy.rollback_config': ['spec.RollbackConfig'],
  'deploy.resources': ['template.Resources'],
  'deploy.restart_policy': ['template.RestartPolicy'],
  'deploy.placement': [
    'template.Placement.Constraints',
    'template.Placement.Preferences',
    'template.Placement.MaxReplicas',
  ],
}

/** What the engine or its client writes where nothing is said. */
const DEFAULTS: readonly (readonly [string, unknown])[] = [
  ['spec.EndpointSpec.Mode', 'vip'],
  ['container.StopGracePeriod', 10_000_000_000],
  ['template.RestartPolicy', { Condition: 'any' }],
  ['template.RestartPolicy', { Condition: 'any', Delay: 5_000_000_000 }],
]

export function differences(service: StackService, live: ServiceSpec, present: Present): string[] {
  const names = new Map([...present.values()].map(({ id, name }) => [id, name]))
  // A release writes safe update rules: those are not a difference.
  const wanted = rootsOf({ ...service.spec, UpdateConfig: updateRules(service.spec) }, service, names)
  const found = rootsOf({ ...live, UpdateConfig: updateRules(live) }, undefined, names)
  return Object.entries(SETTINGS)
    .filter(([, paths]) => paths.some((path) => !equal(settled(wanted, path), settled(found, path))))
    .map(([name]) => name)
}

/** In which settings of their tasks two specifications differ, beside the image. */
export function templateDifferences(one: ServiceSpec['TaskTemplate'], other: ServiceSpec['TaskTemplate']): string[] {
  const [left, right] = [one, other].map((TaskTemplate) =>
    rootsOf({ Name: '', Mode: {}, TaskTemplate }, undefined, new Map()),
  )
  return Object.entries(SETTINGS)
    .filter(([, paths]) => paths.every((path) => !path.startsWith('spec.')))
    .filter(([, paths]) => paths.some((path) => !equal(settled(left ?? {}, path), settled(right ?? {}, path))))
    .map(([name]) => name)
}

/** A specification with the names of secrets, configs and networks in place of their ids. */
function rootsOf(spec: ServiceSpec, service: StackService | undefined, names: ReadonlyMap<string, string>): Node {
  const { TaskTemplate: template } = spec
  const container: Node = { ...template.ContainerSpec }
  const files = (key: 'Secrets' | 'Configs', nameKey: string): Node[] => {
    if (service) {
      const references = key === 'Secrets' ? service.secrets : service.configs
      return references.map(({ name, file }) => ({ name, file }))
    }
    return listOf(container[key]).map((item) => ({ name: textOf(nodeOf(item)[nameKey]), file: nodeOf(item).File }))
  }
  const networks = listOf(template.Networks).map((item) => {
    const target = textOf(nodeOf(item).Target) ?? ''
    return { ...nodeOf(item), Target: names.get(target) ?? target }
  })
  return {
    spec: { ...spec, Labels: foreign(spec.Labels ?? {}) },
    template: { ...template, Networks: networks },
    container: {
      ...container,
      Labels: foreign(nodeOf(container.Labels)),
      Secrets: files('Secrets', 'SecretName'),
      Configs: files('Configs', 'ConfigName'),
    },
  }
}

/** Without our own labels and those of `docker stack deploy`. */
function foreign(labels: Node): Node {
  const own = new Set<string>(Object.values(LABEL))
  return Object.fromEntries(
    Object.entries(labels).filter(([key]) => !own.has(key) && !key.startsWith('com.docker.stack.')),
  )
}

function settled(roots: Node, path: string): unknown {
  const value = tidy(path.split('.').reduce<unknown>((node, key) => nodeOf(node)[key], roots))
  return DEFAULTS.some(([at, item]) => at === path && equal(value, item)) ? undefined : value
}

/** Without what is empty, false or zero; lists in one order, because the engine's order means nothing. */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = (value as unknown[]).map(tidy)
    const sorted = items
      .map((item) => [JSON.stringify(item), item] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1))
    return sorted.length === 0 ? undefined : sorted.map(([, item]) => item)
  }
  if (!isNode(value)) return value === null || value === '' || value === false || value === 0 ? undefined : value
  const entries = Object.entries(value)
    .map(([key, item]) => [key, key === 'Replicas' ? item : tidy(item)] as const)
    .filter(([, item]) => item !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}
