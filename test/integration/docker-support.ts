// What the tests of the engine adapters share: the lab's engine, a request with nothing in it, a registry's credentials.
import { randomBytes } from 'node:crypto'
import { connect } from '../../src/adapters/docker/connection.ts'
import type { Digest } from '../../src/domain/digest.ts'
import { parseRepository, type Repository } from '../../src/domain/image.ts'
import type { ContainerRuntime, EngineApi } from '../../src/ports.ts'
import type { Event } from '../../src/reporting/events.ts'
import { need } from '../harness/lab.ts'

export const never = new AbortController().signal
export const key = `docker-it-${randomBytes(4).toString('hex')}`
export const ours = { 'docker-it': key }

export function engine(): Promise<EngineApi> {
  return connect({ host: need('docker').DOCKER_HOST }, process.env)
}

export function repository(host: string, path = 'app'): Repository {
  const parsed = parseRepository(`${host}/${path}`)
  if (!parsed) throw new Error(`${host}/${path} is not a repository`)
  return parsed
}

/** `X-Registry-Auth` as the registry client makes it. */
export function engineAuth(credentials: object = {}): { engineAuth: (of: Repository) => Promise<string> } {
  const header = Buffer.from(JSON.stringify(credentials)).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
  return { engineAuth: () => Promise.resolve(header) }
}

export function recorder(): { emit: (event: Event) => void; lines: () => string[] } {
  const events: Event[] = []
  return {
    emit: (event) => void events.push(event),
    lines: () => events.flatMap((event) => (event.type === 'output' ? event.lines : [])),
  }
}

/** Containers and networks of this test file. */
export async function removeOurs(api: EngineApi): Promise<void> {
  const query = { all: true, force: true, v: true, filters: { label: [`docker-it=${key}`] } }
  for (const kind of ['containers', 'networks']) {
    const list = await api.request('GET', kind === 'containers' ? '/containers/json' : '/networks', { query })
    for (const { Id } of list.json() as { Id: string }[]) await api.request('DELETE', `/${kind}/${Id}`, { query })
  }
}

export async function removeImage(api: EngineApi, reference: string): Promise<void> {
  await api.request('DELETE', `/images/${reference}`, { query: { force: true } })
}

/** Waits until the container says something in its log. */
export async function logged(runtime: ContainerRuntime, id: string, text: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await runtime.logs(id)).some((line) => line.includes(text))) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`the container never said ${text}`)
}

export async function remoteDigest(host: string, path: string, reference: string): Promise<Digest | undefined> {
  const accept = [
    'application/vnd.docker.distribution.manifest.v2+json',
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.docker.distribution.manifest.list.v2+json',
  ].join(', ')
  const answer = await fetch(`http://${host}/v2/${path}/manifests/${reference}`, {
    method: 'HEAD',
    headers: { accept },
  })
  return (answer.headers.get('docker-content-digest') ?? undefined) as Digest | undefined
}
