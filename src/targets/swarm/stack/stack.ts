/** The stack file that services are created from: what `docker stack deploy` would make of it, as far as we need it. */
import type { ServiceSpec } from '../wire.ts'

export interface Stack {
  /** Whether the file defines the service of this full name (`app_web`). */
  defines(name: string): boolean
  /** What to create it with; the image is put in by the release. */
  spec(name: string): ServiceSpec | undefined
}
