// What a service deployment does next, whatever its strategy: start what is missing, be complete, go back.
import { alive, startTask } from './lifecycle.ts'
import type { Rollout, Service, ServiceDeployment } from './model.ts'
import type { World } from './world.ts'
import { finish, newRollout, tell } from './world.ts'

export function startMissing(
  world: World,
  service: Service,
  { primary, missing }: { primary: Rollout; missing: number },
): void {
  if (missing <= 0 || Date.now() < primary.notBefore) return
  if (world.dial.find('capacity', service.name)) {
    const text =
      'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.'
    if (service.events[0]?.message.includes('unable to place') !== true) tell(service, text)
    return
  }
  const known = primary.revision.digests.size > 0
  const count = known ? missing : alive(world, service).some((task) => task.startedBy === primary.id) ? 0 : 1
  for (let index = 0; index < count; index += 1) startTask(world, service, primary)
}

/** The rollout has what it wants: told once, after the lag. */
export function complete(world: World, service: Service, deployment: ServiceDeployment): void {
  const [primary] = service.rollouts
  if (!primary || primary.state !== 'IN_PROGRESS' || world.dial.find('hold-complete', service.name)) return
  deployment.readySince ??= Date.now()
  if (Date.now() - deployment.readySince < world.knobs.completeLag) return
  primary.state = 'COMPLETED'
  primary.reason = `ECS deployment ${primary.id} completed.`
  primary.revision.productionWeight = 100
  primary.updatedAt = Date.now()
  service.rollouts = service.rollouts.filter(
    (rollout) => rollout === primary || alive(world, service).some((task) => task.startedBy === rollout.id),
  )
  tell(service, `(deployment ${primary.id}) deployment completed.`)
  tell(service, 'has reached a steady state.')
  if (deployment.finishedAt !== undefined) return
  if (deployment.status === 'ROLLBACK_IN_PROGRESS') finish(deployment, 'ROLLBACK_SUCCESSFUL', deployment.reason)
  else finish(deployment, 'SUCCESSFUL', '')
}

/** Back to the revision of before, or to nothing where there was none. */
export function rollBack(world: World, service: Service, reason: string): void {
  const [deployment] = service.deployments
  const [primary] = service.rollouts
  if (!deployment || !primary) return
  deployment.updatedAt = Date.now()
  deployment.reason = reason
  const good = service.rollouts.slice(1).find(({ revision }) => deployment.sources.includes(revision))
  if (!good) {
    primary.state = 'FAILED'
    finish(deployment, 'ROLLBACK_FAILED', `${reason} There is no completed deployment to roll back to.`)
    return
  }
  deployment.status = 'ROLLBACK_IN_PROGRESS'
  deployment.rollback = { reason, startedAt: Date.now(), revision: good.revision }
  const again = world.knobs.rollbackId === 'reuse' ? good : newRollout(good.revision)
  Object.assign(again, { status: 'PRIMARY', state: 'IN_PROGRESS', failedTasks: 0, notBefore: 0, updatedAt: Date.now() })
  primary.status = 'ACTIVE'
  if (primary.state === 'IN_PROGRESS') primary.state = 'FAILED'
  primary.reason = `ECS deployment circuit breaker: rolling back to deploymentId ${again.id}.`
  service.rollouts = [again, ...service.rollouts.filter((rollout) => rollout !== good)]
  service.taskDefinition = good.revision.taskDefinition
  tell(service, `rolling back to deployment ${again.id}.`)
}
