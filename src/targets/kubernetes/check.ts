// Preflight: everything that stands against a release, asked at once; nothing is changed.
import * as v from 'valibot'
import type { PinnedImage, Repository } from '../../domain/image.ts'
import type { KubernetesRequest } from './request.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { CheckRequest, Readiness } from '../../ports.ts'
import type { Cluster } from './api/cluster.ts'
import type { KubernetesRun } from './run.ts'
import type { Applier } from './apply/applier.ts'
import type { Trial } from './apply/trial.ts'
import { absentReferences } from './apply/absent-references.ts'
import { reviewAccess, rightsFor } from './api/access.ts'
import type { Found } from './current.ts'
import type { WorkloadId } from './api/names.ts'
import { parseWorkload } from './api/names.ts'
import type { Placed } from './why/nodes.ts'
import { daemonSetFaults } from './why/nodes.ts'
import { ownershipWarnings } from './apply/owners.ts'
import { planOf } from './plan.ts'
import type { Workload } from './api/schema.ts'

export async function checkCluster(run: KubernetesRun, asked: CheckRequest): Promise<Readiness> {
  const { request } = run
  const [cluster, ids, files] = await Promise.all([run.cluster(), run.workloadIds(), run.manifests()])
  const { namespace } = cluster
  const spelling = request.workloads.filter((text) => !parseWorkload(text)).map(misspelt)
  const kinds = [...new Set(ids.map(({ kind }) => kind))]
  const { preview } = run.deps
  const need = { kinds, blueGreen: request.strategy === 'blue-green', applied: await files.rights(), preview }
  const [access, absent, skew] = await Promise.all([
    reviewAccess(cluster, rightsFor(need), { isClusterWide: preview?.isOwn ?? false }),
    preview?.absent(files.manifests) ?? absentReferences(cluster, files.manifests),
    skewWarning(cluster),
  ])
  const { denied } = access
  // Without the right to read there is nothing more to say, and a 403 would say it less well.
  const found = denied ? [] : await run.findAll()
  const faults = [
    ...spelling,
    ...(denied ? [denied] : []),
    ...files.faults,
    ...absent.faults,
    ...(ids.length === 0 && files.faults.length === 0 ? [noWorkload()] : []),
    ...found.flatMap((one) => (files.has(one.id) ? (one.fault ?? []) : faultsOf(one, namespace, request))),
  ]
  const rendered = asked.image ?? (asked.dryRun ? unbuilt(run.deps.repository) : undefined)
  const tried = faults.length > 0 ? NOTHING_TRIED : await files.tryAll(rendered)
  // A workload of the manifests is judged as it would be, not as it is now.
  const ahead = tried.workloads.flatMap(({ id, spec }) => stateFaults(spec, id, request))
  const placed = faults.length > 0 ? [] : await daemonSetFaults(cluster.api, placedOf(found, tried, files))
  const plan = await Promise.all(
    // In blue-green what is live is not changed: the other colour is, and says so itself.
    (faults.length > 0 || need.blueGreen ? [] : found.filter(({ workload }) => workload)).map((one) =>
      planOf(cluster, files, one, asked),
    ),
  )
  return {
    faults: [...faults, ...tried.faults, ...ahead, ...placed],
    warnings: [
      ...skew,
      ...absent.warnings,
      ...files.warnings,
      ...found.flatMap(({ workload, id }) => (workload ? warningsOf(workload, id) : [])),
    ],
    notices: [...access.notices, ...absent.notices],
    plan: [...plan.flat(), ...tried.plan.map(withoutStandIn)],
  }
}

/** Every workload of the release with the spec that it would have. */
function placedOf(found: readonly Found[], tried: Trial, files: Applier): Placed[] {
  const lives = new Map(found.map(({ id, workload }) => [id.label, workload]))
  return [
    ...tried.workloads.map(({ id, spec }) => ({ id, spec, live: lives.get(id.label) })),
    ...found.flatMap(({ id, workload }) => {
      return workload && !files.has(id) ? [{ id, spec: workload.spec, live: workload }] : []
    }),
  ]
}

const NOTHING_TRIED: Trial = { faults: [], plan: [], workloads: [] }
const STAND_IN = `sha256:${'0'.repeat(64)}` as const

/** Stands for an image that is not built yet: the manifests' own one would not be what is set. */
function unbuilt(repository: Repository): PinnedImage {
  return { repository, digest: STAND_IN, accepted: new Set() }
}

function withoutStandIn(line: string): string {
  return line.replace(/sha256:0{12,64}…?/g, '<digest of the build>')
}

function noWorkload(): Reason {
  return {
    code: 'workload-not-found',
    what: 'no workload is named, and the manifests describe none',
    fix: 'Set workload.',
  }
}

function misspelt(text: string): Reason {
  return {
    code: 'invalid-input',
    what: `workload ${text}: not a workload that can be replaced`,
    fix: 'Write deployment/NAME, statefulset/NAME or daemonset/NAME; a name alone is a Deployment.',
  }
}

function faultsOf(found: Found, namespace: string, request: KubernetesRequest): Reason[] {
  const { id, workload, fault } = found
  if (!workload) {
    return [
      {
        code: 'workload-not-found',
        what: `${id.label} does not exist in namespace ${namespace}`,
        fix: creation(id, namespace),
      },
    ]
  }
  return [...(fault ? [fault] : []), ...stateFaults(workload.spec, id, request)]
}

function creation({ kind, name }: WorkloadId, namespace: string): string {
  return kind === 'Deployment'
    ? `Create it: kubectl create deployment ${name} --namespace ${namespace} --image IMAGE --replicas 2; or name its manifests.`
    : `Create it: kubectl apply --namespace ${namespace} -f FILE; or name that file as manifests.`
}

function stateFaults(spec: Workload['spec'], { kind, label }: WorkloadId, request: KubernetesRequest): Reason[] {
  const faults: Reason[] = []
  if (spec.paused === true) {
    const fix = `Resume it: kubectl rollout resume ${label}`
    faults.push({ code: 'nothing-runs', what: `${label} is paused: nothing would be replaced`, fix })
  }
  if (kind !== 'DaemonSet' && spec.replicas === 0) {
    const fix = `Scale it up: kubectl scale ${label} --replicas 1`
    faults.push({ code: 'nothing-runs', what: `${label} is scaled to zero: nothing would run`, fix })
  }
  if (spec.updateStrategy?.type === 'OnDelete') {
    const what = `${label} has the update strategy OnDelete: its pods would keep the old version until somebody deletes them`
    faults.push({ code: 'not-supported', what, fix: 'Set updateStrategy.type to RollingUpdate.' })
  }
  if ((spec.updateStrategy?.rollingUpdate?.partition ?? 0) > 0) {
    const what = `${label} has a partition: pods below it would keep the old version`
    faults.push({ code: 'not-supported', what, fix: 'Set updateStrategy.rollingUpdate.partition to 0.' })
  }
  if (request.strategy === 'blue-green' && kind !== 'Deployment') {
    faults.push({
      code: 'not-supported',
      what: `${label}: blue-green is for Deployments`,
      fix: 'Use strategy: rolling.',
    })
  }
  return faults
}

function warningsOf(workload: Workload, id: WorkloadId): string[] {
  const { containers } = workload.spec.template.spec
  const unprobed = containers.filter(({ readinessProbe, startupProbe }) => !readinessProbe && !startupProbe)
  return [
    ...ownershipWarnings(workload, id),
    ...(unprobed.length === containers.length
      ? [`${id.label} has no readiness probe: a pod counts as ready as soon as its process runs`]
      : []),
  ]
}

const VersionSchema = v.object({ gitVersion: v.string() })

/** kubectl supports one minor version of difference; more mostly works, so it is said and not refused. */
async function skewWarning({ api }: Cluster): Promise<string[]> {
  const answer = await api.request('GET', '/version')
  const parsed = v.safeParse(VersionSchema, answer.body)
  const client = await api.clientVersion?.()
  if (!parsed.success || client === undefined) return []
  const [one, other] = [minor(client), minor(parsed.output.gitVersion)]
  if (one === undefined || other === undefined || Math.abs(one - other) <= 1) return []
  return [
    `kubectl is ${client} and the cluster ${parsed.output.gitVersion}: more than one minor version apart; set kubectl-version to match`,
  ]
}

function minor(version: string): number | undefined {
  const match = /^v?1\.(\d+)/.exec(version)
  return match ? Number(match[1]) : undefined
}
