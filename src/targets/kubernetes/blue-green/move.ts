/** What one blue-green replacement prepared, and where its traffic goes. */
import { DeployError } from '../../../errors/deploy-error.ts'
import type { Lockable, Rollout, Target } from '../../../ports.ts'
import { read } from '../api/client.ts'
import type { Cluster } from '../api/cluster.ts'
import type { WorkloadId } from '../api/names.ts'
import { parseWorkload, workloadId } from '../api/names.ts'
import type { Service, Workload } from '../api/schema.ts'
import { WorkloadSchema } from '../api/schema.ts'
import { differingSettings } from '../apply/settings.ts'
import type { KubernetesRun } from '../run.ts'
import type { KubeSpec } from '../spec.ts'
import { HASH, matches, restSelector } from './colours.ts'
import { hashOf } from './replica-sets.ts'
import type { Labels } from './scene.ts'
import type { WaitContext } from './traffic.ts'

/** What a replacement prepared: how to move to it, and how to undo it. */
export interface Move {
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
  /** Settings of the live Deployment that somebody changed meanwhile, and that a warning named. */
  readonly warned: Set<string>
  /** What it selects since the traffic moved. */
  readonly to?: Labels
}

export type RollingTarget = Target<KubeSpec> & Lockable

/** What a blue-green release knows while it runs. */
export class BlueGreenRun {
  /** The same target, which replaces in place. */
  readonly rolling: RollingTarget
  readonly run: KubernetesRun
  /** The Service whose selector moves the traffic. */
  readonly active: string
  /** Whatever colour is behind it: people keep the name that they gave. */
  readonly label: string
  /** The Service whose shadow may still be there. */
  shown: Service | undefined
  readonly #moves = new Map<string, Move>()

  constructor(rolling: RollingTarget, run: KubernetesRun) {
    this.rolling = rolling
    this.run = run
    this.active = run.request.activeService ?? ''
    this.label = parseWorkload(run.request.workloads[0] ?? '')?.label ?? ''
  }

  async waiting(signal?: AbortSignal): Promise<WaitContext> {
    return { ...(await this.run.cluster()), signal }
  }

  moveOf(rollout: Rollout<KubeSpec>): Move | undefined {
    return this.#moves.get(uidOf(rollout))
  }

  /** @param uid of the Deployment that the move brought up */
  keep(uid: string, move: Move): void {
    this.#moves.set(uid, move)
  }

  movedTo(rollout: Rollout<KubeSpec>, move: Move, to: Labels): void {
    this.#moves.set(uidOf(rollout), { ...move, to })
  }

  moves(): readonly Move[] {
    return [...this.#moves.values()]
  }

  forgetMoves(): void {
    this.#moves.clear()
  }
}

function uidOf({ workloads }: Rollout<KubeSpec>): string {
  return workloads[0]?.handle.uid ?? ''
}

/** The selector that reaches the pods of `workload` alone, while those of `other` are there too. */
export async function selectorOf(
  cluster: Cluster,
  own: Labels,
  workload: Workload,
  other: Workload | undefined,
): Promise<Labels> {
  const rest = restSelector(own, workload.spec.template)
  if (other && !matches(rest, other.spec.template)) return rest
  const hash = await hashOf(cluster, workload)
  if (hash === undefined) throw rolledOutBySomebody(workload)
  return { ...rest, [HASH]: hash }
}

export function rolledOutBySomebody({ metadata }: Workload): DeployError {
  return new DeployError('another-rollout', `deployment/${metadata.name} is being rolled out by somebody else`)
}

/** What the Service has to select to reach the new version alone. */
export async function destination(cluster: Cluster, { green, live, rest }: Move): Promise<Labels> {
  const workload = await read(cluster, cluster.paths.workload(green), WorkloadSchema)
  if (!workload) throw new DeployError('workload-gone', `${green.label} was deleted`)
  return selectorOf(cluster, rest, workload, live)
}

/** The new version came up with the settings of its start: what somebody set meanwhile is named, as it would be lost. */
export async function warnOfChanges(run: KubernetesRun, { live, green, warned }: Move): Promise<void> {
  const cluster = await run.cluster()
  const blue = workloadId('Deployment', live.metadata.name)
  const now = await read(cluster, cluster.paths.workload(blue), WorkloadSchema)
  const settings = now ? differingSettings(live.spec.template, now.spec.template) : []
  const names = settings.filter((name) => !warned.has(name))
  if (names.length === 0) return
  for (const name of names) warned.add(name)
  run.warn(
    `${blue.label} was changed by somebody else while ${green.label} came up: ${names.join(', ')}. ${green.label} does not have that change: make it there too, or it is lost`,
  )
}
