/** Data: a preview has claims of its own, and reaches no volume that production may write to. Pure. */
import type { Fields } from './fields.ts'
import { changedTexts, containersIn, fieldsOf, listOf, templatesIn, textOf, valueAt } from './fields.ts'
import type { HostContext } from './own-host.ts'
import { isTemplated } from './template.ts'

interface StorageContext extends Pick<HostContext, 'notes' | 'subject'> {
  /** Names of the claims that the manifests bring. */
  readonly claims: ReadonlySet<string>
}

/** Sources of volumes that are the same place for everybody who names them. */
const SAME_PLACE: readonly string[] = [
  ...['hostPath', 'nfs', 'awsElasticBlockStore', 'azureDisk', 'azureFile', 'cephfs', 'cinder', 'fc', 'flexVolume'],
  ...['gcePersistentDisk', 'glusterfs', 'iscsi', 'photonPersistentDisk', 'portworxVolume', 'quobyte', 'rbd'],
  ...['scaleIO', 'storageos', 'vsphereVolume'],
]

/** Notes what would reach production's data. */
export function noteStorage(object: Fields, context: StorageContext): void {
  for (const claim of claimsIn(object)) {
    noteVolumeName(claim, context)
    noteStaticVolume(claim, context)
  }
  for (const template of templatesIn(object)) {
    for (const volume of listOf(valueAt(template, 'spec.volumes')).map(fieldsOf)) noteVolume(volume, template, context)
  }
}

/** Claims of its own, of a StatefulSet, and those that live as long as a pod. */
export function claimsIn(object: Fields): Fields[] {
  if (object['kind'] === 'PersistentVolumeClaim') return [object]
  const ephemeral = templatesIn(object)
    .flatMap((template) => listOf(valueAt(template, 'spec.volumes')))
    .map((volume) => fieldsOf(valueAt(volume, 'ephemeral.volumeClaimTemplate')))
  return [...listOf(valueAt(object, 'spec.volumeClaimTemplates')).map(fieldsOf), ...ephemeral]
}

function noteVolumeName(claim: Fields, { notes, subject }: StorageContext): void {
  const name = textOf(valueAt(claim, 'spec.volumeName'))
  if (name === undefined || name === '' || isTemplated(name)) return
  const fix = 'Leave volumeName out of the preview’s manifests, or write it with ${number}.'
  notes.fault(subject, `claims the volume ${name}, which is production’s`, fix)
}

/** Volumes that somebody made by hand: the first claim that fits gets production's, with its data. */
function noteStaticVolume(claim: Fields, { notes, subject }: StorageContext): void {
  const { selector, storageClassName, volumeName } = fieldsOf(claim['spec'])
  if ([selector, volumeName].some((one) => one !== undefined && isTemplated(JSON.stringify(one)))) return
  const problem =
    selector !== undefined && selector !== null
      ? 'chooses its volume by a selector'
      : storageClassName === ''
        ? 'has storageClassName: ""'
        : undefined
  if (problem === undefined || (textOf(volumeName) ?? '') !== '') return
  const fix =
    'Leave selector and the empty storageClassName out, so that the preview gets a volume that is made for it, or write a selector with ${number}.'
  notes.fault(subject, `${problem}, and may get a volume that is production’s`, fix)
}

function noteVolume(volume: Fields, template: Fields, { notes, subject, claims }: StorageContext): void {
  const name = textOf(volume['name']) ?? ''
  const claim = textOf(valueAt(volume, 'persistentVolumeClaim.claimName'))
  if (claim !== undefined && !claims.has(claim) && !isTemplated(claim)) {
    const fix = `Add the PersistentVolumeClaim ${claim} to the manifests: the preview gets one of its own.`
    notes.fault(subject, `mounts the claim ${claim}, which is not among the manifests`, fix)
  }
  const source = SAME_PLACE.find((key) => volume[key] !== undefined) ?? placedByDriver(volume)
  if (source === undefined || isOwnPlace(volume[source])) return
  if (isReadOnly(name, template)) {
    notes.warning(subject, `reads the volume ${name} (${source}), which production may use too`)
    return
  }
  const fix = 'Mount it readOnly, write its path with ${name}, or use an emptyDir or a PersistentVolumeClaim.'
  notes.fault(subject, `may write to the volume ${name} (${source}), which production may use too`, fix)
}

/** Fields of volumes that say who is asked and how, and not where the data is. */
const HOW = /^(?:server|driver|fsType|user|monitors|endpoints|readOnly)$|secret/i

function isOwnPlace(source: unknown): boolean {
  let isOwn = false
  changedTexts(source, (text, path) => {
    isOwn ||= isTemplated(text) && !path.some((field) => HOW.test(field))
    return text
  })
  return isOwn
}

/** A driver's attributes say where the data is. What drivers of secrets and certificates give is read-only. */
function placedByDriver(volume: Fields): string | undefined {
  const driver = fieldsOf(volume['csi'])
  const isPlaced = Object.keys(fieldsOf(driver['volumeAttributes'])).length > 0
  return isPlaced && driver['readOnly'] !== true ? 'csi' : undefined
}

function isReadOnly(volume: string, template: Fields): boolean {
  const mounts = containersIn(template).flatMap(({ volumeMounts }) => listOf(volumeMounts).map(fieldsOf))
  return mounts.every(({ name, readOnly }) => name !== volume || readOnly === true)
}
