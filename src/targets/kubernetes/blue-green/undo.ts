/** Puts the traffic back first, then takes down the colour that failed; the live version is never touched. */
import { DeployError } from '../../../errors/deploy-error.ts'
import type { Rollout, Running } from '../../../ports.ts'
import { read } from '../api/client.ts'
import { WorkloadSchema } from '../api/schema.ts'
import type { KubeSpec } from '../spec.ts'
import { specOf } from '../spec.ts'
import { putDown } from './idle-colour.ts'
import type { BlueGreenRun, Move } from './move.ts'
import { toRest } from './rest.ts'
import { activeService, removeShadow, routed, select } from './traffic.ts'

export async function restoreLive(blueGreen: BlueGreenRun, to: Running<KubeSpec>): Promise<Rollout<KubeSpec>> {
  const cluster = await blueGreen.run.cluster()
  const startedAt = cluster.clock.now()
  const [workload] = to.workloads
  if (!workload) return { accepted: new Set(), startedAt, workloads: [] }
  for (const move of blueGreen.moves()) await undo(blueGreen, move)
  blueGreen.forgetMoves()
  const { id, containers, restartsBefore = {} } = workload.spec
  const live = await read(cluster, cluster.paths.workload(id), WorkloadSchema)
  if (!live) throw new DeployError('workload-gone', `${id.label} was deleted`)
  const handle = { ...specOf(id, live, { namespace: cluster.namespace, containers }), restartsBefore }
  const accepted = new Set(workload.digests)
  return {
    accepted,
    startedAt,
    workloads: [{ name: blueGreen.label, handle, accepted, serving: id.label }],
  }
}

async function undo(blueGreen: BlueGreenRun, { from, to, green, idleBefore, written, live }: Move): Promise<void> {
  const { run, active } = blueGreen
  const cluster = await run.cluster()
  await select(cluster, active, to ?? from, from)
  await routed(await blueGreen.waiting(), active, from)
  await removeShadow(cluster, await activeService(cluster, active))
  await putDown(cluster, green, idleBefore && { before: idleBefore, written })
  await toRest(blueGreen, live)
}
