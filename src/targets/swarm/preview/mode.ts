/** A service cannot change from replicated to global or back: in its place another one is made. Pure. */
import type { ServiceSpec } from '../schema.ts'

export function changesMode({ Mode: before }: ServiceSpec, { Mode: after }: ServiceSpec): boolean {
  return (before.Global === undefined) !== (after.Global === undefined)
}
