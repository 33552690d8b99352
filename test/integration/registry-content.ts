// What the registry tests share: content put in by bare requests (never by the client under test), and a quick clock.
import { copyFileSync, mkdirSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import path from 'node:path'
import { createRegistry, type RegistryOptions } from '../../src/adapters/registry/index.ts'
import { digestOf, type Digest } from '../../src/domain/digest.ts'
import { parseRepository, type Repository } from '../../src/domain/image.ts'
import type { Registry } from '../../src/ports.ts'
import { dockerConfig, type TestRegistry } from '../harness/registry.ts'
import { tempDir } from '../harness/temp.ts'

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
const ACCEPT = [OCI_INDEX, OCI_MANIFEST, DOCKER_MANIFEST].join(', ')

export interface Place {
  url: string
  auth?: { user: string; password: string } | undefined
  /** Instead of `auth`. */
  bearer?: string
}

export interface Raw {
  status: number
  headers: http.IncomingHttpHeaders
  body: Buffer
}

/** One bare request. */
export function ask(
  place: Place,
  method: string,
  target: string,
  options: { type?: string; body?: Buffer | string } = {},
): Promise<Raw> {
  const url = new URL(target, place.url)
  const headers: Record<string, string> = { accept: ACCEPT }
  if (options.type) headers['content-type'] = options.type
  if (place.auth) {
    headers['authorization'] = `Basic ${Buffer.from(`${place.auth.user}:${place.auth.password}`).toString('base64')}`
  }
  if (place.bearer) headers['authorization'] = `Bearer ${place.bearer}`
  const start = url.protocol === 'https:' ? https.request : http.request
  return new Promise((resolve, reject) => {
    const request = start(url, { method, headers, rejectUnauthorized: false }, (response) => {
      response
        .toArray()
        .then(
          (chunks) =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
          reject,
        )
    })
    request.on('error', reject)
    request.end(options.body)
  })
}

export async function putBlob(place: Place, repo: string, body: string): Promise<{ digest: Digest; size: number }> {
  const digest = digestOf(body)
  const start = await ask(place, 'POST', `/v2/${repo}/blobs/uploads/`)
  const upload = new URL(start.headers.location ?? '', place.url)
  upload.searchParams.set('digest', digest)
  const done = await ask(place, 'PUT', upload.href, { type: 'application/octet-stream', body })
  if (done.status !== 201) throw new Error(`blob: ${String(done.status)} ${done.body.toString()}`)
  return { digest, size: Buffer.byteLength(body) }
}

/** Puts a manifest as it stands, white space and all. */
export async function putManifest(
  place: Place,
  repo: string,
  type: string,
  body: string,
  tag?: string,
): Promise<Digest> {
  const digest = digestOf(body)
  const done = await ask(place, 'PUT', `/v2/${repo}/manifests/${tag ?? digest}`, { type, body })
  if (done.status !== 201) throw new Error(`manifest: ${String(done.status)} ${done.body.toString()}`)
  return digest
}

export interface Seeded {
  digest: Digest
  config: Digest
  /** The manifest exactly as it was put. */
  bytes: string
}

/** A one-platform image. Its JSON is written so that parsing and writing it back would change the digest. */
export async function putImage(
  place: Place,
  repo: string,
  options: { mark?: string; architecture?: string; type?: string; tag?: string } = {},
): Promise<Seeded> {
  const { mark = 'one', architecture = 'amd64', type = OCI_MANIFEST } = options
  const labels = { 'org.opencontainers.image.revision': mark }
  const config = await putBlob(
    place,
    repo,
    JSON.stringify({ os: 'linux', architecture, created: '2026-01-02T03:04:05Z', config: { Labels: labels } }),
  )
  const layer = await putBlob(place, repo, `layer of ${mark}`)
  const docker = type === DOCKER_MANIFEST
  const bytes = JSON.stringify(
    {
      schemaVersion: 2,
      // An OCI manifest may leave its own type out: this one does.
      ...(docker ? { mediaType: type } : {}),
      layers: [
        {
          mediaType: docker ? 'application/vnd.docker.image.rootfs.diff.tar' : 'application/vnd.oci.image.layer.v1.tar',
          ...layer,
        },
      ],
      config: {
        mediaType: docker
          ? 'application/vnd.docker.container.image.v1+json'
          : 'application/vnd.oci.image.config.v1+json',
        ...config,
      },
    },
    null,
    '\t ',
  )
  return { digest: await putManifest(place, repo, type, bytes, options.tag), config: config.digest, bytes }
}

export interface SeededIndex extends Seeded {
  children: Seeded[]
  attestation: Digest
}

/** An index of two platforms and an attestation, as BuildKit makes them. */
export async function putIndex(place: Place, repo: string, mark = 'multi'): Promise<SeededIndex> {
  const children = [
    await putImage(place, repo, { mark, architecture: 'amd64' }),
    await putImage(place, repo, { mark, architecture: 'arm64' }),
  ]
  const attestation = await putImage(place, repo, { mark: `attestation of ${mark}`, architecture: 'unknown' })
  const entry = (digest: Digest, bytes: string, architecture: string, annotations?: object) => ({
    mediaType: OCI_MANIFEST,
    digest,
    size: Buffer.byteLength(bytes),
    platform: { architecture, os: architecture === 'unknown' ? 'unknown' : 'linux' },
    ...(annotations ? { annotations } : {}),
  })
  const [amd64, arm64] = children
  const bytes = JSON.stringify(
    {
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [
        entry(amd64!.digest, amd64!.bytes, 'amd64'),
        entry(arm64!.digest, arm64!.bytes, 'arm64'),
        entry(attestation.digest, attestation.bytes, 'unknown', {
          'vnd.docker.reference.type': 'attestation-manifest',
          'vnd.docker.reference.digest': amd64!.digest,
        }),
      ],
    },
    null,
    3,
  )
  const digest = await putManifest(place, repo, OCI_INDEX, bytes)
  return { digest, config: amd64!.config, bytes, children, attestation: attestation.digest }
}

/** What a tag names and holds, by a bare request. */
export async function readTag(
  place: Place,
  repo: string,
  tag: string,
): Promise<{ digest: Digest; type: string } | undefined> {
  const got = await ask(place, 'GET', `/v2/${repo}/manifests/${tag}`)
  return got.status === 200 ? { digest: digestOf(got.body), type: got.headers['content-type'] ?? '' } : undefined
}

export interface Client {
  registry: Registry
  /** Waits that were asked for, ms; hardly any of it is really waited. */
  waits: number[]
  warnings: string[]
  secrets: string[]
  stop: AbortController
}

/** The client under test, with a home of its own and a clock that hardly waits. */
export function client(
  registry: Pick<TestRegistry, 'host'> & { ca?: string },
  options: { auth?: { user: string; password: string } | undefined; env?: Record<string, string> } & Partial<
    Pick<RegistryOptions, 'idle' | 'mayBePlain' | 'githubToken'>
  > = {},
): Client {
  const home = tempDir('home')
  if (registry.ca) {
    const trusted = path.join(home, '.config', 'docker', 'certs.d', registry.host)
    mkdirSync(trusted, { recursive: true })
    copyFileSync(registry.ca, path.join(trusted, 'ca.crt'))
  }
  const { auth, env, ...rest } = options
  const config = auth ? { DOCKER_CONFIG: dockerConfig({ [registry.host]: auth }) } : {}
  const made: Omit<Client, 'registry'> = { waits: [], warnings: [], secrets: [], stop: new AbortController() }
  let passed = 0
  const clock = {
    now: () => Date.now() + passed,
    sleep: (ms: number) => {
      made.waits.push(ms)
      passed += ms
      return new Promise<void>((resolve) => setTimeout(resolve, Math.min(ms, 50)))
    },
  }
  return {
    ...made,
    registry: createRegistry({
      env: { HOME: home, PATH: process.env.PATH, ...config, ...env },
      clock,
      signal: made.stop.signal,
      random: () => 0.5,
      onWarning: (text) => made.warnings.push(text),
      onSecret: (value) => made.secrets.push(value),
      ...rest,
    }),
  }
}

export function repositoryAt(host: string, repo = 'acme/app'): Repository {
  return parseRepository(`${host}/${repo}`)!
}
