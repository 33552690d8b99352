import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { DeployError } from '../../errors/deploy-error.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Tls {
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
  readonly verify: boolean
}

/** Where an engine is. `name` is for people and for child processes' DOCKER_HOST. */
export type Endpoint =
  | { readonly kind: 'unix'; readonly name: string; readonly path: string }
  | { readonly kind: 'tcp'; readonly name: string; readonly host: string; readonly port: number; readonly tls?: Tls }
  /** A child whose stdin and stdout are the connection. */
  | { readonly kind: 'command'; readonly name: string; readonly argv: readonly string[] }

/** An endpoint of its own, for targets: `docker-host`, `docker-context`, `docker-cert-path`. Host wins over context. */
export interface EndpointOptions {
  readonly host?: string | undefined
  readonly context?: string | undefined
  /** Folder with ca.pem, cert.pem, key.pem: TLS for tcp://. */
  readonly certPath?: string | undefined
}

export const DEFAULT_HOST = 'unix:///var/run/docker.sock'

const DockerConfig = v.object({ currentContext: v.optional(v.string()) })
const ContextMeta = v.object({
  Endpoints: v.object({ docker: v.object({ Host: v.optional(v.string()), SkipTLSVerify: v.optional(v.boolean()) }) }),
})

/** `$DOCKER_CONFIG`, else `~/.docker`. */
export function dockerConfigFolder(env: Environment): string {
  return env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker')
}

/**
 * Chooses like Docker's own client: options, then DOCKER_HOST, DOCKER_CONTEXT, the config's current context, the socket.
 * @throws DeployError invalid-input for an address or context that cannot be used
 */
export async function resolveEndpoint(options: EndpointOptions, env: Environment): Promise<Endpoint> {
  if (options.host) return fromHost(options.host, await tlsFrom(options.certPath, true))
  if (options.context) return fromContext(options.context, env)
  if (env['DOCKER_HOST']) return fromHost(env['DOCKER_HOST'], await tlsOfEnvironment(env))
  const context = env['DOCKER_CONTEXT'] || (await currentContext(env))
  return context && context !== 'default' ? fromContext(context, env) : fromHost(DEFAULT_HOST, undefined)
}

async function currentContext(env: Environment): Promise<string | undefined> {
  const parsed = await readJson(DockerConfig, join(dockerConfigFolder(env), 'config.json'))
  return parsed?.currentContext
}

async function fromContext(name: string, env: Environment): Promise<Endpoint> {
  if (name === 'default') return fromHost(DEFAULT_HOST, undefined)
  const id = createHash('sha256').update(name).digest('hex')
  const contexts = join(dockerConfigFolder(env), 'contexts')
  const meta = await readJson(ContextMeta, join(contexts, 'meta', id, 'meta.json'))
  const host = meta?.Endpoints.docker.Host
  if (!host) {
    throw new DeployError('invalid-input', `the docker context "${name}" does not exist`, {
      fix: 'List the contexts with: docker context ls',
    })
  }
  const tls = await tlsFrom(join(contexts, 'tls', id, 'docker'), meta.Endpoints.docker.SkipTLSVerify !== true, true)
  const endpoint = fromHost(host, tls)
  // Docker's client knows how to authenticate a context that needs a helper; it gets the name, not the address.
  return endpoint.kind === 'command'
    ? { ...endpoint, argv: ['docker', '--context', name, 'system', 'dial-stdio'] }
    : endpoint
}

async function tlsOfEnvironment(env: Environment): Promise<Tls | undefined> {
  const verify = Boolean(env['DOCKER_TLS_VERIFY'])
  if (!verify && !env['DOCKER_TLS']) return undefined
  return tlsFrom(env['DOCKER_CERT_PATH'] || dockerConfigFolder(env), verify)
}

/** Reads the three files; `optional`: an absent folder means no TLS instead of a fault. */
async function tlsFrom(folder: string | undefined, verify: boolean, optional = false): Promise<Tls | undefined> {
  if (!folder) return undefined
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((file) => readable(join(folder, file))),
  )
  if (!ca && !cert && !key) {
    if (optional) return undefined
    throw new DeployError('invalid-input', `no ca.pem, cert.pem or key.pem in ${folder}`, {
      fix: 'Point docker-cert-path (or DOCKER_CERT_PATH) at the folder with the client certificate.',
    })
  }
  return { verify, ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) }
}

function fromHost(host: string, tls: Tls | undefined): Endpoint {
  if (host.startsWith('unix://')) return { kind: 'unix', name: host, path: host.slice('unix://'.length) }
  if (host.startsWith('ssh://')) {
    return { kind: 'command', name: withoutPassword(host), argv: ['docker', '-H', host, 'system', 'dial-stdio'] }
  }
  const match = /^(tcp|http|https):\/\/(\[[^\]]+\]|[^:/[\]]+)(?::(\d+))?\/?$/.exec(host)
  if (!match) throw unusable(host)
  const [, scheme, address = '', port] = match
  const secured = tls ?? (scheme === 'https' ? { verify: true } : undefined)
  return {
    kind: 'tcp',
    name: host,
    host: address.replace(/^\[|\]$/g, ''),
    port: Number(port ?? (secured ? 2376 : 2375)),
    ...(secured ? { tls: secured } : {}),
  }
}

function unusable(host: string): DeployError {
  const problem = host.startsWith('npipe://') ? 'named pipes are for Windows' : 'not an address of an engine'
  return new DeployError('invalid-input', `"${withoutPassword(host)}": ${problem}`, {
    fix: 'Use unix:///path/docker.sock, tcp://host:2376 or ssh://user@host.',
  })
}

function withoutPassword(host: string): string {
  return host.replace(/^(\w+:\/\/[^:@/]*):[^@/]*@/, '$1@')
}

async function readable(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch {
    return undefined
  }
}

async function readJson<S extends v.GenericSchema>(schema: S, path: string): Promise<v.InferOutput<S> | undefined> {
  const bytes = await readable(path)
  if (!bytes) return undefined
  try {
    const parsed = v.safeParse(schema, JSON.parse(bytes.toString('utf8')))
    return parsed.success ? parsed.output : undefined
  } catch {
    return undefined
  }
}
