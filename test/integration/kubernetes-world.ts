// A namespace of its own on the lab's cluster, sample images in a registry, and a user who has exactly our Role.
import { gzipSync } from 'node:zlib'
import { readFileSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { pack } from 'tar-stream'
import { onTestFinished } from 'vitest'
import { parse, stringify } from 'yaml'
import { openKubectl } from '../../src/adapters/kubectl/index.ts'
import { digestOf } from '../../src/domain/digest.ts'
import { parseRepository, pinned, type PinnedImage } from '../../src/domain/image.ts'
import type { Stamp } from '../../src/domain/stamp.ts'
import type { KubernetesRequest } from '../../src/targets/kubernetes/request.ts'
import type { Clock, KubeAnswer, KubeApi, Observation, Rollout, Target } from '../../src/ports.ts'
import { rightsFor, roleLines } from '../../src/targets/kubernetes/api/access.ts'
import { createKubernetesTarget, type KubernetesDeps } from '../../src/targets/kubernetes/target.ts'
import { need } from '../harness/lab.ts'
import { startRegistry, type TestRegistry } from '../harness/registry.ts'
import { eventually, tempDir } from '../harness/temp.ts'

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      const stop = () => {
        clearTimeout(timer)
        resolve()
      }
      signal?.addEventListener('abort', stop, { once: true })
    }),
}

// ---------------------------------------------------------------- images

const serve = 'httpd -f -p 8080 -h /www & web=$!'
const stopFast = "trap 'kill $web 2>/dev/null; exit 0' TERM INT"
const starts = {
  v1: `${serve}\n${stopFast}\nwait $web`,
  v2: `${serve}\n${stopFast}\nwait $web`,
  v3: `${serve}\n${stopFast}\nwait $web`,
  crash: 'echo "fatal: no configuration" >&2\nexit 3',
  'exit-zero': 'echo done\nexit 0',
  // Healthy for a while, then dead; its server goes first, so that a probe fails which is not what ended it.
  dies: `${serve}\n${stopFast}\nsleep 2 & wait $!\nkill $web\nsleep 1.3 & wait $!\necho "fatal: lost the database" >&2\nexit 1`,
  'dies-later': `${serve}\n${stopFast}\nsleep 12 & wait $!\necho "fatal: lost the database" >&2\nexit 1`,
  'never-ready': `rm -f /www/healthz\n${serve}\n${stopFast}\nwait $web`,
  unhealthy: `rm -f /www/healthz\n${serve}\n${stopFast}\nwait $web`,
  oom: 'exec tail /dev/zero',
  'wrong-arch': '',
  'not-found': '',
} as const
export type ImageName = keyof typeof starts

function tar(files: readonly { name: string; content?: Buffer; mode?: number; link?: string }[]): Promise<Buffer> {
  const archive = pack()
  for (const { name, content, mode, link } of files) {
    if (link === undefined) archive.entry({ name, mode: mode ?? 0o644, mtime: new Date(0) }, content ?? Buffer.alloc(0))
    else archive.entry({ name, type: 'symlink', linkname: link, mtime: new Date(0) })
  }
  archive.finalize()
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    archive.on('data', (chunk) => chunks.push(chunk as Buffer))
    archive.on('end', () => resolve(Buffer.concat(chunks)))
    archive.on('error', reject)
  })
}

async function upload(registry: string, repository: string, bytes: Buffer): Promise<string> {
  const digest = digestOf(bytes)
  const begun = await fetch(`${registry}/v2/${repository}/blobs/uploads/`, { method: 'POST' })
  const location = new URL(begun.headers.get('location') ?? '', registry)
  location.searchParams.set('digest', digest)
  const done = await fetch(location, { method: 'PUT', body: new Uint8Array(bytes) })
  if (done.status !== 201) throw new Error(`upload: ${String(done.status)}`)
  return digest
}

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'

/** Builds and pushes the sample images without an engine; the revision of each is made up from its name. */
export async function pushImages(
  registry: TestRegistry,
  names: readonly ImageName[],
): Promise<Map<ImageName, PinnedImage>> {
  const repository = parseRepository(`${registry.host}/k8s/app`)
  if (!repository) throw new Error('no repository')
  const busybox = readFileSync('/bin/busybox')
  const foreign = Buffer.from(busybox)
  foreign.writeUInt16LE(foreign.readUInt16LE(18) === 183 ? 62 : 183, 18)
  const applets = ['sh', 'httpd', 'sleep', 'wget', 'tail', 'kill', 'rm', 'cat', 'nc', 'echo']
  const base = await tar([
    { name: 'bin/busybox', content: busybox, mode: 0o755 },
    { name: 'bin/foreign', content: foreign, mode: 0o755 },
    ...applets.map((name) => ({ name: `bin/${name}`, link: 'busybox' })),
  ])
  const baseGzip = gzipSync(base, { level: 1 })
  await upload(registry.url, repository.path, baseGzip)
  const images = new Map<ImageName, PinnedImage>()
  for (const name of names) {
    const top = await tar([
      { name: 'app/start', content: Buffer.from(`#!/bin/sh\n${starts[name]}\n`), mode: 0o755 },
      { name: 'www/version', content: Buffer.from(`${name}\n`) },
      { name: 'www/healthz', content: Buffer.from('ok\n') },
    ])
    const topGzip = gzipSync(top)
    await upload(registry.url, repository.path, topGzip)
    const command = name === 'wrong-arch' ? '/bin/foreign' : name === 'not-found' ? '/app/nothing-here' : '/app/start'
    const config = Buffer.from(
      JSON.stringify({
        architecture: process.arch === 'x64' ? 'amd64' : process.arch,
        os: 'linux',
        config: { Cmd: [command], Env: ['PATH=/bin'] },
        rootfs: { type: 'layers', diff_ids: [digestOf(base), digestOf(top)] },
      }),
    )
    const configDigest = await upload(registry.url, repository.path, config)
    const layer = (bytes: Buffer) => ({
      mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
      size: bytes.length,
      digest: digestOf(bytes),
    })
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: {
          mediaType: 'application/vnd.docker.container.image.v1+json',
          size: config.length,
          digest: configDigest,
        },
        layers: [layer(baseGzip), layer(topGzip)],
      }),
    )
    const digest = digestOf(manifest)
    const put = await fetch(`${registry.url}/v2/${repository.path}/manifests/${name}`, {
      method: 'PUT',
      headers: { 'content-type': MANIFEST },
      body: new Uint8Array(manifest),
    })
    if (put.status !== 201) throw new Error(`push: ${String(put.status)} ${await put.text()}`)
    const revision = digestOf(name).slice(7, 47)
    images.set(name, { repository, digest, accepted: new Set([digest, digestOf(config)]), revision, tag: name })
  }
  return images
}

// ---------------------------------------------------------------- the cluster

type Json = Record<string, unknown>

export interface Bench {
  readonly namespace: string
  readonly registry: TestRegistry
  readonly images: ReadonlyMap<ImageName, PinnedImage>
  readonly image: (name: ImageName) => PinnedImage
  /** All rights. */
  readonly admin: KubeApi
  /** Kubeconfig of a ServiceAccount that has exactly our Role. */
  readonly kubeconfig: string
  readonly request: (workloads: readonly string[], more?: Partial<KubernetesRequest>) => KubernetesRequest
  /** A target under our Role, with its own kubectl proxy; closed at the end. */
  readonly target: (
    workloads: readonly string[],
    more?: Partial<KubernetesRequest>,
    deps?: Partial<KubernetesDeps>,
  ) => ReturnType<typeof createKubernetesTarget>
  readonly openApi: (kubeconfig?: string) => KubeApi
  readonly openAdmin: () => KubeApi
  readonly apply: (object: Json) => Promise<Json>
  readonly get: (path: string) => Promise<KubeAnswer>
  readonly path: (kind: string, name?: string) => string
  readonly close: () => Promise<void>
}

export function adminApi(): KubeApi {
  return openKubectl({
    context: undefined,
    version: undefined,
    env: { ...process.env, KUBECONFIG: need('kubernetes').KUBECONFIG },
  })
}

const COLLECTIONS: Record<string, string> = {
  deployment: 'apis/apps/v1/deployments',
  statefulset: 'apis/apps/v1/statefulsets',
  daemonset: 'apis/apps/v1/daemonsets',
  replicaset: 'apis/apps/v1/replicasets',
  controllerrevision: 'apis/apps/v1/controllerrevisions',
  service: 'api/v1/services',
  pod: 'api/v1/pods',
  configmap: 'api/v1/configmaps',
  serviceaccount: 'api/v1/serviceaccounts',
  resourcequota: 'api/v1/resourcequotas',
  secret: 'api/v1/secrets',
  lease: 'apis/coordination.k8s.io/v1/leases',
  role: 'apis/rbac.authorization.k8s.io/v1/roles',
  rolebinding: 'apis/rbac.authorization.k8s.io/v1/rolebindings',
  endpointslice: 'apis/discovery.k8s.io/v1/endpointslices',
}

/** `/apis/apps/v1/namespaces/NS/deployments[/NAME]` */
export function collectionPath(namespace: string, kind: string, name?: string): string {
  const full = COLLECTIONS[kind] ?? ''
  const cut = full.lastIndexOf('/')
  return `/${full.slice(0, cut)}/namespaces/${namespace}/${full.slice(cut + 1)}${name === undefined ? '' : `/${name}`}`
}

export interface BenchOptions {
  readonly images?: readonly ImageName[]
  readonly registry?: TestRegistry
  readonly blueGreen?: boolean
}

export async function openBench(options: BenchOptions = {}): Promise<Bench> {
  const registry = options.registry ?? (await startRegistry())
  const images = await pushImages(registry, options.images ?? (Object.keys(starts) as ImageName[]))
  const admin = adminApi()
  const namespace = `k8s-${randomBytes(4).toString('hex')}`
  const opened: { close(): Promise<void> }[] = []
  const create = async (at: string, body: Json): Promise<Json> => {
    const answer = await admin.request('POST', at, { body })
    if (answer.status !== 201) throw new Error(`${at}: ${JSON.stringify(answer.body)}`)
    return answer.body as Json
  }
  await create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  const user = 'deployer'
  const need_ = {
    kinds: ['Deployment', 'StatefulSet', 'DaemonSet'] as const,
    blueGreen: options.blueGreen ?? false,
    applied: [],
  }
  const role = parse(roleLines(namespace, rightsFor(need_)).join('\n')) as Json
  await Promise.all([
    create(collectionPath(namespace, 'serviceaccount'), {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: user },
    }),
    create(collectionPath(namespace, 'role'), role),
    create(collectionPath(namespace, 'rolebinding'), {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: user },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'immutable-deploy' },
      subjects: [{ kind: 'ServiceAccount', name: user, namespace }],
    }),
    eventually('the default service account', async () => {
      const answer = await admin.request('GET', collectionPath(namespace, 'serviceaccount', 'default'))
      return answer.status === 200 || undefined
    }),
  ])
  const kubeconfig = path.join(tempDir('kube'), 'config')
  const token = await tokenFor(admin, namespace, user)
  writeKubeconfig(kubeconfig, namespace, token)

  const request: Bench['request'] = (workloads, more = {}) => ({
    name: 'kubernetes',
    workloads,
    container: undefined,
    manifests: [],
    strategy: 'rolling',
    app: 'app',
    environment: 'test',
    options: [],
    namespace: undefined,
    kubeContext: undefined,
    kubectlVersion: undefined,
    activeService: undefined,
    previewService: undefined,
    ...more,
  })
  const openApi = (file = kubeconfig) => {
    const api = openKubectl({
      context: undefined,
      version: undefined,
      env: { ...process.env, KUBECONFIG: file },
    })
    opened.push(api)
    return api
  }
  return {
    namespace,
    registry,
    images,
    image: (name) => images.get(name)!,
    admin,
    kubeconfig,
    request,
    openApi,
    openAdmin: () => openApi(need('kubernetes').KUBECONFIG),
    target: (workloads, more, deps) => {
      // Another connection's kubeconfig may name another namespace: an admin's names `default`.
      const target = createKubernetesTarget(request(workloads, deps?.api ? { namespace, ...more } : more), {
        api: openApi(),
        clock: realClock,
        repository: images.get('v1')!.repository,
        run: { id: randomBytes(4).toString('hex'), attempt: 1 },
        ...deps,
      })
      closeWithTest(target)
      return target
    },
    apply: async (object) => {
      const kind = String(object['kind']).toLowerCase()
      const { name } = object['metadata'] as { name: string }
      const answer = await admin.request('PATCH', collectionPath(namespace, kind, name), {
        body: object,
        type: 'application/apply-patch+yaml',
        query: { fieldManager: 'the-owner', force: true },
      })
      if (answer.status >= 300) throw new Error(`apply ${kind}/${name}: ${JSON.stringify(answer.body)}`)
      return answer.body as Json
    },
    get: (at) => admin.request('GET', at),
    path: (kind, name) => collectionPath(namespace, kind, name),
    close: async () => {
      await Promise.all(opened.map((api) => api.close()))
      await admin.request('DELETE', `/api/v1/namespaces/${namespace}`, {
        body: { gracePeriodSeconds: 0, propagationPolicy: 'Background' },
      })
      await admin.close()
      if (!options.registry) await registry.stop()
    },
  }
}

/** A test that fails half-way must not keep the lock from the next. */
function closeWithTest(target: { close(): Promise<void> }): void {
  try {
    onTestFinished(() => target.close())
  } catch {
    // Not inside of a test: whoever made it closes it.
  }
}

export async function tokenFor(
  admin: KubeApi,
  namespace: string,
  user: string,
  expirationSeconds = 3600,
): Promise<string> {
  const answer = await admin.request('POST', `${collectionPath(namespace, 'serviceaccount', user)}/token`, {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds } },
  })
  return (answer.body as { status: { token: string } }).status.token
}

export function writeKubeconfig(file: string, namespace: string, token: string): void {
  const lab = parse(readFileSync(need('kubernetes').KUBECONFIG, 'utf8')) as { clusters: unknown[] }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: lab.clusters,
    users: [{ name: 'deployer', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'lab', user: 'deployer', namespace } }],
    'current-context': 'test',
  }
  writeFileSync(file, stringify(config), { mode: 0o600 })
}

// ---------------------------------------------------------------- objects

export interface AppOptions {
  readonly replicas?: number
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet'
  readonly probe?: boolean
  readonly spec?: Json
  readonly pod?: Json
  readonly container?: Json
  readonly metadata?: Json
}

export function app(name: string, image: string, options: AppOptions = {}): Json {
  const kind = options.kind ?? 'Deployment'
  const labels = { app: name }
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, ...options.metadata },
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas: options.replicas ?? 2 }),
      ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
      selector: { matchLabels: labels },
      ...options.spec,
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          enableServiceLinks: false,
          ...options.pod,
          containers: [
            {
              name: 'web',
              image,
              ...((options.probe ?? true)
                ? {
                    readinessProbe: {
                      httpGet: { path: '/healthz', port: 8080 },
                      periodSeconds: 1,
                      failureThreshold: 1,
                    },
                  }
                : {}),
              ...options.container,
            },
          ],
        },
      },
    },
  }
}

/** Applied, and all its replicas ready. */
export async function deployApp(bench: Bench, object: Json): Promise<void> {
  const name = (object['metadata'] as { name: string }).name
  const kind = String(object['kind']).toLowerCase()
  await bench.apply(object)
  await eventually(
    `${kind}/${name} is ready`,
    async () => {
      const { body } = await bench.get(bench.path(kind, name))
      const {
        metadata,
        spec,
        status = {},
      } = body as {
        metadata: { generation: number }
        spec: { replicas?: number }
        status?: Record<string, number | string>
      }
      const desired = spec.replicas ?? status['desiredNumberScheduled'] ?? -1
      const ready = status['readyReplicas'] ?? status['numberReady'] ?? 0
      const total = status['replicas'] ?? status['currentNumberScheduled']
      const updated = status['updatedReplicas'] ?? status['updatedNumberScheduled'] ?? 0
      const seen = Number(status['observedGeneration'] ?? 0) >= metadata.generation
      if (!seen || ready !== desired || total !== desired || updated !== desired) return undefined
      return (await podsOf(bench, name)).length === desired || undefined
    },
    30_000,
  )
}

interface PodJson {
  metadata: { name: string; uid: string; deletionTimestamp?: string; ownerReferences: { name: string }[] }
  status: { phase: string; containerStatuses?: { imageID: string; state: Json; restartCount: number }[] }
}

export async function podsOf(bench: Pick<Bench, 'get' | 'path'>, name: string): Promise<PodJson[]> {
  const { body } = await bench.get(`${bench.path('pod')}?labelSelector=app%3D${name}`)
  return (body as { items: PodJson[] }).items
}

export function stamp(image: PinnedImage, run = randomBytes(4).toString('hex')): Stamp {
  return {
    app: 'app',
    environment: 'test',
    digest: image.digest,
    run: { id: run, attempt: 1 },
    ...(image.revision === undefined ? {} : { revision: image.revision }),
  }
}

/** Looks until nothing progresses or something failed; the last look. */
export async function settle(
  target: Target<never> | Target,
  rollout: Rollout<never> | Rollout<unknown>,
  within = 60_000,
): Promise<Observation> {
  const end = Date.now() + within
  for (;;) {
    const observation = await (target as Target).observe(rollout)
    const states = observation.workloads.map(({ state }) => state.is)
    const over =
      states.every((state) => state === 'settled') || states.some((s) => s === 'failed' || s === 'superseded')
    if (over || Date.now() > end) return observation
    await (target as Target).changed(rollout, 500, new AbortController().signal)
  }
}

export { pinned }
