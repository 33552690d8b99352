/** Blue-green: the new version comes up beside the live one, is proven, and then the Service's selector moves. */
import { pinned } from '../../../domain/image.ts'
import { asDeployError, DeployError } from '../../../errors/deploy-error.ts'
import type { Lockable, Rollout, Running, Switchable, Target, TrafficSwitch } from '../../../ports.ts'
import { patchWorkload } from '../apply/change.ts'
import { read } from '../api/client.ts'
import { candidates, COLOUR, HASH, matches, restSelector } from './colours.ts'
import { imageOf } from '../api/containers.ts'
import type { KubernetesDeps } from '../api/deps.ts'
import { bringUp, putDown } from './idle-colour.ts'
import { parseWorkload, workloadId, type WorkloadId } from '../api/names.ts'
import { hashOf } from './replica-sets.ts'
import { differingSettings } from '../apply/settings.ts'
import type { KubernetesRequest } from '../request.ts'
import type { Labels, Place, Scene } from './scene.ts'
import { WorkloadSchema, type Service, type Workload } from '../api/schema.ts'
import { specOf, stampAnnotations, type KubeSpec } from '../spec.ts'
import { activeService, alone, removeShadow, routed, sameLabels, select, showShadow } from './traffic.ts'

/** What a replacement prepared: how to move to it, and how to undo it. */
interface Move {
  /** What the Service selects until the traffic moves: the live pods alone. */
  readonly from: Labels
  /** What it selected at rest. */
  readonly rest: Labels
  readonly live: Workload
  readonly green: WorkloadId
  /** The idle colour as it was; undefined: this run created it. */
  readonly idleBefore: Workload | undefined
  /** As this run wrote it: what others change later is theirs. */
  readonly written: Workload
  /** Settings of the live Deployment that somebody changed meanwhile, and that were told. */
  readonly told: Set<string>
  /** What it selects since the traffic moved. */
  readonly to?: Labels
}

/** Endpoints may be right some moments before every node routes by them. */
const ROUTING_LAG = 2000
const WAIT = 60_000

export interface BlueGreenContext {
  readonly request: KubernetesRequest
  readonly deps: KubernetesDeps
  readonly locate: () => Promise<Place>
  readonly look: () => Promise<Scene>
}

type Base = Target<KubeSpec> & Lockable

/** Wraps the rolling target: what is live is found by the Service, and a replacement prepares the other colour. */
export function withBlueGreen(base: Base, context: BlueGreenContext): Base & Switchable<KubeSpec> {
  const { request, deps, locate, look } = context
  const { api, clock } = deps
  const active = request.activeService ?? ''
  const moves = new Map<string, Move>()
  /** The Service whose shadow may still be there. */
  let shown: Service | undefined
  // Whatever colour is behind it: people keep the name that they gave.
  const label = parseWorkload(request.workloads[0] ?? '')?.label ?? ''

  const here = async () => ({ api, paths: (await locate()).paths })
  const waiting = async (signal: AbortSignal = AbortSignal.timeout(WAIT)) => ({ ...(await here()), clock, signal })
  const moveOf = (rollout: Rollout<KubeSpec>) => moves.get(rollout.workloads[0]?.handle.uid ?? '')

  async function current(): Promise<Running<KubeSpec>> {
    const { workloads } = await base.current()
    return { workloads: workloads.map((workload) => ({ ...workload, name: label })) }
  }

  /** The selector that reaches the pods of `workload` alone, while those of `other` are there too. */
  async function selectorOf(own: Labels, workload: Workload, other: Workload | undefined): Promise<Labels> {
    const rest = restSelector(own, workload.spec.template)
    if (other && !matches(rest, other.spec.template)) return rest
    const { paths } = await locate()
    const hash = await hashOf(api, paths, workload)
    if (hash === undefined) {
      throw new DeployError(
        'another-rollout',
        `deployment/${workload.metadata.name} is being rolled out by somebody else`,
      )
    }
    return { ...rest, [HASH]: hash }
  }

  const replace: Base['replace'] = async (image, stamp, before) => {
    await base.lock()
    const { namespace, paths } = await locate()
    const startedAt = clock.now()
    const scene = await look()
    const { service, live, idle, rest } = scene
    if (live.workload.metadata.uid !== before.workloads[0]?.spec.uid) {
      throw new DeployError('another-rollout', `the Service ${active} was switched to ${live.id.name} by somebody else`)
    }
    // The new pods carry the labels that the Service's owner selects: it is told apart before they exist.
    refuseHalfway(live.workload)
    const isHidden = idle.workload !== undefined && !matches(rest, idle.workload.spec.template)
    const from = isHidden || COLOUR in rest ? rest : await selectorOf(rest, live.workload, undefined)
    await select(await here(), active, service.spec.selector ?? {}, from)
    const written = await bringUp(deps, paths, scene, { image: pinned(image), annotations: stampAnnotations(stamp) })
    const told = new Set<string>()
    const move = { from, rest, live: live.workload, green: idle.id, idleBefore: idle.workload, written, told }
    moves.set(written.metadata.uid, move)
    const slots = live.slots.map((slot) => ({ ...slot, image: imageOf(written.spec.template, slot) ?? '' }))
    const handle = specOf(idle.id, namespace, written, slots)
    return { before, accepted: image.accepted, startedAt, workloads: [{ name: label, handle }] }
  }

  /** What the Service has to select to reach the new version alone. */
  async function destination({ green, live, rest }: Move): Promise<Labels> {
    const { paths } = await locate()
    const workload = await read(api, paths.workload(green), WorkloadSchema)
    if (!workload) throw new DeployError('workload-gone', `${green.label} was deleted`)
    return selectorOf(rest, workload, live)
  }

  /** The new version came up with the settings of its start: what somebody set meanwhile is named, as it would be lost. */
  async function warnOfChanges({ live, green, told }: Move): Promise<void> {
    const { paths } = await locate()
    const blue = workloadId('Deployment', live.metadata.name)
    const now = await read(api, paths.workload(blue), WorkloadSchema)
    const names = now ? differingSettings(live.spec.template, now.spec.template).filter((name) => !told.has(name)) : []
    if (names.length === 0) return
    for (const name of names) told.add(name)
    deps.onWarning?.(
      `${blue.label} was changed by somebody else while ${green.label} came up: ${names.join(', ')}. ${green.label} does not have that change: make it there too, or it is lost`,
    )
  }

  const traffic: TrafficSwitch<KubeSpec> = {
    bakesItself: false,
    async beforeTraffic(rollout) {
      const move = moveOf(rollout)
      if (!move || !api.forward) return undefined
      const { namespace } = await locate()
      const at = await here()
      const service = await activeService(at, active)
      shown = service
      const to = await destination(move)
      const name = await showShadow(at, service, request.previewService, to)
      await routed(await waiting(), name, to)
      const port = String(service.spec.ports?.[0]?.port ?? 80)
      const proxy = `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${name}:${port}/proxy`
      // The Service goes with `finish`: removed now, it would make every node's routing busy right before the switch.
      return api.forward(proxy)
    },
    async shift(rollout, signal) {
      const move = moveOf(rollout)
      if (!move) return
      const { workloads } = await base.observe(rollout, { confirms: true })
      const state = workloads[0]?.state
      if (state?.is !== 'settled') {
        const what = state?.is === 'failed' ? state.reason.what : `${move.green.label} is not ready any more`
        throw new DeployError('unhealthy', `not switched: ${what}`)
      }
      const [to] = await Promise.all([destination(move), warnOfChanges(move)])
      moves.set(rollout.workloads[0]?.handle.uid ?? '', { ...move, to })
      await select(await here(), active, move.from, to)
      try {
        await routed(await waiting(signal), active, to)
      } catch (error) {
        await select(await here(), active, to, move.from)
        throw error
      }
    },
    async finish(rollout) {
      const handle = rollout.workloads[0]?.handle
      const { service, live } = await look()
      if (!handle || live.workload.metadata.uid !== handle.uid) {
        throw new DeployError(
          'another-rollout',
          `the Service ${active} serves ${live.id.name} by now: nothing is scaled down`,
        )
      }
      const move = moveOf(rollout)
      if (move) await warnOfChanges(move)
      await removeShadow(await here(), service)
      await sleepOthers(service, live.workload)
      await toRest(live.workload)
    },
  }

  /** Scales every other colour to zero, once the traffic has left it. */
  async function sleepOthers(service: Service, live: Workload): Promise<void> {
    const { paths } = await locate()
    const names = candidates(live.metadata.name).filter((name) => name !== live.metadata.name)
    const others = await Promise.all(
      names.map(async (name) => {
        const id = workloadId('Deployment', name)
        return { id, workload: await read(api, paths.workload(id), WorkloadSchema) }
      }),
    )
    const running = others.filter(({ workload }) => workload && workload.spec.replicas !== 0)
    const selector = service.spec.selector ?? {}
    const shared = running.find(({ workload }) => workload && matches(selector, workload.spec.template))
    if (shared?.workload && selector[HASH] === undefined) {
      await select(await here(), active, selector, await selectorOf(selector, live, shared.workload))
    }
    if (running.length > 0) await clock.sleep(ROUTING_LAG)
    for (const { id, workload } of running) if (workload) await patchWorkload(api, paths, id, workload, IDLE)
  }

  /** The Service as its owner's file has it, but for our label: as soon as no other pods could be reached by that. */
  async function toRest(live: Workload): Promise<void> {
    const at = await here()
    const service = await activeService(at, active)
    const now = service.spec.selector ?? {}
    const rest = restSelector(now, live.spec.template)
    if (sameLabels(now, rest)) return
    const hash = now[HASH]
    const others = hash === undefined ? 'gone' : await alone(await waiting(), rest, new Set([hash]))
    // Whoever keeps the endpoints may learn of the new selector before it learns that those pods are ending.
    if (others === 'ending') await clock.sleep(ROUTING_LAG)
    if (others) return select(at, active, now, rest)
    deps.onWarning?.(
      `pods of the other version are still ending: the Service ${active} goes on to select ${HASH}=${hash}; the next release takes that back`,
    )
  }

  /** The traffic first, then the colour that failed; nothing of blue is touched at any time. */
  const restore: Base['restore'] = async (to) => {
    const { namespace, paths } = await locate()
    const startedAt = clock.now()
    const [workload] = to.workloads
    if (!workload) return { before: to, accepted: new Set(), startedAt, workloads: [] }
    for (const move of moves.values()) await undo(move)
    moves.clear()
    const live = await read(api, paths.workload(workload.spec.id), WorkloadSchema)
    if (!live) throw new DeployError('workload-gone', `${workload.spec.id.label} was deleted`)
    const { restartsBefore = {} } = workload.spec
    const handle = { ...specOf(workload.spec.id, namespace, live, workload.spec.containers), restartsBefore }
    const accepted = new Set(workload.digests)
    return { before: to, accepted, startedAt, workloads: [{ name: label, handle, accepted }] }
  }

  async function undo({ from, to, green, idleBefore, written, live }: Move): Promise<void> {
    const at = await here()
    await select(at, active, to ?? from, from)
    await routed(await waiting(), active, from)
    await removeShadow(at, await activeService(at, active))
    await putDown(deps, at.paths, green, idleBefore && { before: idleBefore, written })
    await toRest(live)
  }

  const check: Base['check'] = async (asked) => {
    try {
      await look()
    } catch (error) {
      const { code, what, evidence, fix } = asDeployError(error)
      return { faults: [{ code, what, evidence, fix }], warnings: [], plan: [] }
    }
    const readiness = await base.check(asked)
    const { service, live, idle, oddity } = await look()
    const plan = [
      `the Service ${active} serves ${live.id.name}`,
      `${idle.id.label} ${idle.workload ? 'comes up' : 'would be created'} with ${String(live.workload.spec.replicas ?? 1)} replicas`,
      `then the Service ${active} is switched from ${live.id.name} to ${idle.id.name}`,
    ]
    const lag = `the Service ${active} is a LoadBalancer: one that sends to pods itself (an AWS target group of type ip) follows the switch later than the cluster does; set bake to at least 60s`
    const warnings = [
      ...readiness.warnings,
      ...(oddity === undefined ? [] : [oddity]),
      ...(service.spec.type === 'LoadBalancer' ? [lag] : []),
    ]
    return { ...readiness, warnings, plan: [...readiness.plan, ...plan] }
  }

  return {
    ...base,
    check,
    current,
    replace,
    restore,
    traffic,
    async close() {
      if (shown) await removeShadow(await here(), shown).catch(() => undefined)
      await base.close()
    },
  }
}

/** Its pods of two templates would be told apart, and those of the older one would lose their traffic. */
function refuseHalfway({ metadata, status }: Workload): void {
  const isSeen = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  if (isSeen && (status?.updatedReplicas ?? 0) >= (status?.replicas ?? 0)) return
  throw new DeployError('another-rollout', `deployment/${metadata.name} is being rolled out by somebody else`)
}

const IDLE = { replicas: 0, annotations: {} }
