/** Which colour a Service serves, and which one is idle. */
import type { Repository } from '../../domain/image.ts'
import type { KubernetesRequest } from './request.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import { candidates, otherName, serves } from './colours.ts'
import { find, type Found } from './current.ts'
import type { KubernetesDeps } from './deps.ts'
import { parseWorkload, workloadId, type Paths, type WorkloadId } from './names.ts'
import type { Service, Workload } from './schema.ts'
import { activeService } from './traffic.ts'

export type Labels = Readonly<Record<string, string>>

export interface Place {
  readonly namespace: string
  readonly paths: Paths
}

export interface Scene {
  readonly service: Service
  readonly live: Found & { readonly workload: Workload }
  readonly idle: { readonly id: WorkloadId; readonly workload: Workload | undefined }
}

export async function lookAtColours(
  request: KubernetesRequest,
  { api }: Pick<KubernetesDeps, 'api'>,
  { paths }: Place,
  repository: Repository | undefined,
): Promise<Scene> {
  const [text = ''] = request.workloads
  const wanted = parseWorkload(text)
  if (!wanted || request.workloads.length !== 1 || wanted.kind !== 'Deployment' || request.manifests.length > 0) {
    throw new DeployError('not-supported', 'blue-green replaces one Deployment that exists already', {
      fix: 'Name one Deployment as workload and no manifests, or use strategy: rolling.',
    })
  }
  if (request.activeService === undefined) {
    throw new DeployError('invalid-input', 'blue-green needs the Service whose selector is switched', {
      faults: [{ name: 'active-service', problem: 'is missing', example: wanted.name }],
    })
  }
  const service = await activeService(api, paths, request.activeService)
  const ids = candidates(wanted.name).map((name) => workloadId('Deployment', name))
  const all = await Promise.all(ids.map((id) => find(api, paths, id, repository, request.container)))
  const existing = all.flatMap((found) => (found.workload ? [{ ...found, workload: found.workload }] : []))
  const served = existing.filter(({ workload }) => serves(service, workload.spec.template))
  const [live] = served
  const selector = JSON.stringify(service.spec.selector ?? {})
  if (!live) {
    const names = ids.map(({ name }) => name).join(', ')
    const what = `the Service ${request.activeService} selects ${selector}: that is none of the Deployments ${names}`
    throw new DeployError('workload-not-found', what, {
      fix: 'Name the Deployment that the Service selects as workload.',
    })
  }
  if (served.length > 1) {
    const names = served.map(({ id }) => id.name).join(' and ')
    const what = `the Service ${request.activeService} selects ${selector}: pods of ${names} at once`
    throw new DeployError('not-supported', what, { fix: 'Let its selector name a label in which the two differ.' })
  }
  const name = otherName(
    live.id.name,
    existing.map(({ id }) => id.name),
  )
  const idle = existing.find(({ id }) => id.name === name)?.workload
  return { service, live, idle: { id: workloadId('Deployment', name), workload: idle } }
}
