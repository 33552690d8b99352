// Previews on the lab's cluster, deployed as the pipeline does it.
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { previewName } from '../../src/domain/preview.ts'
import type { Observation, PreviewHost } from '../../src/ports.ts'
import { createPreviewHost } from '../../src/targets/kubernetes/preview/host.ts'
import { createPreviewTarget } from '../../src/targets/kubernetes/preview/target.ts'
import { tempDir } from '../harness/temp.ts'
import { realClock, settle, stamp, type Bench, type ImageName } from './kubernetes-world.ts'

type Json = Record<string, unknown>

export interface PreviewOptions {
  readonly app?: string
  readonly number?: number
  /** A shared one. */
  readonly namespace?: string
  readonly url?: string
  readonly ttl?: number
  readonly copySecrets?: readonly string[]
  readonly workloads?: readonly string[]
  readonly grace?: number
  readonly kubeconfig?: string
}

export class Previews {
  readonly bench: Bench
  readonly app = `p${randomBytes(3).toString('hex')}`
  readonly warnings: string[] = []

  constructor(bench: Bench) {
    this.bench = bench
  }

  settings({ app = this.app, number = 7, namespace, url, ttl = 3_600_000 }: PreviewOptions = {}) {
    const name = previewName(app, number)
    const place = namespace === undefined ? { name, isOwn: true } : { name: namespace, isOwn: false }
    return { app, number, name, ttl, url, namespace: place }
  }

  request(text: string, options: PreviewOptions = {}) {
    const file = path.join(tempDir('preview'), 'app.yml')
    writeFileSync(file, text.replaceAll('IMAGE', `${this.bench.image('v1').repository.name}:any`))
    return {
      ...this.bench.request(options.workloads ?? [], { manifests: [file], app: options.app ?? this.app }),
      copySecrets: options.copySecrets ?? [],
      namespace: options.namespace,
      preview: this.settings(options),
      ...(options.grace === undefined ? {} : { grace: options.grace }),
    }
  }

  target(text: string, options: PreviewOptions = {}) {
    const request = this.request(text, options)
    const target = createPreviewTarget(request, request.preview, {
      api: options.kubeconfig === undefined ? this.bench.openAdmin() : this.bench.openApi(options.kubeconfig),
      clock: realClock,
      repository: this.bench.image('v1').repository,
      run: { id: randomBytes(4).toString('hex'), attempt: 1 },
      onWarning: (text) => this.warnings.push(text),
    })
    onTestFinished(() => target.close())
    return target
  }

  async check(text: string, options: PreviewOptions = {}) {
    const target = this.target(text, options)
    try {
      return await target.check({ image: undefined, dryRun: false })
    } finally {
      await target.close()
    }
  }

  async deploy(text: string, image: ImageName, options: PreviewOptions & { candidate?: string } = {}) {
    const target = this.target(text, options)
    const request = this.settings(options)
    const pinned = this.bench.image(image)
    const readiness = await target.check({ image: undefined, dryRun: false })
    if (readiness.faults.length > 0) throw new Error(JSON.stringify(readiness.faults))
    await target.lock()
    const before = await target.current()
    const { candidate } = options
    const rollout = await target.replace(
      pinned,
      { ...stamp(pinned), app: request.app, ...(candidate ? { candidate } : {}) },
      before,
    )
    const observation: Observation = await settle(target, rollout)
    return { target, readiness, before, rollout, states: observation.workloads.map(({ state }) => state), observation }
  }

  host(options: PreviewOptions & { sweeps?: boolean; signal?: AbortSignal } = {}): PreviewHost {
    const request = this.request('', options)
    const host = createPreviewHost(
      { ...request, ...(options.sweeps ? { preview: undefined } : {}) } as typeof request,
      { api: this.bench.openAdmin(), clock: realClock, ...(options.signal ? { signal: options.signal } : {}) },
    )
    onTestFinished(() => host.close())
    return host
  }

  async remove(options: PreviewOptions & { signal?: AbortSignal } = {}) {
    const { app, number, name } = this.settings(options)
    const host = this.host(options)
    try {
      return await host.remove({ app, number, name })
    } finally {
      await host.close()
    }
  }

  /** Names of the objects of a collection in a namespace. */
  async names(namespace: string, collection: string): Promise<string[]> {
    const cut = collection.lastIndexOf('/')
    const at = `/${collection.slice(0, cut)}/namespaces/${namespace}/${collection.slice(cut + 1)}`
    const { body } = await this.bench.get(at)
    const { items = [] } = body as { items?: { metadata: { name: string } }[] }
    return items.map(({ metadata }) => metadata.name).sort()
  }

  async namespace(name: string): Promise<Json | undefined> {
    const { status, body } = await this.bench.get(`/api/v1/namespaces/${name}`)
    return status === 200 ? (body as Json) : undefined
  }
}

export const WEB = (replicas = 1, more = '') => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: ${String(replicas)}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: IMAGE
          readinessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 1, failureThreshold: 1}
${more}
---
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`
