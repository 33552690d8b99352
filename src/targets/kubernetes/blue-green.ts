/** Blue-green: the new version comes up beside the live one, is proven, and then the Service's selector moves. */
import { pinned } from '../../domain/image.ts'
import type { KubernetesRequest } from './request.ts'
import { asDeployError, DeployError } from '../../errors/deploy-error.ts'
import type { Lockable, Rollout, Running, Switchable, Target, TrafficSwitch } from '../../ports.ts'
import { patchWorkload } from './change.ts'
import { read } from './client.ts'
import { candidates, selectorFor } from './colours.ts'
import { imageOf } from './containers.ts'
import type { KubernetesDeps } from './deps.ts'
import { bringUp, putDown } from './idle-colour.ts'
import { parseWorkload, workloadId, type Paths, type WorkloadId } from './names.ts'
import type { Labels, Place, Scene } from './scene.ts'
import { WorkloadSchema, type Service, type Workload } from './schema.ts'
import { specOf, stampAnnotations, type KubeSpec } from './spec.ts'
import { activeService, removePreview, routed, select, showPreview } from './traffic.ts'

/** What a replacement prepared: how to move to it, and how to undo it. */
interface Move {
  readonly from: Labels
  readonly to: Labels
  readonly green: WorkloadId
  /** The idle colour as it was; undefined: this run created it. */
  readonly idleBefore: Workload | undefined
  /** As this run wrote it: what others change later is theirs. */
  readonly written: Workload
}

/** Endpoints may be right some moments before every node routes by them. */
const ROUTING_LAG = 2000

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
    const scene = await look()
    const { service, live, idle } = scene
    if (live.workload.metadata.uid !== before.workloads[0]?.spec.uid) {
      throw new DeployError('another-rollout', `the Service ${active} was switched to ${live.id.name} by somebody else`)
    }
    const from = service.spec.selector ?? {}
    const written = await bringUp(deps, paths, scene, { image: pinned(image), annotations: stampAnnotations(stamp) })
    const to = selectorFor(from, written.spec.template.metadata?.labels ?? {})
    moves.set(written.metadata.uid, { from, to, green: idle.id, idleBefore: idle.workload, written })
    const slots = live.slots.map((slot) => ({ ...slot, image: imageOf(written.spec.template, slot) ?? '' }))
    const handle = specOf(idle.id, namespace, written, slots)
    return { before, accepted: image.accepted, startedAt, workloads: [{ name: label, handle }] }
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
      const { workloads } = await base.observe(rollout, { confirms: true })
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
    const { restartsBefore = {} } = workload.spec
    const handle = { ...specOf(workload.spec.id, namespace, live, workload.spec.containers), restartsBefore }
    const accepted = new Set(workload.digests)
    return { before: to, accepted, startedAt, workloads: [{ name: label, handle, accepted }] }
  }

  async function undo(paths: Paths, { from, to, green, idleBefore, written }: Move): Promise<void> {
    await select(api, paths, active, to, from)
    await routed(api, paths, active, from, clock, AbortSignal.timeout(60_000))
    await removePreview(api, paths, await activeService(api, paths, active))
    await putDown(deps, paths, green, idleBefore && { before: idleBefore, written })
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
