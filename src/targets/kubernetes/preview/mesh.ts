/**
 * Rules of service meshes and of progressive delivery. They hold for a Service, whoever asks for it: one that names a
 * Service of production would lead production's traffic elsewhere. Pure.
 */
import { ownAddress } from './addresses.ts'
import type { Fields } from './fields.ts'
import { changedAt, changedTemplates, changedTexts, fieldsOf, listOf, textOf, valueAt } from './fields.ts'
import { groupOf, isCustom } from './kinds.ts'
import type { HostContext } from './own-host.ts'
import { isTemplated } from './template.ts'

interface MeshContext extends Pick<HostContext, 'addresses' | 'notes' | 'subject'> {
  /** The namespace is the preview's alone. */
  readonly isOwn: boolean
}

/** `web.production.svc.cluster.local`: the name of an object, such as a ServiceProfile, and not only an address. */
export const SERVICE_ADDRESS = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+\.svc(?:\.[a-z0-9.-]+)?$/

export function withOwnMesh(object: Fields, context: MeshContext): Fields {
  noteParents(object, context)
  if (!isCustom(object)) return outsideOfConsul(object, context)
  if (groupOf(object) === 'consul.hashicorp.com') noteConsul(object, context)
  noteNamedServices(object, context)
  const named = changedAt(object, 'metadata.name', (name) => ownName(textOf(name) ?? '', context))
  return outsideOfConsul(notExported(named, context), context)
}

/** Istio shows an entry to every namespace: where it says who answers, production would find its hosts at the preview. */
function notExported(object: Fields, { isOwn }: MeshContext): Fields {
  const isEntry = groupOf(object) === 'networking.istio.io' && object['kind'] === 'ServiceEntry'
  const spec = fieldsOf(object['spec'])
  const answers = [spec['endpoints'], spec['workloadSelector']].some((one) => one !== undefined && one !== null)
  return isOwn && isEntry && answers ? { ...object, spec: { ...spec, exportTo: ['.'] } } : object
}

const INJECT = 'consul.hashicorp.com/connect-inject'

/** Pods in the mesh of Consul answer under the name of their Service, which production has too unless it is another one. */
function outsideOfConsul(object: Fields, { addresses, isOwn, notes, subject }: MeshContext): Fields {
  const isProductions = [...addresses.services].some(([name, own]) => name === own && !isTemplated(name))
  if (!isOwn || !isProductions) return object
  return changedTemplates(object, (template) =>
    changedAt(template, 'metadata.annotations', (given) => {
      const annotations = fieldsOf(given)
      if (annotations[INJECT] === undefined || annotations[INJECT] === 'false') return annotations
      notes.warning(
        subject,
        'is not in the mesh of Consul, which knows services by their name alone: with ${number} in the names of its Services, or in a shared namespace, it is',
      )
      return { ...annotations, [INJECT]: 'false' }
    }),
  )
}

function ownName(name: string, context: MeshContext): string {
  if (!SERVICE_ADDRESS.test(name)) return name
  const own = ownAddress('host', name, context.addresses)
  if (own === name) refuseService(name, context)
  return own
}

/** Fields that name the Service whose traffic is led, such as `rootService` or `activeService`; not where it is led to. */
const LED = /^(?:service|[a-z]+Service)$/
const OUTGOING = /backend|destination|upstream|mirror|target/i
const NAME = /^[a-z]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9-]+)*$/

function noteNamedServices(object: Fields, context: MeshContext): void {
  const { services, from, to } = context.addresses
  changedTexts(object['spec'], (text, path) => {
    const isLed = LED.test(path.at(-1) ?? '') && !path.some((field) => OUTGOING.test(field))
    if (!isLed || !NAME.test(text)) return text
    const [name = '', namespace = to] = text.split('.')
    // What the manifests bring follows, and a bare name is one of the namespace that the rule is in.
    const isOwn = services.has(name) && (namespace === from || namespace === to)
    if (!isOwn && (namespace === from || from === to)) refuseService(text, context)
    return text
  })
}

/** A route of the mesh whose parent is a Service holds for everybody who asks for it in that namespace. */
function noteParents(object: Fields, context: MeshContext): void {
  const { services, from, to } = context.addresses
  for (const { kind, name, namespace } of listOf(valueAt(object, 'spec.parentRefs')).map(fieldsOf)) {
    const service = textOf(name) ?? ''
    const isThere = from === to && (namespace ?? from) === from
    if (kind === 'Service' && isThere && !services.has(service)) refuseService(service, context)
  }
}

/** Consul knows a service by its name alone, in all namespaces; the other kinds rule over the whole mesh. */
function noteConsul(object: Fields, context: MeshContext): void {
  const kind = textOf(object['kind']) ?? ''
  const name = textOf(valueAt(object, kind === 'ServiceIntentions' ? 'spec.destination.name' : 'metadata.name')) ?? ''
  if (!kind.startsWith('Service')) {
    const fix = 'Leave it out of the preview’s manifests.'
    if (!/Gateway|Route$|TerminatingGatewayService/.test(kind))
      context.notes.fault(context.subject, 'rules over the whole mesh of Consul, and so over production', fix)
    return
  }
  const isOwn = !context.isOwn && context.addresses.services.has(name)
  if (!isOwn && !isTemplated(name)) refuseService(name, context)
}

function refuseService(service: string, { notes, subject }: MeshContext): void {
  const fix =
    'Leave the rule out of the preview’s manifests, or let it name a Service of the preview’s own: one that is among the manifests, or whose name has ${number} in it.'
  notes.fault(subject, `holds for the Service ${service}, which is not the preview’s alone`, fix)
}
