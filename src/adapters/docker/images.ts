import * as v from 'valibot'
import type { Digest } from '../../domain/digest.ts'
import { isDigest } from '../../domain/digest.ts'
import type { Repository } from '../../domain/image.ts'
import { parseReference } from '../../domain/image.ts'
import { cancelled, DeployError } from '../../errors/deploy-error.ts'
import type { EngineAnswer, EngineApi, ImageFacts } from '../../ports.ts'
import { Image, Progress, PushAux, read, refused } from './answers.ts'
import { jsonLines, messageIn } from './stream.ts'
import { oneLine } from './text.ts'

/** `X-Registry-Auth` for a repository. */
export type EngineAuth = (repository: Repository) => Promise<string>

/** The newest candidate of a repository on this engine; never pushed. */
const LOCAL_TAG = 'immutable-deploy'

export async function inspectImage(api: EngineApi, reference: string): Promise<ImageFacts | undefined> {
  const answer = await api.request('GET', `/images/${encodeName(reference)}/json`)
  if (answer.status === 404) return undefined
  if (answer.status !== 200) throw refused(answer, `inspecting the image ${reference}`)
  const image = read(Image, answer, `inspecting the image ${reference}`)
  const config = image.Config
  const test = config?.Healthcheck?.Test ?? []
  const healthcheck = test.length > 0 && test[0] !== 'NONE'
  return {
    id: image.Id,
    platform: [image.Os, image.Architecture, image.Variant].filter(Boolean).join('/'),
    labels: config?.Labels ?? {},
    exposedPorts: Object.keys(config?.ExposedPorts ?? {}),
    user: config?.User ?? '',
    healthcheck,
    ...(healthcheck ? { healthcheckTest: test } : {}),
    size: image.Size,
    repoDigests: image.RepoDigests ?? [],
    volumes: Object.keys(config?.Volumes ?? {}),
    ...(image.Created === undefined ? {} : { created: image.Created }),
  }
}

export async function pullImage(
  api: EngineApi,
  auth: EngineAuth,
  image: { repository: Repository; reference: string },
  platform: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const name = image.repository.name + (image.reference.startsWith('sha256:') ? '@' : ':') + image.reference
  const { status, body } = await api.stream('POST', '/images/create', {
    query: { fromImage: image.repository.name, tag: image.reference, platform },
    headers: { 'x-registry-auth': await auth(image.repository) },
    signal,
  })
  await follow(body, status, (problem) => transferError(`pulling ${name}`, image.repository, problem))
}

/** @throws DeployError invalid-input for a text that is no reference */
export async function pullReference(
  api: EngineApi,
  auth: EngineAuth,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  const reference = parseReference(text)
  if (!reference) throw new DeployError('invalid-input', `"${text}" is no image reference`)
  const { repository, digest, tag = 'latest' } = reference
  await pullImage(api, auth, { repository, reference: digest ?? tag }, undefined, signal)
}

/** Tags, pushes and untags; the image stays in the engine's store. */
export async function pushImage(
  api: EngineApi,
  auth: EngineAuth,
  image: { id: string; repository: Repository; tag: string },
  signal: AbortSignal,
): Promise<Digest> {
  const { id, repository, tag } = image
  const name = `${repository.name}:${tag}`
  const tagged = await tagImage(api, id, repository, tag, signal)
  if (tagged.status !== 201) {
    throw refused(tagged, `tagging ${id} as ${name}`, tagged.status === 404 ? 'image-not-found' : 'engine-error')
  }
  try {
    const { status, body } = await api.stream('POST', `/images/${encodeName(repository.name)}/push`, {
      query: { tag },
      headers: { 'x-registry-auth': await auth(repository) },
      signal,
    })
    let digest: Digest | undefined
    await follow(
      body,
      status,
      (problem) => transferError(`pushing ${name}`, repository, problem),
      (line) => {
        digest = pushedDigest(line) ?? digest
      },
    )
    if (!digest) throw new DeployError('engine-error', `pushing ${name}: the engine did not name the pushed digest`)
    return digest
  } finally {
    await untag(api, id, repository, tag)
  }
}

/**
 * Takes the pushed name off. The engine deletes an image with its last name, and a smoke test may be about to use it:
 * one name a repository stays, on this engine only, and moves from candidate to candidate.
 */
async function untag(api: EngineApi, id: string, repository: Repository, tag: string): Promise<void> {
  const kept = await tagImage(api, id, repository, LOCAL_TAG)
  if (kept.status !== 201) return // better a name too many than an image too few
  await api.request('DELETE', `/images/${encodeName(`${repository.name}:${tag}`)}`, { query: { noprune: true } })
}

function tagImage(
  api: EngineApi,
  id: string,
  repository: Repository,
  tag: string,
  signal?: AbortSignal,
): Promise<EngineAnswer> {
  const query = { repo: repository.name, tag }
  return api.request('POST', `/images/${encodeName(id)}/tag`, { query, ...(signal ? { signal } : {}) })
}

/** `aux.Digest` of the classic store; containerd's only says `tag: digest: sha256:… size: …`. */
function pushedDigest({ aux, status }: Progress): Digest | undefined {
  const parsed = v.safeParse(PushAux, aux)
  const text = parsed.success ? parsed.output.Digest : (/ digest: (\S+) size: \d+$/.exec(status ?? '')?.[1] ?? '')
  return isDigest(text) ? text : undefined
}

/** Reads a progress stream to its end. The engine reports most failures inside it, with status 200. */
async function follow(
  body: AsyncIterable<Uint8Array>,
  status: number,
  explain: (problem: string) => DeployError,
  each: (line: Progress) => void = () => undefined,
): Promise<void> {
  if (status !== 200) throw explain(await messageIn(body))
  for await (const line of jsonLines(body)) {
    const progress = v.safeParse(Progress, line)
    if (!progress.success) continue
    const problem = progress.output.errorDetail?.message ?? progress.output.error
    if (problem !== undefined) throw explain(problem)
    each(progress.output)
  }
}

/** Classifies by the words of the engine, which are all that it gives. */
function transferError(what: string, repository: Repository, problem: string): DeployError {
  const words = oneLine(problem).slice(0, 600)
  const message = `${what}: ${words}`
  if (/context canceled/i.test(words)) return cancelled()
  if (/no matching manifest|does not match the specified platform|no match for platform/i.test(words)) {
    return new DeployError('smoke-wrong-platform', message)
  }
  if (/denied|unauthorized|authentication required|no basic auth|forbidden|\b40[13]\b/i.test(words)) {
    return new DeployError('registry-denied', message)
  }
  if (/not found|manifest unknown|name unknown|does not exist|\b404\b/i.test(words)) {
    return new DeployError('image-not-found', message)
  }
  if (
    /connection refused|no such host|timeout|deadline|i\/o|\bEOF\b|reset by peer|TLS|x509|server gave HTTP/i.test(words)
  ) {
    return new DeployError('registry-unreachable', message, {
      fix: `Check that the engine reaches ${repository.registry}; a registry without TLS needs insecure-registries in the engine's configuration.`,
    })
  }
  return new DeployError('registry-error', message)
}

/** A name in a path: slashes, colons and the at sign are part of the engine's routes. */
export function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/%2F/g, '/').replace(/%3A/g, ':').replace(/%40/g, '@')
}
