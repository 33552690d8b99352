import type { Repository } from '../../domain/image.ts'
import { remoteContext } from '../../domain/remote-context.ts'
import type { BuildRequest } from '../../domain/request.ts'
import { buildArgsOf } from './build-request.ts'

/** What becomes of the result. */
export type BuildxOutput =
  | { readonly to: 'engine'; readonly as?: string | undefined }
  | { readonly to: 'registry'; readonly repository: Repository }
  /** Nowhere: only the cache keeps it. */
  | { readonly to: 'cache' }

export interface BuildxCall {
  readonly args: readonly string[]
  /** Secret values, by the variables that the arguments name. */
  readonly env: Readonly<Record<string, string>>
}

export interface CallOptions {
  readonly output: BuildxOutput
  readonly platforms: readonly string[]
  readonly metadataFile: string
  readonly progress: 'rawjson' | 'plain'
  /** The server of this workflow, whose token may be given to Git contexts on it; default https://github.com. */
  readonly serverUrl?: string | undefined
}

/** The command line `buildx build …`, flags in build-push-action's order; no secret value is in it. */
export function buildxCall(request: BuildRequest, options: CallOptions): BuildxCall {
  const secrets = secretFlags(request, options.serverUrl)
  const toEngine = options.output.to === 'engine'
  const args = [
    'build',
    ...each('--add-host', request.addHosts),
    ...each('--allow', request.allow),
    ...each('--annotation', request.annotations),
    ...each('--attest', request.attests),
    ...each('--build-arg', buildArgsOf(request)),
    ...each('--build-context', request.buildContexts),
    ...each('--builder', optional(request.builder)),
    ...each('--cache-from', request.cacheFrom),
    ...each('--cache-to', request.cacheTo),
    ...each('--file', optional(request.file)),
    ...each(
      '--label',
      Object.entries(request.labels).map(([name, value]) => `${name}=${value}`),
    ),
    '--metadata-file',
    options.metadataFile,
    ...each('--network', optional(request.network)),
    ...(request.noCache ? ['--no-cache'] : []),
    ...each('--no-cache-filter', request.noCacheFilters),
    ...outputFlags(options.output),
    ...(options.platforms.length > 0 ? ['--platform', options.platforms.join(',')] : []),
    '--progress',
    options.progress,
    // An engine's store cannot hold attestations unless it is containerd's, and then they change what is smoked.
    ...each('--provenance', optional(request.provenance ?? (toEngine ? 'false' : undefined)), '='),
    ...(request.pull ? ['--pull'] : []),
    ...each('--sbom', optional(request.sbom), '='),
    ...each('--secret', secrets.flags),
    ...each('--shm-size', optional(request.shmSize)),
    ...each('--ssh', request.ssh),
    ...each('--tag', optional(options.output.to === 'engine' ? options.output.as : undefined)),
    ...each('--target', optional(request.stage)),
    ...each('--ulimit', request.ulimit),
    '--',
    request.context,
  ]
  return { args, env: secrets.env }
}

function outputFlags(output: BuildxOutput): readonly string[] {
  if (output.to === 'engine') return ['--load']
  if (output.to === 'cache') return ['--output', 'type=cacheonly']
  const name = output.repository.name
  return ['--output', `type=image,name=${name},push-by-digest=true,name-canonical=true,push=true`]
}

function secretFlags(
  request: BuildRequest,
  serverUrl: string | undefined,
): { flags: readonly string[]; env: Record<string, string> } {
  const env: Record<string, string> = {}
  const flags: string[] = []
  const addValue = (id: string, value: string): void => {
    const variable = `IMD_SECRET_${String(Object.keys(env).length)}`
    env[variable] = value
    flags.push(csv([`id=${id}`, `env=${variable}`]))
  }
  for (const secret of request.secrets) addValue(...split(secret))
  for (const secret of request.secretEnvs) {
    const [id, variable] = split(secret)
    flags.push(csv([`id=${id}`, `env=${variable}`]))
  }
  for (const secret of request.secretFiles) {
    const [id, path] = split(secret)
    flags.push(csv([`id=${id}`, `src=${path}`]))
  }
  const gitToken = gitTokenSecret(request, serverUrl)
  if (gitToken) addValue(gitToken.id, gitToken.value)
  return { flags, env }
}

/** The workflow's token for a Git context on the workflow's own server, and for no other host. */
function gitTokenSecret(
  request: BuildRequest,
  serverUrl = 'https://github.com',
): { id: string; value: string } | undefined {
  const { githubToken, context } = request
  if (!githubToken || remoteContext(context)?.kind !== 'git' || !URL.canParse(context) || !URL.canParse(serverUrl))
    return undefined
  const { protocol, host } = new URL(context)
  const given = [...request.secrets, ...request.secretEnvs, ...request.secretFiles]
  if (protocol !== 'https:' || host !== new URL(serverUrl).host) return undefined
  if (given.some((secret) => secret.startsWith('GIT_AUTH_TOKEN'))) return undefined
  return { id: `GIT_AUTH_TOKEN.${host}`, value: githubToken }
}

function each(flag: string, values: readonly string[], join: ' ' | '=' = ' '): string[] {
  return values.flatMap((value) => (join === '=' ? [`${flag}=${value}`] : [flag, value]))
}

function optional(value: string | undefined): readonly string[] {
  return value === undefined || value === '' ? [] : [value]
}

function split(pair: string): [string, string] {
  const equals = pair.indexOf('=')
  return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
}

function csv(fields: readonly string[]): string {
  return fields.map((field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')
}
