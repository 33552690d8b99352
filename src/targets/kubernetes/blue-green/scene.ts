/** Which colour a Service serves, and which one is idle. */
import type { Repository } from '../../../domain/image.ts'
import { DeployError } from '../../../errors/deploy-error.ts'
import { candidates, COLOUR, HASH, matches, otherName, ownSelector, restSelector } from './colours.ts'
import type { Found } from '../current.ts'
import { find } from '../current.ts'
import type { Cluster } from '../api/cluster.ts'
import { historyOf } from '../history.ts'
import type { WorkloadId } from '../api/names.ts'
import { parseWorkload, workloadId } from '../api/names.ts'
import { hashOf } from './replica-sets.ts'
import type { KubernetesRequest } from '../request.ts'
import type { Service, Workload } from '../api/schema.ts'
import { activeService, sameLabels, textOf } from './traffic.ts'

export type Labels = Readonly<Record<string, string>>

type Colour = Found & { readonly workload: Workload }

export interface Scene {
  readonly service: Service
  readonly live: Colour
  readonly idle: { readonly id: WorkloadId; readonly workload: Workload | undefined }
  /** What the Service selects while nothing is released. */
  readonly rest: Labels
  /** Said where the Service selects something else: somebody applied an older file, or a run was killed. */
  readonly oddity?: string
}

export async function findColours(
  cluster: Cluster,
  request: KubernetesRequest,
  repository: Repository | undefined,
): Promise<Scene> {
  const { wanted, serviceName } = subjectOf(request)
  const service = await activeService(cluster, serviceName)
  const ids = candidates(wanted.name).map((name) => workloadId('Deployment', name))
  const all = await Promise.all(ids.map((id) => find(cluster, id, { repository, container: request.container })))
  const existing = all.flatMap((found) => (found.workload ? [{ ...found, workload: found.workload }] : []))
  const live = await liveOf(existing, service, (colour) => hashOf(cluster, colour.workload))
  if (!live) throw noColour(service, ids)
  const names = existing.map(({ id }) => id.name)
  const name = otherName(live.id.name, names)
  const idle = existing.find(({ id }) => id.name === name)?.workload
  const selector = service.spec.selector ?? {}
  const rest = restSelector(selector, live.workload.spec.template)
  const oddity = `the Service ${serviceName} selects ${textOf(selector)}: it was changed since the last release, or a run was killed. ${live.id.name} is taken as the version that serves, and the release makes it select ${textOf(rest)}`
  return {
    service,
    live,
    idle: { id: workloadId('Deployment', name), workload: idle },
    rest,
    ...(sameLabels(selector, rest) ? {} : { oddity }),
  }
}

function subjectOf(request: KubernetesRequest): { wanted: WorkloadId; serviceName: string } {
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
  return { wanted, serviceName: request.activeService }
}

/**
 * The colour that serves. Where the Service's selector does not say it alone (a file was applied, replaced or edited
 * since the last release, or a run was killed), it is the one that has ready pods, then the one that the selector still
 * names, then the one that was verified last. @throws DeployError not-supported where two serve at once and nothing tells them apart
 */
async function liveOf(
  existing: readonly Colour[],
  service: Service,
  hash: (colour: Colour) => Promise<string | undefined>,
): Promise<Colour | undefined> {
  const selector = service.spec.selector ?? {}
  const matched = existing.filter(({ workload }) => matches(selector, workload.spec.template))
  const [only] = matched
  if (only && matched.length === 1 && isUp(only)) return only
  const isOurs = existing.some(({ id }) => id.name === selector[COLOUR])
  const related = existing.filter(({ workload }) => isOurs || matches(ownSelector(selector), workload.spec.template))
  const up = related.filter(isUp)
  if (up.length === 1) return up[0]
  const choice = up.length > 0 ? up : related
  const named = choice.find(({ id }) => id.name === selector[COLOUR])
  if (named) return named
  if (selector[HASH] !== undefined) {
    const hashes = await Promise.all(choice.map(hash))
    const at = hashes.indexOf(selector[HASH])
    if (at >= 0) return choice[at]
  }
  const [newest, other] = [...up].sort((one, two) => (verifiedAt(one) < verifiedAt(two) ? 1 : -1))
  if (newest && other && verifiedAt(newest) > verifiedAt(other)) return newest
  if (up.length > 1) {
    const names = up.map(({ id }) => id.name).join(' and ')
    const what = `the Service ${service.metadata.name} selects ${textOf(selector)}: pods of ${names} at once`
    const fix = `Scale the one that is not meant to serve down (kubectl scale deployment NAME --replicas 0).`
    throw new DeployError('not-supported', what, { fix })
  }
  return only ?? choice[0]
}

function isUp({ workload }: Colour): boolean {
  // A colour that was just scaled to zero still counts its pods.
  return workload.spec.replicas !== 0 && (workload.status?.readyReplicas ?? 0) > 0
}

/** The place of the colour's last verified version among all records: a larger number is later. */
function verifiedAt({ workload }: Colour): number {
  return Math.max(0, ...historyOf(workload).verified.map(({ sequence = 0 }) => sequence))
}

function noColour(service: Service, ids: readonly WorkloadId[]): DeployError {
  const names = ids.map(({ name }) => name).join(', ')
  const selector = JSON.stringify(service.spec.selector ?? {})
  const what = `the Service ${service.metadata.name} selects ${selector}: that is none of the Deployments ${names}`
  return new DeployError('workload-not-found', what, {
    fix: 'Name the Deployment that the Service selects as workload.',
  })
}
