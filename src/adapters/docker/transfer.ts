import type { ProgressLimit, ProgressLimits } from '../../async/progress-limit.ts'
import { openProgressLimit } from '../../async/progress-limit.ts'
import { sleep } from '../../async/sleep.ts'
import * as v from 'valibot'
import type { Digest } from '../../domain/digest.ts'
import { isDigest } from '../../domain/digest.ts'
import type { Repository } from '../../domain/image.ts'
import { parseReference } from '../../domain/image.ts'
import { cancelled, DeployError, throwIfAborted } from '../../errors/deploy-error.ts'
import type { EngineAnswer, EngineApi } from '../../ports.ts'
import { Progress, PushAux, refused } from './answers.ts'
import type { EngineAuth } from './images.ts'
import { encodeName } from './images.ts'
import { TRANSFER } from './limits.ts'
import { jsonLines, messageIn } from './stream.ts'
import { cut, oneLine } from '../../domain/text.ts'
import { isWrongPlatform } from '../../domain/wrong-platform.ts'

/** The newest candidate of a repository on this engine; never pushed. */
const LOCAL_TAG = 'immutable-deploy'

/** The engine that moves the image, the logins for it, and what cancels it. */
export interface TransferContext {
  readonly api: EngineApi
  readonly auth: EngineAuth
  readonly signal: AbortSignal
  readonly limits?: ProgressLimits
}

export async function pullImage(
  context: TransferContext,
  image: { repository: Repository; reference: string },
  platform?: string,
): Promise<void> {
  const { repository, reference } = image
  const name = repository.name + (reference.startsWith('sha256:') ? '@' : ':') + reference
  const what = `pulling ${name}`
  await patiently(context, what, async ({ signal, progressed }) => {
    const { status, body } = await context.api.stream('POST', '/images/create', {
      query: { fromImage: repository.name, tag: reference, platform },
      headers: { 'x-registry-auth': await context.auth(repository) },
      signal,
    })
    await follow(body, status, (problem) => transferError(what, repository, problem), progressed)
  })
}

/** @throws DeployError invalid-input for a text that is not a reference */
export async function pullReference(context: TransferContext, text: string): Promise<void> {
  const reference = parseReference(text)
  if (!reference) throw new DeployError('invalid-input', `"${text}" is not an image reference`)
  const { repository, digest, tag = 'latest' } = reference
  await pullImage(context, { repository, reference: digest ?? tag })
}

/** An image on the engine, and the name that it has there. */
export interface NamedImage {
  readonly id: string
  readonly repository: Repository
  readonly tag: string
}

/** Tags and pushes. The name stays: the engine deletes an image with its last one, and a smoke test may be about to use it. */
export async function pushImage(context: TransferContext, image: NamedImage): Promise<Digest> {
  const { id, repository, tag } = image
  const name = `${repository.name}:${tag}`
  const tagged = await tagImage(context.api, image, tag)
  if (tagged.status === 404) throw refused(tagged, `tagging ${id}`, 'image-not-found')
  if (tagged.status !== 201) throw refused(tagged, `tagging ${id} as ${name}`)
  return patiently(context, `pushing ${name}`, (limit) => push(context, image, limit))
}

/** Takes the name away. One name a repository stays, on this engine only, and moves from candidate to candidate. */
export async function forgetImage(api: EngineApi, image: NamedImage): Promise<void> {
  await tagImage(api, image, LOCAL_TAG)
  const path = `/images/${encodeName(`${image.repository.name}:${image.tag}`)}`
  const { status } = await api.request('DELETE', path, { query: { noprune: true } })
  // Another run's image has that one name by now, and a container runs this one: by force only the name goes.
  if (status === 409) await api.request('DELETE', path, { query: { noprune: true, force: true } })
}

async function push(
  { api, auth }: TransferContext,
  { repository, tag }: { repository: Repository; tag: string },
  { signal, progressed }: ProgressLimit,
): Promise<Digest> {
  const what = `pushing ${repository.name}:${tag}`
  const { status, body } = await api.stream('POST', `/images/${encodeName(repository.name)}/push`, {
    query: { tag },
    headers: { 'x-registry-auth': await auth(repository) },
    signal,
  })
  let digest: Digest | undefined
  await follow(
    body,
    status,
    (problem) => transferError(what, repository, problem),
    (line) => {
      progressed()
      digest = pushedDigest(line) ?? digest
    },
  )
  if (!digest) throw new DeployError('engine-error', `${what}: the engine did not name the pushed digest`)
  return digest
}

function tagImage(api: EngineApi, { id, repository }: NamedImage, tag: string): Promise<EngineAnswer> {
  return api.request('POST', `/images/${encodeName(id)}/tag`, { query: { repo: repository.name, tag } })
}

const PAUSES = [1000, 3000]
const TRANSIENT =
  /\b(?:429|50[0234])\b|too ?many ?requests|unexpected HTTP status: 5|reset by peer|\bEOF\b|timeout|broken pipe/i

/** Transfers change nothing that repeating would harm; the engine itself gives up at the first bad manifest answer. */
async function patiently<T>(
  { signal, limits = TRANSFER }: TransferContext,
  what: string,
  transfer: (limit: ProgressLimit) => Promise<T>,
): Promise<T> {
  const late = (why: string) => new DeployError('registry-unreachable', `${what}: ${why}`)
  const limit = openProgressLimit(limits, signal, late)
  try {
    for (const pause of PAUSES) {
      try {
        return await transfer(limit)
      } catch (error) {
        // The engine only says that it was cut off: the signal knows why.
        throwIfAborted(limit.signal)
        if (!isTransient(error)) throw error
        await sleep(pause, limit.signal)
        throwIfAborted(limit.signal)
      }
    }
    return await transfer(limit)
  } finally {
    limit.close()
  }
}

function isTransient(error: unknown): boolean {
  if (!(error instanceof DeployError)) return false
  return (error.code === 'registry-error' || error.code === 'registry-unreachable') && TRANSIENT.test(error.what)
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
  const words = cut(oneLine(problem), 600)
  const message = `${what}: ${words}`
  if (/context canceled/i.test(words)) return cancelled()
  if (isWrongPlatform(words)) {
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
