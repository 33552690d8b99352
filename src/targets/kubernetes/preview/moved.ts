/** What names the namespace of production: it moves with the object, or the other way round stays behind. Pure. */
import type { Fields } from './fields.ts'
import { changedAt, changedObjects, fieldsOf, textOf, withField } from './fields.ts'
import { isCustom } from './kinds.ts'
import type { Notes } from './notes.ts'

interface MoveContext {
  readonly namespace: string
  readonly from: string
  readonly brought: readonly { readonly kind: string; readonly name: string }[]
  readonly subject: string
  readonly notes: Notes
}

/** The object without its namespace, as the request says it, and with references into that namespace led right. */
export function movedInto(object: Fields, context: MoveContext): Fields {
  const { from, namespace } = context
  const placed = withoutTracking(changedAt(object, 'metadata.namespace', () => undefined))
  const subjects = changedAt(placed, 'subjects.*', (subject) =>
    changedAt(fieldsOf(subject), 'namespace', (given) => (given === from ? namespace : given)),
  )
  noteSealed(subjects, context)
  if (context.namespace === from) return subjects
  const parents = changedAt(subjects, 'spec.parentRefs.*', (parent) => stayed(fieldsOf(parent), context))
  return isCustom(parents) ? changedAt(parents, 'spec', (spec) => withReferences(spec, context)) : parents
}

/** `{ name: web, namespace: production }`: what the manifests bring is where the preview is. */
function withReferences(spec: unknown, { brought, from, namespace }: MoveContext): unknown {
  const names = new Set(brought.map(({ name }) => name))
  return changedObjects(spec, (inner) => {
    const leads = inner['namespace'] === from && names.has(textOf(inner['name']) ?? '')
    return leads ? { ...inner, namespace } : inner
  })
}

/** By which other tools know their own: they would remove what their source does not hold. */
const TRACKING =
  /^(?:argocd\.argoproj\.io\/(?:instance|tracking-id)|(?:kustomize|helm)\.toolkit\.fluxcd\.io\/|meta\.helm\.sh\/)/

function withoutTracking(object: Fields): Fields {
  const others = (marks: unknown): unknown =>
    Object.fromEntries(Object.entries(fieldsOf(marks)).filter(([key]) => !TRACKING.test(key)))
  const plain = changedAt(changedAt(object, 'metadata.labels', others), 'metadata.annotations', others)
  // What is owned goes with its owner, and that is production's.
  return changedAt(plain, 'metadata.ownerReferences', () => undefined)
}

/** A Gateway (in a mesh also a Service) that is not among the manifests stays where it is. */
function stayed(parent: Fields, { brought, from }: MoveContext): Fields {
  const isBrought = brought.some(
    ({ kind, name }) => kind === (textOf(parent['kind']) ?? 'Gateway') && name === textOf(parent['name']),
  )
  if (isBrought) return withField(parent, 'namespace', undefined)
  return parent['namespace'] === undefined ? { ...parent, namespace: from } : parent
}

const CLUSTER_WIDE = 'sealedsecrets.bitnami.com/cluster-wide'

function noteSealed(object: Fields, { subject, notes }: MoveContext): void {
  if (object['kind'] !== 'SealedSecret') return
  const annotations = fieldsOf(fieldsOf(object['metadata'])['annotations'])
  if (annotations[CLUSTER_WIDE] === 'true') return
  notes.warning(
    subject,
    'is sealed for one name and namespace, and opens under no other: seal it cluster-wide, or use copy-secrets',
  )
}
