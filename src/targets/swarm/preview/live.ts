/** The services of a preview as they are, found by its labels. */
import { isPartOf } from '../../../domain/preview-labels.ts'
import { LABEL } from '../../../domain/labels.ts'
import type { Preview } from '../../../domain/preview.ts'
import type { Clock } from '../../../ports.ts'
import type { Swarm } from '../engine.ts'
import type { Service } from '../schema.ts'

interface Live {
  readonly services: readonly Service[]
  /** Of the preview of another repository that has the same name. */
  readonly others: readonly Service[]
  /** By the manager's clock, ms since 1970. */
  readonly now: number
}

export async function liveServices(swarm: Swarm, preview: Preview, clock: Clock): Promise<Live> {
  const { services, skew } = await swarm.labelled(`${LABEL.preview}=${preview.name}`, () => clock.now())
  const own = services.filter(({ Spec }) => isPartOf(Spec.Labels ?? {}, Spec.Name, preview))
  return { services: own, others: services.filter((service) => !own.includes(service)), now: clock.now() + skew }
}
