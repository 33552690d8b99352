import type { Duration } from '../../../domain/duration.ts'
import type { ReasonCode } from '../../../errors/catalogue.ts'
import type { Reason } from '../../../errors/deploy-error.ts'

/** Something that keeps new pods from coming up, and how certain it is. */
export interface Trouble {
  /** Stays the same from look to look: since when it lasts is remembered under it. */
  readonly key: string
  readonly reason: Reason
  /** How long it must have lasted to be certain; `never`: it only becomes the reason when time runs out. */
  readonly certainAfter: Duration | 'never'
  /** Not while a sibling of the same version is ready: a warm-up that some survive. */
  readonly unlessOthersReady?: boolean
  readonly pod: string
  readonly container?: string
}

/** A trouble of one container: its sentence is begun with the container's name. */
export type Make = (
  what: string,
  code: ReasonCode,
  certainAfter: Trouble['certainAfter'],
  more?: { fix?: string; key?: string },
) => Trouble
