import { expect, it } from 'vitest'
import { adapted } from '../../../../test/harness/adapted.ts'
import type { KubeApi } from '../../../ports.ts'
import { classFaults } from './classes.ts'

const CLAIM = (spec: string) =>
  `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], ${spec}}}`
const SET = (spec: string) =>
  `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {volumeClaimTemplates: [{metadata: {name: data}, spec: {${spec}}}], template: {spec: {containers: [{name: db, image: db}]}}}}`

const storageClass = (name: string, provisioner: string, isDefault = false) => {
  const annotations = isDefault ? { 'storageclass.kubernetes.io/is-default-class': 'true' } : {}
  return { metadata: { name, annotations }, provisioner }
}
const BY_HAND = storageClass('by-hand', 'kubernetes.io/no-provisioner')
const FAST = storageClass('fast', 'ebs.csi.aws.com', true)

const VOLUMES = ['by-hand', 'manual', ''].map((storageClassName) => ({
  metadata: { name: `pv-${storageClassName}` },
  spec: { storageClassName },
}))

interface Held {
  readonly classes: readonly object[]
  readonly volumes?: readonly object[]
  readonly status?: number
}

async function whats(text: string, { classes, volumes = VOLUMES, status = 200 }: Held): Promise<string[]> {
  const request: KubeApi['request'] = async (_, path) => {
    const items = path.endsWith('/storageclasses') ? classes : volumes
    return { status, body: { items } }
  }
  const faults = await classFaults({ api: { request } }, (await adapted(text)).manifests)
  return faults.map(({ what }) => what)
}

it.each([
  ['of a class that makes none', CLAIM('storageClassName: by-hand'), [BY_HAND, FAST], 'pv-by-hand'],
  ['of a StatefulSet', SET('storageClassName: by-hand'), [BY_HAND, FAST], 'pv-by-hand'],
  ['of a class that is not there', CLAIM('storageClassName: manual'), [FAST], 'pv-manual'],
  ['without a class where there is no default one', CLAIM('resources: {}'), [BY_HAND], 'pv-,'],
])('refuses a claim %s', async (_, text, classes, words) => {
  expect(await whats(text, { classes })).toEqual([expect.stringContaining(words)])
})

it.each([
  ['of a class that makes volumes', CLAIM('storageClassName: fast'), { classes: [FAST] }],
  ['of the default class', CLAIM('resources: {}'), { classes: [FAST] }],
  ['of a volume of its own', CLAIM('storageClassName: by-hand, volumeName: "data-${number}"'), { classes: [BY_HAND] }],
  ['where there is no volume to get', CLAIM('storageClassName: by-hand'), { classes: [BY_HAND], volumes: [] }],
  ['where the classes may not be read', CLAIM('resources: {}'), { classes: [], status: 403 }],
])('takes a claim %s', async (_, text, held) => {
  expect(await whats(text, held)).toEqual([])
})
