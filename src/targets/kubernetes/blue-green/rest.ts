/** After the traffic has moved: the other colours are scaled to zero, and the Service is again as its owner's file has it. */
import { read } from '../api/client.ts'
import { workloadId } from '../api/names.ts'
import type { Service, Workload } from '../api/schema.ts'
import { WorkloadSchema } from '../api/schema.ts'
import { patchWorkload } from '../apply/change.ts'
import { candidates, HASH, matches, restSelector } from './colours.ts'
import type { BlueGreenRun } from './move.ts'
import { selectorOf } from './move.ts'
import { activeService, alone, sameLabels, select } from './traffic.ts'

/** Endpoints may be right some moments before every node routes by them. */
const ROUTING_LAG_MS = 2000
const IDLE = { replicas: 0, annotations: {} }

/** Scales every other colour to zero, once the traffic has left it. */
export async function sleepOthers({ run, active }: BlueGreenRun, service: Service, live: Workload): Promise<void> {
  const cluster = await run.cluster()
  const names = candidates(live.metadata.name).filter((name) => name !== live.metadata.name)
  const others = await Promise.all(
    names.map(async (name) => {
      const id = workloadId('Deployment', name)
      return { id, workload: await read(cluster, cluster.paths.workload(id), WorkloadSchema) }
    }),
  )
  const running = others.flatMap(({ id, workload }) => {
    return workload && workload.spec.replicas !== 0 ? [{ id, workload }] : []
  })
  const selector = service.spec.selector ?? {}
  const shared = running.find(({ workload }) => matches(selector, workload.spec.template))
  if (shared && selector[HASH] === undefined) {
    await select(cluster, active, selector, await selectorOf(cluster, selector, live, shared.workload))
  }
  if (running.length > 0) await cluster.clock.sleep(ROUTING_LAG_MS)
  for (const { id, workload } of running) await patchWorkload(cluster, id, workload, IDLE)
}

/** The Service as its owner's file has it, but for our label: as soon as no other pods could be reached by that. */
export async function toRest(blueGreen: BlueGreenRun, live: Workload): Promise<void> {
  const { run, active } = blueGreen
  const cluster = await run.cluster()
  const service = await activeService(cluster, active)
  const now = service.spec.selector ?? {}
  const rest = restSelector(now, live.spec.template)
  if (sameLabels(now, rest)) return
  const hash = now[HASH]
  const others = hash === undefined ? 'gone' : await alone(await blueGreen.waiting(), rest, new Set([hash]))
  // The controller of the endpoints may learn of the new selector before it learns that those pods are ending.
  if (others === 'ending') await cluster.clock.sleep(ROUTING_LAG_MS)
  if (others) return select(cluster, active, now, rest)
  run.warn(
    `pods of the other version are still ending: the Service ${active} goes on to select ${HASH}=${hash}; the next release takes that back`,
  )
}
