/** Finds the service deployment that belongs to a handle: by its revision's task definition, in as few requests as may be. */
import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import type { EcsReader } from './reader.ts'
import type { EcsSpec } from './snapshot.ts'

export interface DeploymentFinder {
  /** Learns what is not known yet of these handles: all at once by what the services name, else one by one. */
  learn(handles: readonly EcsSpec[]): Promise<void>
  /** ARN of the service deployment; undefined where it is not known. */
  arnOf(handle: EcsSpec): string | undefined
}

export function createFinder(reader: EcsReader): DeploymentFinder {
  /** Deployment id → ARN; undefined: it cannot be known. */
  const arns = new Map<string, string | undefined>()
  const keyOf = ({ deploymentId, service }: EcsSpec): string => deploymentId ?? service
  const isOpen = (handle: EcsSpec) => handle.serviceDeployment === undefined && !arns.has(keyOf(handle))

  /** The newest service deployment of each handle that moves to its task definition. */
  async function match(handles: readonly EcsSpec[], deployments: readonly ServiceDeployment[]): Promise<void> {
    const revisions = deployments.flatMap(({ targetServiceRevision }) => targetServiceRevision?.arn ?? [])
    const definitions = await reader.revisions(revisions)
    for (const handle of handles) {
      const found = deployments.find(
        ({ serviceArn, targetServiceRevision }) =>
          serviceArn?.split('/').at(-1) === handle.service.split('/').at(-1) &&
          definitions.get(targetServiceRevision?.arn ?? '') === handle.taskDefinition,
      )
      if (found?.serviceDeploymentArn !== undefined) arns.set(keyOf(handle), found.serviceDeploymentArn)
    }
  }

  async function learnOne(handle: EcsSpec): Promise<void> {
    const recent = await reader.recent(handle.service)
    if (recent) await match([handle], recent)
    // Right after the update Amazon may not have it yet: then it is asked again.
    else arns.set(keyOf(handle), undefined)
  }

  return {
    async learn(handles) {
      const open = handles.filter(isOpen)
      if (open.length === 0) return
      const services = await reader.services(open.map(({ service }) => service))
      const hints = open.flatMap(({ service }) => services.get(service)?.currentServiceDeployment ?? [])
      await match(open, [...(await reader.deployments(hints)).values()])
      await Promise.all(open.filter(isOpen).map(learnOne))
    },
    arnOf: (handle) => handle.serviceDeployment ?? arns.get(keyOf(handle)),
  }
}
