/** Objects that act on another one, such as an autoscaler or a policy: in a preview never on one of production. Pure. */
import type { Fields } from './fields.ts'
import { changedObjects, textOf } from './fields.ts'
import type { HostContext } from './own-host.ts'
import { isTemplated } from './template.ts'

interface ActingContext extends Pick<HostContext, 'addresses' | 'notes' | 'subject'> {
  readonly brought: readonly { readonly kind: string; readonly name: string }[]
}

/** Fields that name what is acted on. */
const TARGETS: ReadonlySet<string> = new Set(['scaleTargetRef', 'targetRef', 'targetRefs', 'workloadRef'])

export function noteTargets(object: Fields, { addresses, brought, notes, subject }: ActingContext): void {
  const { from, to } = addresses
  changedObjects(object['spec'], (inner, key) => {
    const [kind, name] = [textOf(inner['kind']), textOf(inner['name'])]
    if (!TARGETS.has(key) || name === undefined || isTemplated(name)) return inner
    // Without a namespace it is one where the preview is.
    const isOfProduction = (textOf(inner['namespace']) ?? to) === from
    const isBrought = brought.some((one) => one.name === name && (kind === undefined || one.kind === kind))
    if (isOfProduction && !isBrought) {
      const fix = 'Add that object to the manifests, so that the preview has one of its own, or leave this one out.'
      notes.fault(subject, `acts on ${kind ?? 'the object'} ${name}, which is not the preview’s`, fix)
    }
    return inner
  })
}
