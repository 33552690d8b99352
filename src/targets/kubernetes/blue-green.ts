/** Blue-green: the new version comes up beside the live one, is proven, and then the Service's selector moves. */
import { pinned } from '../../domain/image.ts'
import type { Repository } from '../../domain/image.ts'
import type { KubernetesRequest } from '../../domain/request.ts'
import { asDeployError, DeployError } from '../../errors/deploy-error.ts'
import type { Lockable, Rollout, Running, Switchable, Target, TrafficSwitch } from '../../ports.ts'
import { patchWorkload } from './change.ts'
import { FIELD_MANAGER, parse, read, refusal } from './client.ts'
import { candidates, idleLabels, matchFor, newLabels, otherName, recoloured, selectorFor, serves } from './colours.ts'
import { imageOf, sameImage, withImages } from './containers.ts'
import { find, type Found } from './current.ts'
import type { KubernetesDeps } from './deps.ts'
import { parseWorkload, workloadId, type Paths, type WorkloadId } from './names.ts'
import { referencesWarning } from './references.ts'
import { WorkloadSchema, type Service, type Template, type Workload } from './schema.ts'
import { earlierAnnotations, specOf, stampAnnotations, stampOf, type KubeSpec } from './spec.ts'
import { activeService, removePreview, routed, select, showPreview } from './traffic.ts'

type Labels = Readonly<Record<string, string>>

export interface Place {
  readonly namespace: string
  readonly paths: Paths
}

interface Scene {
  readonly service: Service
  readonly live: Found & { readonly workload: Workload }
  readonly idle: { readonly id: WorkloadId; readonly workload: Workload | undefined }
}

/** What a replacement prepared: how to move to it, and how to undo it. */
interface Move {
  readonly from: Labels
  readonly to: Labels
  readonly green: WorkloadId
  /** The idle colour as it was; undefined: this run created it. */
  readonly idleBefore: Workload | undefined
}

/** Endpoints may be right some moments before every node routes by them. */
const ROUTING_LAG = 2000

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

/** Wraps the rolling target: what is live is found by the Service, and a replacement prepares the other colour. */
export function withBlueGreen(
  base: Target<KubeSpec> & Lockable,
  request: KubernetesRequest,
  deps: KubernetesDeps,
  locate: () => Promise<Place>,
  look: () => Promise<Scene>,
): Target<KubeSpec> & Lockable & Switchable<KubeSpec> {
  const { api, clock } = deps
  const active = request.activeService ?? ''
  const moves = new Map<string, Move>()
  /** The Service whose preview may still be there. */
  let shown: Service | undefined
  // Whatever colour is behind it: people keep the name that they gave.
  const label = parseWorkload(request.workloads[0] ?? '')?.label ?? ''

  async function current(): Promise<Running<KubeSpec>> {
    const { workloads } = await base.current()
    return { workloads: workloads.map((workload) => ({ ...workload, name: label })) }
  }

  async function moveOf(rollout: Rollout<KubeSpec>): Promise<Move | undefined> {
    return moves.get(rollout.workloads[0]?.handle.uid ?? '')
  }

  const replace: Target<KubeSpec>['replace'] = async (image, stamp, before) => {
    await base.lock()
    const { namespace, paths } = await locate()
    const startedAt = clock.now()
    const { service, live, idle } = await look()
    if (live.workload.metadata.uid !== before.workloads[0]?.spec.uid) {
      throw new DeployError('another-rollout', `the Service ${active} was switched to ${live.id.name} by somebody else`)
    }
    const from = service.spec.selector ?? {}
    const green = { image: pinned(image), annotations: stampAnnotations(stamp) }
    const written = idle.workload
      ? await reuse(paths, live, { id: idle.id, workload: idle.workload }, from, green)
      : await create(paths, live, idle.id, from, green)
    const to = selectorFor(from, written.spec.template.metadata?.labels ?? {})
    moves.set(written.metadata.uid, { from, to, green: idle.id, idleBefore: idle.workload })
    const slots = live.slots.map((slot) => ({ ...slot, image: imageOf(written.spec.template, slot) ?? '' }))
    const handle = specOf(idle.id, namespace, written, slots)
    return { before, accepted: image.accepted, startedAt, workloads: [{ name: label, handle }] }
  }

  interface Green {
    readonly image: string
    readonly annotations: Readonly<Record<string, string | null>>
  }

  async function reuse(
    paths: Paths,
    { workload: live, slots }: Scene['live'],
    { id, workload: idle }: { id: WorkloadId; workload: Workload },
    selector: Labels,
    { image, annotations }: Green,
  ): Promise<Workload> {
    const own = idle.spec.template
    const holdsIt = slots.every((slot) => sameImage(image, imageOf(own, slot)))
    const from = live.spec.template.metadata?.labels ?? {}
    const put = (template: Template) => withImages(template, new Map(slots.map(({ name }) => [name, image])))
    const warning = holdsIt ? referencesWarning(id.label, own) : undefined
    if (warning !== undefined) deps.onWarning?.(warning)
    // The colour that served this version before still holds its exact template: it only has to come up.
    const template = holdsIt ? own : recoloured(put(live.spec.template), from, idleLabels(from, selector, idle))
    return patchWorkload(api, paths, id, idle, { template, replicas: live.spec.replicas ?? 1, annotations })
  }

  async function create(
    paths: Paths,
    { workload: live, slots }: Scene['live'],
    id: WorkloadId,
    selector: Labels,
    { image, annotations }: Green,
  ): Promise<Workload> {
    const from = live.spec.template.metadata?.labels ?? {}
    const labels = newLabels(from, selector, id.name)
    const images = new Map(slots.map(({ name }) => [name, image]))
    const stamp = Object.entries(annotations).filter(([, value]) => value !== null)
    const body = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name: id.name,
        labels: { ...live.metadata.labels, 'app.kubernetes.io/managed-by': FIELD_MANAGER },
        annotations: Object.fromEntries(stamp),
      },
      spec: {
        ...live.spec,
        selector: matchFor(live.spec.selector, labels),
        template: recoloured(withImages(live.spec.template, images), from, labels),
      },
    }
    const path = paths.workloads('Deployment')
    const answer = await api.request('POST', path, { body, query: { fieldManager: FIELD_MANAGER } })
    if (answer.status !== 201) throw refusal(answer, `${id.label} could not be created`)
    return parse(WorkloadSchema, answer.body, path)
  }

  const traffic: TrafficSwitch<KubeSpec> = {
    bake: request.bake,
    async preview(rollout) {
      const move = await moveOf(rollout)
      if (!move || !api.forward) return undefined
      const { namespace, paths } = await locate()
      const service = await activeService(api, paths, active)
      shown = service
      const name = await showPreview(api, paths, service, request.previewService, move.to)
      const signal = AbortSignal.timeout(60_000)
      await routed(api, paths, name, move.to, clock, signal)
      const port = String(service.spec.ports?.[0]?.port ?? 80)
      const at = `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${name}:${port}/proxy`
      // The Service goes with `finish`: removed now, it would make every node's routing busy right before the switch.
      return api.forward(at)
    },
    async shift(rollout, signal) {
      const move = await moveOf(rollout)
      if (!move) return
      const { paths } = await locate()
      const { workloads } = await base.observe(rollout)
      const state = workloads[0]?.state
      if (state?.is !== 'settled') {
        const what = state?.is === 'failed' ? state.reason.what : `${move.green.label} is not ready any more`
        throw new DeployError('unhealthy', `not switched: ${what}`)
      }
      await select(api, paths, active, move.from, move.to)
      try {
        await routed(api, paths, active, move.to, clock, signal)
      } catch (error) {
        await select(api, paths, active, move.to, move.from)
        throw error
      }
    },
    async finish(rollout) {
      const { paths } = await locate()
      const handle = rollout.workloads[0]?.handle
      const { service, live } = await look()
      if (!handle || live.workload.metadata.uid !== handle.uid) {
        throw new DeployError(
          'another-rollout',
          `the Service ${active} serves ${live.id.name} by now: nothing is scaled down`,
        )
      }
      await removePreview(api, paths, service)
      const names = candidates(live.id.name).filter((name) => name !== live.id.name)
      const others = await Promise.all(
        names.map(async (name) => {
          const id = workloadId('Deployment', name)
          return { id, workload: await read(api, paths.workload(id), WorkloadSchema) }
        }),
      )
      const running = others.filter(({ workload }) => workload && workload.spec.replicas !== 0)
      if (running.length > 0) await clock.sleep(ROUTING_LAG)
      for (const { id, workload } of running) if (workload) await patchWorkload(api, paths, id, workload, IDLE)
    },
  }

  /** The traffic first, then the colour that failed; nothing of blue is touched at any time. */
  const restore: Target<KubeSpec>['restore'] = async (to) => {
    const { namespace, paths } = await locate()
    const startedAt = clock.now()
    const [workload] = to.workloads
    if (!workload) return { before: to, accepted: new Set(), startedAt, workloads: [] }
    for (const move of moves.values()) await undo(paths, move)
    moves.clear()
    const live = await read(api, paths.workload(workload.spec.id), WorkloadSchema)
    if (!live) throw new DeployError('workload-gone', `${workload.spec.id.label} was deleted`)
    const handle = specOf(workload.spec.id, namespace, live, workload.spec.containers)
    const accepted = new Set(workload.digests)
    return { before: to, accepted, startedAt, workloads: [{ name: label, handle, accepted }] }
  }

  async function undo(paths: Paths, { from, to, green, idleBefore }: Move): Promise<void> {
    await select(api, paths, active, to, from)
    await routed(api, paths, active, from, clock, AbortSignal.timeout(60_000))
    await removePreview(api, paths, await activeService(api, paths, active))
    const live = await read(api, paths.workload(green), WorkloadSchema)
    if (!live) return
    if (idleBefore) {
      const annotations = earlierAnnotations(stampOf(idleBefore))
      const template = idleBefore.spec.template
      await patchWorkload(api, paths, green, live, { template, replicas: 0, annotations })
      return
    }
    const body = { propagationPolicy: 'Background', preconditions: { uid: live.metadata.uid } }
    const answer = await api.request('DELETE', paths.workload(green), { body })
    if (answer.status >= 400 && answer.status !== 404) throw refusal(answer, `${green.label} could not be removed`)
  }

  return {
    ...base,
    async check(context) {
      try {
        await look()
      } catch (error) {
        const { code, what, evidence, fix } = asDeployError(error)
        return { faults: [{ code, what, evidence, fix }], warnings: [], plan: [] }
      }
      const readiness = await base.check(context)
      const { service, live, idle } = await look()
      const plan = [
        `${idle.id.label} ${idle.workload ? 'comes up' : 'would be created'} with ${String(live.workload.spec.replicas ?? 1)} replicas`,
        `then the Service ${active} is switched from ${live.id.name} to ${idle.id.name}`,
      ]
      const direct = service.spec.type === 'LoadBalancer'
      const lag = `the Service ${active} is a LoadBalancer: one that sends to pods itself (an AWS target group of type ip) follows the switch later than the cluster does; set bake to at least 60s`
      return {
        ...readiness,
        warnings: [...readiness.warnings, ...(direct ? [lag] : [])],
        plan: [...readiness.plan, ...plan],
      }
    },
    current,
    replace,
    restore,
    traffic,
    async close() {
      if (shown) await removePreview(api, (await locate()).paths, shown).catch(() => undefined)
      await base.close()
    },
  }
}

const IDLE = { replicas: 0, annotations: {} }
