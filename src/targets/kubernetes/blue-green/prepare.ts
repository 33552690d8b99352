/** Brings the new version up beside the live one; no traffic moves yet. */
import type { PinnedImage } from '../../../domain/image.ts'
import { pinned } from '../../../domain/image.ts'
import type { Stamp } from '../../../domain/stamp.ts'
import { DeployError } from '../../../errors/deploy-error.ts'
import type { Rollout, Running } from '../../../ports.ts'
import type { Workload } from '../api/schema.ts'
import type { KubeSpec } from '../spec.ts'
import { slotsOf, specOf, stampAnnotations } from '../spec.ts'
import { COLOUR, matches } from './colours.ts'
import { bringUp } from './idle-colour.ts'
import type { BlueGreenRun } from './move.ts'
import { rolledOutBySomebody, selectorOf } from './move.ts'
import { select } from './traffic.ts'

export async function prepare(
  blueGreen: BlueGreenRun,
  image: PinnedImage,
  stamp: Stamp,
  before: Running<KubeSpec>,
): Promise<Rollout<KubeSpec>> {
  const { run, rolling, active, label } = blueGreen
  await rolling.lock()
  const cluster = await run.cluster()
  const startedAt = cluster.clock.now()
  const scene = await run.colours()
  const { service, live, idle, rest } = scene
  if (live.workload.metadata.uid !== before.workloads[0]?.spec.uid) {
    throw new DeployError('another-rollout', `the Service ${active} was switched to ${live.id.name} by somebody else`)
  }
  // The new pods carry the labels that the Service's owner selects: it is told apart before they exist.
  refuseHalfway(live.workload)
  const isHidden = idle.workload !== undefined && !matches(rest, idle.workload.spec.template)
  const from = isHidden || COLOUR in rest ? rest : await selectorOf(cluster, rest, live.workload, undefined)
  await select(cluster, active, service.spec.selector ?? {}, from)
  const green = { image: pinned(image), annotations: stampAnnotations(stamp) }
  const written = await bringUp(cluster, scene, green, run.deps.onWarning)
  const move = { from, rest, live: live.workload, green: idle.id, idleBefore: idle.workload, written }
  blueGreen.keep(written.metadata.uid, { ...move, warned: new Set() })
  const containers = slotsOf(written.spec.template, live.slots)
  const handle = specOf(idle.id, written, { namespace: cluster.namespace, containers })
  return { accepted: image.accepted, startedAt, workloads: [{ name: label, handle, serving: idle.id.label }] }
}

/** Its pods of two templates would be told apart, and those of the older one would lose their traffic. */
function refuseHalfway(workload: Workload): void {
  const { metadata, status } = workload
  const isSeen = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  if (isSeen && (status?.updatedReplicas ?? 0) >= (status?.replicas ?? 0)) return
  throw rolledOutBySomebody(workload)
}
