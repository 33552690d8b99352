import * as v from 'valibot'
import type { ProgressLimit, ProgressLimits } from '../../async/progress-limit.ts'
import { openProgressLimit } from '../../async/progress-limit.ts'
import { remoteContext } from '../../domain/remote-context.ts'
import type { BuildRequest } from '../../domain/request.ts'
import type { Fault } from '../../errors/deploy-error.ts'
import { DeployError, throwIfAborted } from '../../errors/deploy-error.ts'
import type { BuildOptions, Built, EngineApi, EngineRequest, ImageBuilder, Reporter } from '../../ports.ts'
import { Progress } from './answers.ts'
import { buildArg, buildArgsOf } from './build-request.ts'
import { authService } from './auth-service.ts'
import { readContext } from './context.ts'
import { ADD_BUILDX, refusals } from './engine-refusals.ts'
import { withheld } from './exposed.ts'
import { fileService } from './file-service.ts'
import type { EngineAuth } from './images.ts'
import { BuildProgress } from './progress.ts'
import type { Services } from './session.ts'
import { BUILD } from './limits.ts'
import { openSession } from './session.ts'
import { jsonLines, messageIn } from './stream.ts'
import { decodeTrace } from './trace.ts'
import { parseSize } from '../../domain/size.ts'

interface Options {
  readonly reporter: Reporter
  readonly env: Readonly<Record<string, string | undefined>>
  /** What `api.version()` said: older engines ignore some options silently. */
  readonly apiVersion: string
  /** For base images. */
  readonly auth?: EngineAuth | undefined
  readonly limits?: ProgressLimits
}

const BuiltImage = v.object({ ID: v.string() })

/** Builds by the engine's own BuildKit: one request, and a session over which it takes the context. No helper process. */
export function createEngineBuilder(api: EngineApi, options: Options): ImageBuilder {
  return {
    name: 'engine',
    refuse: (request) => refusals(request, options.apiVersion),
    build: (request, { as, signal }) => build(api, { ...options, as }, request, signal),
  }
}

type NamedOptions = Options & { readonly as: BuildOptions['as'] }

async function build(
  api: EngineApi,
  options: NamedOptions,
  request: BuildRequest,
  parent: AbortSignal,
): Promise<Built> {
  const faults = refusals(request, options.apiVersion)
  if (faults.length > 0) throw notSupported(faults)
  const progress = new BuildProgress(options.reporter)
  const source = await sourceOf(request)
  if (api.exposed && options.auth) options.reporter.emit({ type: 'warning', text: withheld(api.endpoint) })
  const auth = api.exposed ? undefined : options.auth
  const late = (why: string) => new DeployError('build-failed', `the build was stopped: ${why}`)
  const limit = openProgressLimit(options.limits ?? BUILD, parent, late)
  const { signal } = limit
  const session = await openSession(api, { ...authService(auth), ...source.services }, source.key, signal)
  try {
    const { query, body } = await source.given(session !== undefined)
    const whole = { ...queryOf(request, options.env), ...query, t: options.as, session: session?.id }
    const answer = await api.stream('POST', '/build', { query: whole, body, signal })
    if (answer.status !== 200) throw explain(progress, await messageIn(answer.body))
    return { where: 'engine', imageId: await follow(answer.body, progress, limit) }
  } catch (error) {
    throwIfAborted(signal)
    throw error
  } finally {
    session?.close()
    limit.close()
  }
}

interface BuildSource {
  readonly services: Services
  readonly key: string
  /** How the engine comes to it: over the session, or where there is none as one archive. */
  given(session: boolean): Promise<Pick<EngineRequest, 'query' | 'body'>>
}

async function sourceOf({ context, file }: BuildRequest): Promise<BuildSource> {
  if (remoteContext(context)) {
    return { services: {}, key: '', given: async () => ({ query: { remote: context, dockerfile: file } }) }
  }
  const folder = await readContext(context, file)
  return {
    services: fileService(folder),
    key: folder.key,
    async given(session) {
      if (session) return { query: { remote: 'client-session', dockerfile: folder.dockerfile.name } }
      const { packContext } = await import('./context-tar.ts')
      const { body, dockerfile } = await packContext(folder)
      return { query: { dockerfile }, body }
    },
  }
}

/** The built image's id. */
async function follow(body: AsyncIterable<Uint8Array>, progress: BuildProgress, limit: ProgressLimit): Promise<string> {
  let imageId: string | undefined
  for await (const line of jsonLines(body)) {
    limit.progressed()
    const parsed = v.safeParse(Progress, line)
    if (!parsed.success) continue
    const { id, aux, stream, error, errorDetail } = parsed.output
    if (error !== undefined || errorDetail) throw explain(progress, errorDetail?.message ?? error ?? '')
    if (stream !== undefined) progress.text(stream)
    if (id === 'moby.buildkit.trace' && typeof aux === 'string')
      progress.update(decodeTrace(Buffer.from(aux, 'base64')))
    const image = v.safeParse(BuiltImage, aux)
    if (image.success) imageId = image.output.ID
  }
  if (imageId === undefined) throw progress.failure('the engine ended the build without an image')
  return imageId
}

function queryOf(request: BuildRequest, env: Options['env']): NonNullable<EngineRequest['query']> {
  const args = buildArgsOf(request).map((arg) => buildArg(arg, env))
  return {
    version: 2,
    buildargs: Object.fromEntries(args.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    labels: request.labels,
    target: request.stage,
    platform: request.platforms[0],
    nocache: request.noCache || undefined,
    pull: request.pull || undefined,
    networkmode: request.network,
    extrahosts: request.addHosts.map((host) => host.replace('=', ':')),
    shmsize: request.shmSize === undefined ? undefined : (parseSize(request.shmSize) ?? Number.NaN),
    ulimits: request.ulimit.length === 0 ? undefined : JSON.stringify(request.ulimit.map(ulimitOf)),
    cachefrom: request.cacheFrom.length === 0 ? undefined : JSON.stringify(request.cacheFrom.map(cacheRef)),
  }
}

function explain(progress: BuildProgress, words: string): DeployError {
  if (/buildkit/i.test(words) && /not supported|disabled|not enabled|unsupported/i.test(words)) {
    const what = `the engine has no BuildKit (${words})`
    return new DeployError('build-not-supported', what, { fix: `Use Docker 20.10 or newer, or add ${ADD_BUILDX}` })
  }
  return progress.failure(words)
}

function notSupported(faults: readonly Fault[]): DeployError {
  const names = faults.map(({ name }) => name).join(', ')
  const what = `without buildx, the engine's own builder cannot honour: ${names}`
  return new DeployError('build-not-supported', what, { faults })
}

/** `nofile=1024:2048` → what the API takes. */
export function ulimitOf(text: string): { Name: string; Soft: number; Hard: number } {
  const [, name = '', soft = '', hard = soft] = /^([a-z]+)=(-?\d+)(?::(-?\d+))?$/.exec(text) ?? []
  return { Name: name, Soft: Number(soft), Hard: Number(hard) }
}

/** A registry reference of a `cache-from` entry. */
function cacheRef(text: string): string {
  return /(?:^|,)ref=([^,]+)/.exec(text)?.[1] ?? text
}
