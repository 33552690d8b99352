/** New names and labels for everything in a namespace that the preview shares with others. Pure. */
import type { Preview } from '../../../domain/preview.ts'
import type { Fields } from './fields.ts'
import { fieldsOf, listOf, textOf, valueAt } from './fields.ts'
import { ownInstances } from './instance.ts'
import { labelContext, withOwnLabels } from './labels.ts'
import { SERVICE_ADDRESS } from './mesh.ts'
import { objectName } from './names.ts'
import type { Rename } from './references.ts'
import { withNewNames } from './references.ts'

/** An object that the preview has, whoever makes it. */
export interface Brought {
  readonly kind: string
  readonly name: string
}

interface SharedContext {
  readonly preview: Preview
  readonly isOwn: boolean
  readonly copies: readonly Brought[]
}

interface SharedNames {
  readonly rename: Rename
  readonly named: (object: Fields) => Fields
}

/** In a namespace of its own everything keeps its name, and its labels but for the one that Argo CD looks for everywhere. */
export function sharedNames(objects: readonly Fields[], { preview, isOwn, copies }: SharedContext): SharedNames {
  const suffix = `-pr-${String(preview.number)}`
  if (isOwn) return { rename: () => undefined, named: ownInstances(objects, suffix) }
  // The name of a DomainMapping is the host, and that of a ServiceProfile an address.
  const isAddress = ({ kind, name }: Brought) => kind === 'DomainMapping' || SERVICE_ADDRESS.test(name)
  const brought = [...objects.flatMap(broughtBy), ...copies].filter((one) => !isAddress(one))
  const known = new Set(brought.map(({ kind, name }) => `${kind} ${name}`))
  const rename: Rename = (kind, name) => (known.has(`${kind} ${name}`) ? objectName(kind, name, suffix) : undefined)
  const labels = labelContext(objects, { suffix, name: preview.name })
  return { rename, named: (object) => withOwnLabels(withNewNames(object, rename), labels) }
}

/** The object itself, and what a controller makes from it under a name that it says. */
export function broughtBy(object: Fields): Brought[] {
  const kind = textOf(object['kind']) ?? ''
  const name = textOf(valueAt(object, 'metadata.name')) ?? ''
  const secrets = secretsMadeFrom(object, kind, name)
  return [{ kind, name }, ...secrets.map((secret) => ({ kind: 'Secret', name: secret }))]
}

const ISSUED = /^(?:cert-manager\.io|certmanager\.k8s\.io|acme\.cert-manager\.io)\/|^kubernetes\.io\/tls-acme$/

function secretsMadeFrom(object: Fields, kind: string, name: string): string[] {
  const at = (path: string): string[] => [textOf(valueAt(object, path)) ?? []].flat()
  if (kind === 'Certificate') return at('spec.secretName')
  if (kind === 'ExternalSecret') return [at('spec.target.name')[0] ?? name]
  if (kind === 'SealedSecret') return [at('spec.template.metadata.name')[0] ?? name]
  const annotations = Object.keys(fieldsOf(valueAt(object, 'metadata.annotations')))
  // A certificate is issued into that Secret: it must not be production's.
  if (kind !== 'Ingress' || !annotations.some((key) => ISSUED.test(key))) return []
  return listOf(valueAt(object, 'spec.tls')).flatMap((tls) => textOf(fieldsOf(tls)['secretName']) ?? [])
}
