/** The manifests as they would be released become those of a preview beside it. Pure. */
import type { PreviewPart } from '../../../domain/preview-labels.ts'
import type { PreviewSettings } from '../../../domain/preview.ts'
import type { Manifest, Manifests } from '../apply/manifests.ts'
import { withObject } from '../apply/manifests.ts'
import { noteTargets } from './acting.ts'
import { withOwnAddresses } from './addresses.ts'
import { withOwnAnnotations } from './annotations.ts'
import { conflictingHosts } from './conflicts.ts'
import { withOwnExposure } from './exposure.ts'
import type { Fields } from './fields.ts'
import { changedAt, fieldsOf, withField } from './fields.ts'
import { withOwnHosts } from './hosts.ts'
import { labelOf } from './kinds.ts'
import { withOwnMesh } from './mesh.ts'
import { movedInto } from './moved.ts'
import { Notes } from './notes.ts'
import { marked } from './ownership.ts'
import { serviceLinks, withServiceLinks } from './service-links.ts'
import type { Brought } from './shared-names.ts'
import { sharedNames } from './shared-names.ts'
import { noteRegistrations } from './registered.ts'
import { noteStorage } from './storage.ts'
import { filled } from './template.ts'

export interface AdaptContext {
  readonly preview: PreviewSettings
  /** Where the preview is. */
  readonly namespace: string
  /** The namespace is the preview's alone. */
  readonly isOwn: boolean
  /** The namespace that the manifests are released to, where they do not say it. */
  readonly from: string
  /** What takes the place of `${image}`. */
  readonly image: string
  readonly part: PreviewPart
  /** Objects that are copied into the namespace. */
  readonly copies: readonly Brought[]
}

export interface Adapted extends Manifests {
  /** The document of a Namespace: what it says of the namespace holds for the preview's too. */
  readonly namespaceDocument: Fields | undefined
  /** New names of what is copied: `Secret db` → `db-pr-7`. */
  readonly rename: (kind: string, name: string) => string | undefined
}

export function adapt({ manifests, faults, warnings }: Manifests, context: AdaptContext): Adapted {
  const notes = new Notes()
  const documents = manifests.filter(({ kind }) => kind === 'Namespace')
  const objects = manifests.filter(({ kind }) => kind !== 'Namespace')
  if (!context.isOwn) refuseForAll(manifests, context, notes)
  const from = namespaceOf(objects, context, notes)
  noteConflicts(objects, context, notes)
  const { rename, named } = sharedNames(
    objects.map(({ object }) => object),
    context,
  )
  const services = new Map(
    objects.flatMap(({ kind, name }) => (kind === 'Service' ? [[name, rename(kind, name) ?? name] as const] : [])),
  )
  const links = serviceLinks(
    objects.map(({ object }) => object),
    services,
  )
  const claims = new Set(objects.flatMap(({ kind, name }) => (kind === 'PersistentVolumeClaim' ? [name] : [])))
  const addresses = { services, from, to: context.namespace }
  const own = objects.map((manifest) => {
    const subject = `${manifest.source}: ${labelOf(manifest)}`
    const hosts = { host: hostOf(context.preview.url), app: context.preview.app, subject, notes, addresses }
    noteStorage(manifest.object, { claims, subject, notes })
    noteTargets(manifest.object, { addresses, brought: objects, subject, notes })
    noteRegistrations(manifest.object, { subject, notes })
    const exposed = withOwnExposure(withOwnAnnotations(withOwnHosts(manifest.object, hosts), hosts), hosts)
    const meshed = withOwnMesh(exposed, { isOwn: context.isOwn, addresses, subject, notes })
    const placed = named(movedInto(meshed, { ...context, from, subject, notes, brought: objects }))
    const addressed = withServiceLinks(withOwnAddresses(placed, addresses), links)
    const whole = filled(withoutSchedule(addressed), context.preview, context.image)
    return withObject(manifest, marked(whole, context.part))
  })
  return {
    manifests: own,
    faults: [...faults, ...notes.faults],
    warnings: [...warnings, ...notes.warnings],
    namespaceDocument: documents[0]?.object,
    rename,
  }
}

/** Its host, where it is one. */
function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).hostname : undefined
}

/** Nobody expects mails, bills or clean-ups of every preview. */
function withoutSchedule(object: Fields): Fields {
  if (object['kind'] !== 'CronJob') return object
  return changedAt(object, 'spec', (spec) => withField(fieldsOf(spec), 'suspend', true))
}

/** Kinds that rule over the whole namespace. */
const FOR_ALL: ReadonlySet<string> = new Set(['Namespace', 'ResourceQuota', 'LimitRange'])

function refuseForAll(manifests: readonly Manifest[], { namespace }: AdaptContext, notes: Notes): void {
  for (const manifest of manifests.filter(({ kind }) => FOR_ALL.has(kind))) {
    const fix =
      'Leave it out of the preview’s manifests, or give each preview a namespace of its own (namespace with ${number}).'
    const problem = `rules over the whole namespace ${namespace}, which the preview shares`
    notes.fault(`${manifest.source}: ${labelOf(manifest)}`, problem, fix)
  }
}

/** The one namespace that the manifests are for. */
function namespaceOf(manifests: readonly Manifest[], { from }: AdaptContext, notes: Notes): string {
  const named = [...new Set(manifests.flatMap(({ metadata }) => metadata.namespace ?? []))]
  if (named.length > 1) {
    const fix = 'Leave the objects of other namespaces out of the preview’s manifests.'
    notes.fault('the manifests', `are for several namespaces (${named.join(', ')}), and a preview lives in one`, fix)
  }
  return named[0] ?? from
}

function noteConflicts(manifests: readonly Manifest[], { preview }: AdaptContext, notes: Notes): void {
  const host = hostOf(preview.url)
  if (host === undefined) return
  for (const [one, other] of conflictingHosts(manifests.map(({ object }) => object))) {
    const fix = `Write them with \${number}, such as ${one.split('.')[0] ?? 'api'}-pr-\${number}.${host.slice(host.indexOf('.') + 1)}.`
    notes.fault('the manifests', `answer differently at ${one} and ${other}, and both cannot become ${host}`, fix)
  }
}
