/** Other services of a stack that this run created. Nobody judges them: what does not run by the end is said. */
import type { Swarm } from './engine.ts'

/** One sentence for each that does not run at this moment. */
export async function idleOthers(swarm: Swarm, names: ReadonlySet<string>): Promise<readonly string[]> {
  if (names.size === 0) return []
  const { services } = await swarm.services([...names])
  const tasks = await swarm.tasks(services.map(({ ID }) => ID))
  return services.flatMap(({ ID, Spec }) => {
    const own = tasks.filter(({ ServiceID }) => ServiceID === ID)
    if (own.some(({ Status }) => Status.State === 'running') || Spec.Mode.Replicated?.Replicas === 0) return []
    const why = own.map(({ Status }) => Status.Err).find((text) => text !== '') ?? 'it is still being started'
    return [`service ${Spec.Name}, which this run created beside the workloads, does not run: ${why}`]
  })
}
