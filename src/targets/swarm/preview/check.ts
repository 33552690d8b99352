/** Preflight of a preview: what stands against it, and what it will be beside production. */
import { formatDuration } from '../../../domain/duration.ts'
import type { PinnedImage, Repository } from '../../../domain/image.ts'
import { isPartOf } from '../../../domain/preview-labels.ts'
import type { PreviewSettings } from '../../../domain/preview.ts'
import type { Reason } from '../../../errors/deploy-error.ts'
import type { Clock, EngineApi, Readiness } from '../../../ports.ts'
import { checkRequest, imageDiff, managerFault, noNode, wanted } from '../check.ts'
import type { Swarm } from '../engine.ts'
import type { SwarmRequest } from '../request.ts'
import { imageOf } from '../spec.ts'
import { absentParts, missingParts, presentOn, unreadableParts } from '../stack/parts.ts'
import type { Service } from '../schema.ts'
import { withFileNames } from './files.ts'
import type { FoundPart } from './found.ts'
import { findParts, partText } from './found.ts'
import { namespaceLabel } from './remove.ts'
import type { PreviewStack } from './stack.ts'
import { ownVolumes } from './volumes.ts'

export interface PreviewCheck {
  readonly api: EngineApi
  readonly swarm: Swarm
  readonly clock: Clock
  readonly request: SwarmRequest
  readonly preview: PreviewSettings
  readonly stack: PreviewStack
  readonly repository: Repository
  /** What would be set, where it is known already. */
  readonly image: PinnedImage | undefined
}

export async function checkPreview(check: PreviewCheck): Promise<Readiness> {
  const { api, swarm, request, preview, stack } = check
  const found = { faults: new Array<Reason>(), warnings: new Array<string>(), plan: new Array<string>() }
  checkRequest(request, found)
  const manager = await managerFault(swarm)
  if (manager) return { ...found, faults: [...found.faults, manager] }
  const kinds = [...stack.resources, { kind: 'network' as const }]
  const [present, { parts }, { services }, volumes, unreadable] = await Promise.all([
    presentOn(api, kinds),
    findParts(api, namespaceLabel(preview), check.clock),
    swarm.services([...stack.services.keys()]),
    ownVolumes(api, stack),
    unreadableParts(stack),
  ])
  const named = await withFileNames(stack, preview, { api, present })
  const ofName = [
    ...services.map(({ Spec }) => ({ kind: 'service' as const, name: Spec.Name, labels: Spec.Labels ?? {} })),
    ...named.resources.flatMap((part) => (part.external ? [] : (present.get(`${part.kind} ${part.name}`) ?? []))),
    ...volumes,
  ]
  const faults = [
    ...found.faults,
    ...takenFaults([...parts, ...ofName], preview),
    ...missingParts(stack, present),
    ...unreadable,
    ...(await serviceFaults(check)),
  ]
  const absent = absentParts(named, present).map((part) => `${part.kind} ${part.name} is created`)
  const plan = [headline(preview), ...servicePlan(check, services, parts), ...absent, ...stack.notes.plan]
  return { faults, warnings: [...stack.warnings, ...stack.notes.warnings], plan }
}

function headline({ name, number, ttl }: PreviewSettings): string {
  return `preview ${name} of pull request ${String(number)}, until ${formatDuration(ttl)} after its last deployment`
}

/** Somebody's own stack or service of the same name: nothing of it may be touched. */
function takenFaults(
  parts: readonly Pick<FoundPart, 'kind' | 'name' | 'labels'>[],
  preview: PreviewSettings,
): Reason[] {
  const taken = new Set(parts.filter(({ labels, name }) => !isPartOf(labels, name, preview)).map(partText))
  if (taken.size === 0) return []
  const [first = ''] = taken
  const more = taken.size > 1 ? ` (and ${String(taken.size - 1)} more)` : ''
  return [
    {
      code: 'name-taken',
      what: `${first} is there already and is not part of the preview ${preview.name}${more}`,
      evidence: [...taken],
    },
  ]
}

async function serviceFaults({ swarm, stack }: PreviewCheck): Promise<Reason[]> {
  const released = stack.names.map((name) => ({ name, spec: stack.services.get(name)?.spec }))
  const hasGlobal = released.some(({ spec }) => spec?.Mode.Global !== undefined)
  const nodes = hasGlobal ? await swarm.nodes() : []
  return released.flatMap(({ name, spec }): Reason[] => {
    if (spec === undefined) {
      return [{ code: 'workload-not-found', what: `${stack.file} does not define the service ${name}` }]
    }
    if (spec.Mode.Global) return noNode(name, spec, nodes)
    if (spec.Mode.Replicated?.Replicas !== 0) return []
    const what = `service ${name} has 0 replicas in ${stack.file}: nothing would run that could be proven`
    return [{ code: 'nothing-runs', what, fix: 'Set deploy.replicas to 1 or more.' }]
  })
}

function servicePlan(check: PreviewCheck, live: readonly Service[], parts: readonly FoundPart[]): string[] {
  const { stack } = check
  const now = new Map(live.map(({ Spec }) => [Spec.Name, Spec]))
  const gone = parts.filter(({ kind, name }) => kind === 'service' && !stack.services.has(name))
  return [
    ...[...stack.services].flatMap(([name, { spec }]) => {
      const there = now.get(name)
      const isReleased = stack.names.includes(name)
      if (there && isReleased) return imageDiff(name, imageOf(there), check)
      if (there) return [`service ${name} is updated where ${stack.file} says something else`]
      const image = isReleased ? wanted(check) : imageOf(spec)
      return [`service ${name}`, `  is created from ${stack.file}`, `  + image ${image}`]
    }),
    ...gone.map(({ name }) => `service ${name} is removed: ${stack.file} does not define it any more`),
  ]
}
