/** The services of a preview as they are, found by its labels. */
import { isPartOf } from '../../../domain/preview-labels.ts'
import { LABEL } from '../../../domain/labels.ts'
import type { Preview } from '../../../domain/preview.ts'
import type { Clock } from '../../../ports.ts'
import type { Swarm } from '../engine.ts'
import type { Service } from '../wire.ts'

/** `now` is the manager's clock, ms since 1970. */
export async function liveServices(
  swarm: Swarm,
  preview: Preview,
  clock: Clock,
): Promise<{ readonly services: readonly Service[]; readonly now: number }> {
  const { services, skew } = await swarm.labelled(`${LABEL.preview}=${preview.name}`, () => clock.now())
  const own = services.filter(({ Spec }) => isPartOf(Spec.Labels ?? {}, Spec.Name, preview))
  return { services: own, now: clock.now() + skew }
}
