/** Preflight: whether this Swarm can take the release, everything that stands against it at once, and the plan. */
import type { PinnedImage, Repository } from '../../domain/image.ts'
import { pinned } from '../../domain/image.ts'
import type { SwarmRequest } from './request.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { EngineApi, Readiness } from '../../ports.ts'
import type { Swarm } from './engine.ts'
import { imageOf, imageText, excludesItself } from './spec.ts'
import { nodesFor } from './placement.ts'
import { checkStack } from './check-stack.ts'
import type { Stack } from './stack/stack.ts'
import type { Node, Service, ServiceSpec } from './schema.ts'

export interface CheckContext {
  readonly api: EngineApi
  readonly swarm: Swarm
  readonly request: SwarmRequest
  readonly names: readonly string[]
  readonly stack: Stack | undefined
  readonly repository: Repository
  /** What would be set, where it is known already. */
  readonly image: PinnedImage | undefined
}

/** The image that a release is about. */
type Wanted = Pick<CheckContext, 'image' | 'repository'>

export interface Findings {
  readonly faults: Reason[]
  readonly warnings: string[]
  readonly plan: string[]
}

export async function checkSwarm(context: CheckContext): Promise<Readiness> {
  const found: Findings = { faults: [], warnings: [], plan: [] }
  const { swarm, request, names, stack } = context
  checkRequest(request, found)
  const manager = await managerFault(swarm)
  if (manager) return { ...found, faults: [...found.faults, manager] }
  const { services } = await swarm.services(names)
  const all = await Promise.all(
    names.map(async (name) => {
      const each: Findings = { faults: [], warnings: [], plan: [] }
      const service = services.find((candidate) => candidate.Spec.Name === name)
      if (service) await checkService(context, service, each)
      else checkAbsent(context, name, each)
      return each
    }),
  )
  if (stack) await checkStack({ ...context, stack }, services, found)
  return {
    faults: [...found.faults, ...all.flatMap(({ faults }) => faults)],
    warnings: [...found.warnings, ...all.flatMap(({ warnings }) => warnings)],
    plan: [...found.plan, ...all.flatMap(({ plan }) => plan)],
  }
}

export function checkRequest(request: SwarmRequest, { faults }: Findings): void {
  if (request.strategy === 'blue-green') {
    faults.push({
      code: 'not-supported',
      what: 'Swarm has no blue-green strategy: nothing switches traffic between two versions of a service',
      fix: 'Use strategy: rolling. The update is start-first: new tasks are healthy before old ones end.',
    })
  }
}

/** A sentence for every kind of engine that cannot manage services. */
export async function managerFault(swarm: Swarm): Promise<Reason | undefined> {
  const { Swarm: state } = await swarm.info()
  if (state?.ControlAvailable === true) return undefined
  const at = `the engine at ${swarm.endpoint}`
  switch (state?.LocalNodeState ?? 'inactive') {
    case 'active':
      return {
        code: 'target-denied',
        what: `${at} is a Swarm worker: only managers can change services`,
        fix: 'Point docker-host or docker-context to a manager (`docker node ls` on one of them lists all).',
      }
    case 'locked':
      return {
        code: 'target-denied',
        what: `${at} is a Swarm manager that is locked`,
        fix: 'Unlock it with `docker swarm unlock`.',
      }
    case 'pending':
    case 'error':
      return {
        code: 'target-unreachable',
        what: `${at} belongs to a Swarm but has no contact to it${state?.Error ? `: ${state.Error}` : ''}`,
      }
    default:
      return {
        code: 'target-denied',
        what: `${at} is not part of a Swarm`,
        fix: 'Make it one with `docker swarm init`, or name a manager with docker-host or docker-context.',
      }
  }
}

async function checkService(
  context: CheckContext,
  service: Service,
  { faults, warnings, plan }: Findings,
): Promise<void> {
  const { swarm } = context
  const { Spec: spec } = service
  const name = spec.Name
  const { Replicated: replicated, Global: global } = spec.Mode
  if (!replicated && !global) {
    faults.push({ code: 'not-supported', what: `service ${name} is a job: jobs end, nothing of them could be proven` })
  } else if (!spec.TaskTemplate.ContainerSpec) {
    faults.push({ code: 'not-supported', what: `service ${name} runs no containers` })
  } else if (replicated?.Replicas === 0) {
    faults.push({
      code: 'nothing-runs',
      what: `service ${name} is scaled to zero: nothing would run that could be proven`,
      fix: `Scale it up first: docker service scale ${name}=1`,
    })
  }
  if (global) faults.push(...noNode(name, spec, await swarm.nodes()))
  const crowded = excludesItself(spec)
  if (crowded !== undefined) {
    const order = spec.UpdateConfig?.Order ?? 'stop-first'
    warnings.push(
      `service ${name} ${crowded}: a new task may find no place beside the old one, so its own update order stays (${order})`,
    )
  }
  if (!(await hasHealthcheck(swarm, service, context.image))) {
    warnings.push(
      `service ${name} has no HEALTHCHECK: Swarm takes a started process for a ready one and ends the old tasks at once`,
    )
  }
  plan.push(...imageDiff(name, imageOf(spec), context))
}

/** A global service has a task on every node that can take one: on none, nothing could be proven. */
export function noNode(name: string, spec: ServiceSpec, nodes: readonly Node[]): Reason[] {
  if (nodesFor(spec, nodes).length > 0) return []
  const constraints = spec.TaskTemplate.Placement?.Constraints ?? []
  return [
    {
      code: 'nothing-runs',
      what: `service ${name} is global and no node can take it: nothing would run that could be proven`,
      evidence: constraints.map((constraint) => `constraint: ${constraint}`),
      fix: 'Compare its constraints with `docker node ls` and `docker node inspect`: a node must be up, not drained, and match all of them.',
    },
  ]
}

/** In the service, else in the new image where the engine has it already, else in the one that runs. */
async function hasHealthcheck(swarm: Swarm, service: Service, image: PinnedImage | undefined): Promise<boolean> {
  const own = service.Spec.TaskTemplate.ContainerSpec?.Healthcheck?.Test ?? []
  if (own.length > 0) return own[0] !== 'NONE'
  const details = (image && (await swarm.image(pinned(image)))) ?? (await swarm.image(imageOf(service.Spec)))
  // An image that this engine does not have says nothing: no warning without knowledge.
  if (details === undefined) return true
  const test = details.Config?.Healthcheck?.Test ?? []
  return test.length > 0 && test[0] !== 'NONE'
}

function checkAbsent(context: CheckContext, name: string, { faults, plan }: Findings): void {
  const { request, stack } = context
  if (stack?.services.has(name) === true) {
    plan.push(`service ${name}`, `  is created from ${stack.file}`, `  + image ${wanted(context)}`)
    return
  }
  const defined = stack ? `, and ${stack.file} does not define it` : ''
  faults.push({
    code: 'workload-not-found',
    what: `there is no service ${name} on this Swarm${defined}`,
    fix: `Create it: docker service create --name ${name} --with-registry-auth ${wanted(context)}, or name its stack file with manifests (as in docker stack deploy -c stack.yml ${request.app}).`,
  })
}

export function imageDiff(name: string, now: string, context: Wanted): string[] {
  const next = wanted(context)
  if (context.image && imageText(context.image) === now) return [`service ${name}: runs ${now} already`]
  return [`service ${name}`, `  - image ${now}`, `  + image ${next}`]
}

export function wanted({ image, repository }: Wanted): string {
  return image ? imageText(image) : `${repository.name}@<digest of the build>`
}

export function notFound(name: string): DeployError {
  return new DeployError('workload-not-found', `there is no service ${name} on this Swarm`)
}
