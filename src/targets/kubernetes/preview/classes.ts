/** Claims whose volume nobody makes for them: they would get one that somebody made by hand, and that is production's. */
import * as v from 'valibot'
import type { Reason } from '../../../errors/deploy-error.ts'
import type { KubeApi } from '../../../ports.ts'
import type { Manifest } from '../apply/manifests.ts'
import { listOf } from '../api/schema.ts'
import type { Fields } from './fields.ts'
import { textOf, valueAt, fieldsOf } from './fields.ts'
import { labelOf } from './kinds.ts'
import { claimsIn } from './storage.ts'

const ClassSchema = v.object({
  metadata: v.object({ name: v.string(), annotations: v.nullish(v.record(v.string(), v.string())) }),
  provisioner: v.string(),
})
type StorageClass = v.InferOutput<typeof ClassSchema>

const VolumeSchema = v.object({
  metadata: v.object({ name: v.string() }),
  spec: v.object({ storageClassName: v.nullish(v.string()) }),
})
type Volume = v.InferOutput<typeof VolumeSchema>

const CLASSES = '/apis/storage.k8s.io/v1/storageclasses'
const VOLUMES = '/api/v1/persistentvolumes'
const IS_DEFAULT = /^storageclass\.(?:beta\.)?kubernetes\.io\/is-default-class$/
const BY_HAND = 'kubernetes.io/no-provisioner'

/** None where the classes and volumes, which belong to the cluster, may not be read. */
export async function classFaults(
  { api }: { readonly api: Pick<KubeApi, 'request'> },
  manifests: readonly Manifest[],
): Promise<Reason[]> {
  const claims = manifests.flatMap((manifest) => claimsIn(manifest.object).map((claim) => ({ manifest, claim })))
  const open = claims.filter(({ claim }) => !isBound(claim))
  if (open.length === 0) return []
  const [classes, volumes] = await Promise.all([api.request('GET', CLASSES), api.request('GET', VOLUMES)])
  if (classes.status !== 200 || volumes.status !== 200) return []
  const known = listOf(ClassSchema, classes.body).items
  const made = listOf(VolumeSchema, volumes.body).items
  return open.flatMap(({ manifest, claim }): Reason[] => {
    const volume = volumeFor(claim, known, made)
    if (volume === undefined) return []
    const what = `${manifest.source}: ${labelOf(manifest)} claims a volume that nobody makes for it, and may get ${volume}, which is production’s`
    const fix = 'Name a storageClassName whose volumes are made for each claim, or write a selector with ${number}.'
    return [{ code: 'manifest-invalid', what, fix }]
  })
}

/** It says which volume it wants: that was looked at where it is written. */
function isBound(claim: Fields): boolean {
  const { selector, volumeName, dataSource, dataSourceRef } = fieldsOf(claim['spec'])
  return [selector, volumeName, dataSource, dataSourceRef].some((one) => one !== undefined && one !== null)
}

/** The name of one that stands ready for claims of that class; undefined: its class makes one for it. */
function volumeFor(claim: Fields, classes: readonly StorageClass[], volumes: readonly Volume[]): string | undefined {
  const named =
    textOf(valueAt(claim, 'spec.storageClassName')) ??
    textOf(fieldsOf(valueAt(claim, 'metadata.annotations'))['volume.beta.kubernetes.io/storage-class'])
  const found = classes.find(named === undefined ? isDefault : ({ metadata }) => metadata.name === named)
  if (found && found.provisioner !== BY_HAND) return undefined
  const wanted = found?.metadata.name ?? named ?? ''
  return volumes.find(({ spec }) => (spec.storageClassName ?? '') === wanted)?.metadata.name
}

function isDefault({ metadata }: StorageClass): boolean {
  return Object.entries(metadata.annotations ?? {}).some(([key, value]) => IS_DEFAULT.test(key) && value === 'true')
}
