/** Preflight of a stack file: everything that would be found only when its services are created, and what it says that is not applied. */
import type { CheckContext, Findings } from './check.ts'
import { noNode } from './check.ts'
import { differences } from './stack/differences.ts'
import type { Present } from './stack/parts.ts'
import { absentParts, missingParts, presentOn, staleParts, unreadableParts } from './stack/parts.ts'
import type { Stack, StackService } from './stack/stack.ts'
import type { Service } from './schema.ts'

interface StackCheck extends CheckContext {
  readonly stack: Stack
}

/** @param services those of the release that exist */
export async function checkStack(check: StackCheck, services: readonly Service[], found: Findings): Promise<void> {
  const { api, stack, names, swarm } = check
  const kinds = [...stack.resources, { kind: 'network' as const }]
  const others = [...stack.services.keys()].filter((name) => !names.includes(name))
  const [present, { services: existing }] = await Promise.all([presentOn(api, kinds), swarm.services(others)])
  const all = [...services, ...existing]
  const isAbsent = (name: string): boolean => !all.some(({ Spec }) => Spec.Name === name)
  warnOfDifferences(stack, all, present, found)
  const kept = [...stack.services.values()].filter(({ name }) => !isAbsent(name))
  const content = warnOfContent(check, kept, present, found)
  if (!names.some((name) => stack.services.has(name) && isAbsent(name))) return content
  const created = [...stack.services.values()].filter(({ name }) => isAbsent(name))
  await Promise.all([content, checkCreated(check, created, present, found)])
  const more = created.filter(({ name }) => !names.includes(name))
  found.plan.push(...more.map(({ name }) => `service ${name} of the same stack is created`))
}

async function checkCreated(
  { api, stack, names, swarm }: StackCheck,
  created: readonly StackService[],
  present: Present,
  { faults, warnings, plan }: Findings,
): Promise<void> {
  const globals = created.filter(({ name, spec }) => spec.Mode.Global && names.includes(name))
  const [unreadable, stale, nodes] = await Promise.all([
    unreadableParts(stack),
    staleParts(api, stack, { present, used: usedBy(created) }),
    globals.length === 0 ? [] : swarm.nodes(),
  ])
  faults.push(...missingParts(stack, present), ...unreadable, ...stale)
  faults.push(...globals.flatMap(({ name, spec }) => noNode(name, spec, nodes)))
  for (const { name, spec } of created) {
    if (!names.includes(name) || spec.Mode.Replicated?.Replicas !== 0) continue
    faults.push({
      code: 'nothing-runs',
      what: `service ${name} has 0 replicas in ${stack.file}: nothing would run that could be proven`,
      fix: 'Set deploy.replicas to 1 or more.',
    })
  }
  warnings.push(...stack.warnings)
  plan.push(...absentParts(stack, present).map(({ kind, name }) => `${kind} ${name} is created`))
}

/** Secrets and configs, by kind and name. */
function usedBy(services: readonly StackService[]): ReadonlySet<string> {
  return new Set(
    services.flatMap(({ secrets, configs }) => [
      ...secrets.map(({ name }) => `secret ${name}`),
      ...configs.map(({ name }) => `config ${name}`),
    ]),
  )
}

/** A service that exists keeps its secrets and configs: other content in their files is named. */
async function warnOfContent(
  { api, stack }: StackCheck,
  kept: readonly StackService[],
  present: Present,
  { warnings }: Findings,
): Promise<void> {
  const stale = await staleParts(api, stack, { present, used: usedBy(kept) })
  warnings.push(...stale.map(({ what, fix }) => `${what}: what runs keeps the old content. ${fix ?? ''}`))
}

/** Only the image of a service that exists is changed: what else the file says is named. */
function warnOfDifferences(stack: Stack, services: readonly Service[], present: Present, { warnings }: Findings): void {
  for (const { Spec: live } of services) {
    const service = stack.services.get(live.Name)
    const names = service ? differences(service, live, present) : []
    if (names.length === 0) continue
    warnings.push(
      `service ${live.Name} differs from ${stack.file} in ${names.join(', ')}: a release changes only the image of a service that exists; docker stack deploy applies the rest`,
    )
  }
}
