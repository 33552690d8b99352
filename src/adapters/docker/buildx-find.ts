import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { isExecutable } from '../process/find.ts'
import type { Environment } from './endpoint.ts'
import { DEFAULT_HOST, dockerConfigFolder } from './endpoint.ts'

/** Where Docker's client looks for plugins, after the user's own folder. */
const SYSTEM_FOLDERS = [
  '/usr/local/lib/docker/cli-plugins',
  '/usr/local/libexec/docker/cli-plugins',
  '/usr/lib/docker/cli-plugins',
  '/usr/libexec/docker/cli-plugins',
]

/** null means nothing to Docker; a key that cannot be read says nothing about the others. */
const ClientConfig = v.object({
  currentContext: tolerant(v.string()),
  cliPluginsExtraDirs: tolerant(v.array(v.string())),
  auths: tolerant(v.record(v.string(), v.unknown())),
  credHelpers: tolerant(v.record(v.string(), v.unknown())),
  credsStore: tolerant(v.string()),
})

function tolerant<Schema extends v.GenericSchema>(schema: Schema) {
  return v.fallback(v.nullish(schema), undefined)
}

export type ClientConfig = v.InferOutput<typeof ClientConfig>
const Current = v.object({ Key: v.string(), Name: v.string(), Global: v.optional(v.boolean(), false) })
const Instance = v.object({ Name: v.string(), Driver: v.string() })

/** The buildx plugin's program, found by looking; running it directly saves the client's start. */
export async function findBuildx(env: Environment): Promise<string | undefined> {
  const extra = (await clientConfig(env)).cliPluginsExtraDirs ?? []
  for (const folder of [join(dockerConfigFolder(env), 'cli-plugins'), ...extra, ...SYSTEM_FOLDERS]) {
    const path = join(folder, 'docker-buildx')
    if (await isExecutable(path)) return path
  }
  return undefined
}

export interface Builder {
  readonly name: string
  /** `docker` is the engine itself; others are BuildKits of their own: `docker-container`, `remote`, `kubernetes`, `cloud`. */
  readonly driver: string
}

/** The builder that buildx would use, read from its own files instead of asking it (100 ms). */
export async function findBuilder(wanted: string | undefined, env: Environment): Promise<Builder> {
  const folder = buildxFolder(env)
  const name = wanted ?? (env['BUILDX_BUILDER'] || (await selected(folder, env))) ?? 'default'
  const instance = await readJson(Instance, join(folder, 'instances', name.toLowerCase()))
  // Without an instance of that name it is the engine of a Docker context.
  return { name, driver: instance?.Driver ?? 'docker' }
}

export function buildxFolder(env: Environment): string {
  return env['BUILDX_CONFIG'] || join(dockerConfigFolder(env), 'buildx')
}

/** What `docker buildx use` chose for the current endpoint. */
async function selected(folder: string, env: Environment): Promise<string | undefined> {
  const key = await endpointKey(env)
  const current = await readJson(Current, join(folder, 'current'))
  if (current && current.Name !== '' && (current.Global || current.Key === key)) return current.Name
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 20)
  const name = await readFile(join(folder, 'defaults', hash), 'utf8').catch(() => '')
  return name.trim() || undefined
}

async function endpointKey(env: Environment): Promise<string> {
  if (env['DOCKER_HOST']) return env['DOCKER_HOST']
  const context = env['DOCKER_CONTEXT'] || (await clientConfig(env)).currentContext
  return context && context !== 'default' ? context : DEFAULT_HOST
}

export async function clientConfig(env: Environment): Promise<ClientConfig> {
  return (await readJson(ClientConfig, join(dockerConfigFolder(env), 'config.json'))) ?? {}
}

async function readJson<S extends v.GenericSchema>(schema: S, path: string): Promise<v.InferOutput<S> | undefined> {
  try {
    const parsed = v.safeParse(schema, JSON.parse(await readFile(path, 'utf8')))
    return parsed.success ? parsed.output : undefined
  } catch {
    return undefined
  }
}
