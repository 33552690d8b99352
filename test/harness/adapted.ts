/** Manifests as a text, adapted to the preview of pull request 7. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { previewName } from '../../src/domain/preview.ts'
import { readManifests } from '../../src/targets/kubernetes/apply/manifests.ts'
import type { AdaptContext } from '../../src/targets/kubernetes/preview/adapt.ts'
import { adapt } from '../../src/targets/kubernetes/preview/adapt.ts'
import type { Fields } from '../../src/targets/kubernetes/preview/fields.ts'
import { tempDir } from './temp.ts'

const folder = tempDir('adapt')
let files = 0

interface Options extends Partial<Omit<AdaptContext, 'preview' | 'part'>> {
  readonly url?: string
}

export async function adapted(text: string, { url, ...more }: Options = {}) {
  const file = path.join(folder, `${String(files++)}.yml`)
  writeFileSync(file, text)
  const preview = {
    app: 'shop',
    number: 7,
    name: previewName('shop', 7),
    ttl: 1000,
    url,
    namespace: { name: 'x', isOwn: true },
  }
  const part = { ...preview, run: '9-1', expires: Date.parse('2026-11-30T12:00:00Z'), candidates: [] }
  const context = { isOwn: true, from: 'production', image: 'registry.test/shop', copies: [], ...more }
  const namespace = context.isOwn ? preview.name : 'production'
  const result = adapt(await readManifests([file], undefined), { namespace, ...context, preview, part })
  const find = (kind: string, at = 0): Fields =>
    result.manifests.filter((manifest) => manifest.kind === kind)[at]?.object ?? {}
  return { ...result, find, whats: result.faults.map(({ what }) => what), fixes: result.faults.map(({ fix }) => fix) }
}

export const shared = (text: string, more: Options = {}) => adapted(text, { isOwn: false, ...more })

export const pod = (spec: string, labels = '{app: web}') => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: ${labels}}
    spec: ${spec}
`
export const WEB = pod('{containers: [{name: web, image: "registry.test/shop:1"}]}')
export const INGRESS = (spec: string, metadata = '') => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web${metadata}}
spec: ${spec}
`
export const BACKEND = '{service: {name: web, port: {number: 80}}}'
export const RULE = (host: string, service = 'web') =>
  `{host: ${host}, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: ${service}, port: {number: 80}}}}]}}`
