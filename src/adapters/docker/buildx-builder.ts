import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import type { ProgressLimits } from '../../async/progress-limit.ts'
import { openProgressLimit } from '../../async/progress-limit.ts'
import { isDigest } from '../../domain/digest.ts'
import type { Repository } from '../../domain/image.ts'
import { remoteContext } from '../../domain/remote-context.ts'
import type { BuildRequest } from '../../domain/request.ts'
import type { Fault } from '../../errors/deploy-error.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { Built, EngineApi, ImageBuilder, Reporter } from '../../ports.ts'
import { createPrivateFolder, temporaryFolder } from '../process/leftovers.ts'
import { endingText, run } from '../process/run.ts'
import type { BuildxOutput } from './buildx-args.ts'
import { buildxCall } from './buildx-args.ts'
import { registryAccess } from './buildx-auth.ts'
import type { Builder } from './buildx-find.ts'
import { parseRawJson } from './buildx-progress.ts'
import type { Environment } from './endpoint.ts'
import type { EngineAuth } from './images.ts'
import { inspectImage } from './images.ts'
import { checkDockerfile, dockerfilePath } from './dockerfile.ts'
import { BUILD } from './limits.ts'
import { BuildProgress } from './progress.ts'

export interface BuildxOptions {
  /** The plugin's program. */
  readonly program: string
  readonly builder: Builder
  readonly reporter: Reporter
  readonly env: Environment
  readonly auth: EngineAuth | undefined
  /** The engine's own platform, and whether its store is containerd's; asked only where it matters. */
  readonly engine: { readonly platform: string; readonly containerdStore: boolean } | undefined
  readonly limits?: ProgressLimits
}

const VERSION_WITHIN_MS = 20_000

const Metadata = v.object({
  'containerimage.digest': v.optional(v.string()),
  'containerimage.config.digest': v.optional(v.string()),
})
type Metadata = v.InferOutput<typeof Metadata>

/** Builds by buildx: one process, two where several platforms are built and one of them is loaded. */
export function createBuildxBuilder(api: EngineApi, options: BuildxOptions): ImageBuilder {
  return {
    name: 'buildx',
    refuse: (request) => refusals(request, options),
    build: async (request, { push, as, signal }) => {
      const { context, file } = request
      // What is missing is said by buildx.
      if (!remoteContext(context) && existsSync(dockerfilePath(context, file))) await checkDockerfile(context, file)
      const folder = createPrivateFolder(temporaryFolder(options.env), 'imd-build-')
      try {
        return await build({ ...options, api, folder, as, signal }, request, push)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

/** The engine as a builder has no cache export and, with the classic store, neither several platforms nor attestations. */
function refusals(request: BuildRequest, { builder, engine }: BuildxOptions): readonly Fault[] {
  if (builder.driver !== 'docker' || engine?.containerdStore) return []
  const on = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== 'false'
  const asked: readonly (readonly [string, boolean, string])[] = [
    ['platforms', request.platforms.length > 1, request.platforms.join(',')],
    ['cache-to', request.cacheTo.some((entry) => !entry.includes('type=inline')), request.cacheTo.join(', ')],
    ['provenance', on(request.provenance), request.provenance ?? ''],
    ['sbom', on(request.sbom), request.sbom ?? ''],
    ['attests', request.attests.length > 0, request.attests.join(', ')],
  ]
  const problem = `the builder "${builder.name}" is the engine itself and cannot do this; add this step before: - uses: docker/setup-buildx-action@v3`
  return asked.flatMap(([name, wanted, value]) => (wanted ? [{ name, value, problem }] : []))
}

interface BuildContext extends BuildxOptions {
  readonly api: EngineApi
  readonly folder: string
  readonly as: string | undefined
  readonly signal: AbortSignal
}

async function build(context: BuildContext, request: BuildRequest, push: Repository | undefined): Promise<Built> {
  const { api, builder, engine, folder, signal } = context
  const progress = new BuildProgress(context.reporter)
  const call = (output: BuildxOutput, platforms: readonly string[], access: Environment = {}): Promise<Metadata> =>
    invoke(context, request, { output, platforms, access, folder, progress, signal })

  if (push && builder.driver !== 'docker') {
    const access = await registryAccess(push, context.auth, context.env, folder)
    const digest = (await call({ to: 'registry', repository: push }, request.platforms, access))[
      'containerimage.digest'
    ]
    if (digest === undefined || !isDigest(digest)) throw progress.failure('buildx did not name the pushed digest')
    return { where: 'registry', digest }
  }
  let platforms = request.platforms
  if (platforms.length > 1 && builder.driver !== 'docker') {
    await call({ to: 'cache' }, platforms)
    const own = platforms.find((platform) => platform === engine?.platform) ?? platforms[0]
    platforms = own === undefined ? [] : [own]
  }
  return loaded(api, await call({ to: 'engine', as: context.as }, platforms), progress)
}

/** What the engine calls the loaded image depends on its store, so it is asked. */
async function loaded(api: EngineApi, metadata: Metadata, progress: BuildProgress): Promise<Built> {
  for (const id of [metadata['containerimage.digest'], metadata['containerimage.config.digest']]) {
    const image = id === undefined ? undefined : await inspectImage(api, id)
    if (image) return { where: 'engine', imageId: image.id }
  }
  throw progress.failure('the built image did not arrive in the engine')
}

interface Invocation {
  readonly output: BuildxOutput
  readonly platforms: readonly string[]
  readonly access: Environment
  readonly folder: string
  readonly progress: BuildProgress
  readonly signal: AbortSignal
}

async function invoke(options: BuildxOptions, request: BuildRequest, invocation: Invocation): Promise<Metadata> {
  const metadataFile = join(invocation.folder, 'metadata.json')
  const attempt = async (mode: 'rawjson' | 'plain'): Promise<{ ok: boolean; words: string }> => {
    const { output, platforms, progress, signal } = invocation
    const serverUrl = options.env['GITHUB_SERVER_URL']
    const { args, env } = buildxCall(request, { output, platforms, metadataFile, progress: mode, serverUrl })
    const rest: string[] = []
    const onLine = (line: string): void => {
      const update = mode === 'rawjson' ? parseRawJson(line) : undefined
      if (update) progress.update(update)
      else if (line.trim() !== '') rest.push(line)
      if (!update && mode === 'plain') progress.text(line)
    }
    // BuildKit would put a copy of the provenance into the metadata file, which nobody reads.
    const own = { BUILDX_METADATA_PROVENANCE: 'disabled', ...invocation.access, ...env }
    const keep = needed(request)
    const { folder } = invocation
    const late = (why: string) => new DeployError('build-failed', `the build was stopped: ${why}`)
    const limit = openProgressLimit(options.limits ?? BUILD, signal, late)
    const counted = (line: string): void => {
      limit.progressed()
      onLine(line)
    }
    const child = { env: options.env, keep, own, folder, signal: limit.signal, onLine: counted }
    const result = await run(options.program, args, child).finally(() => limit.close())
    const words = [...rest.slice(-20), ...(result.signal === null ? [] : [`buildx: ${endingText(result)}`])].join('\n')
    return { ok: result.code === 0, words: /^ERROR: (.+)$/m.exec(words)?.[1] ?? words }
  }
  let result = await attempt('rawjson')
  if (!result.ok && /invalid progress mode/.test(result.words)) {
    const limits = { env: options.env, timeout: VERSION_WITHIN_MS, signal: invocation.signal }
    const { stdout } = await run(options.program, ['version'], limits)
    const text = `this buildx is old, its log is shown as it comes: ${stdout.trim()}`
    options.reporter.emit({ type: 'notice', text })
    result = await attempt('plain')
  }
  if (!result.ok) throw invocation.progress.failure(result.words)
  return readMetadata(metadataFile)
}

/** Variables that this build names, and those of GitHub's cache service, which buildx asks for by itself. */
function needed({ secretEnvs, buildArgs, cacheFrom, cacheTo }: BuildRequest): string[] {
  const named = secretEnvs.map((pair) => pair.slice(pair.indexOf('=') + 1))
  const bare = buildArgs.filter((entry) => !entry.includes('='))
  const cached = [...cacheFrom, ...cacheTo].some((entry) => /(?:^|,)type=gha(?:,|$)/.test(entry))
  return [...named, ...bare, ...(cached ? GITHUB_CACHE : [])]
}

const GITHUB_CACHE = ['ACTIONS_CACHE_URL', 'ACTIONS_RESULTS_URL', 'ACTIONS_RUNTIME_TOKEN', 'ACTIONS_CACHE_SERVICE_V2']

async function readMetadata(path: string): Promise<Metadata> {
  const parsed = v.safeParse(Metadata, JSON.parse(await readFile(path, 'utf8')))
  if (!parsed.success) throw new DeployError('build-failed', "buildx's metadata file has an unexpected shape")
  return parsed.output
}
