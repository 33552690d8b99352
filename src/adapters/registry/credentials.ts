import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Repository } from '../../domain/image.ts'
import type { Clock } from '../../ports.ts'
import type { Credentials } from './docker-config.ts'
import { helperFor, readDockerConfig, storedSecret } from './docker-config.ts'
import { credentialServer } from './hosts.ts'
import type { DockerConfig } from './schemas.ts'
import { DockerConfig as DockerConfigSchema, parseJson } from './schemas.ts'
import { matchingLogins, scopedLogins } from './scoped.ts'
import type { Actions } from './scoped.ts'
import { throwIfAborted } from '../../errors/deploy-error.ts'
import { errorMessage } from '../../errors/message.ts'

export interface CredentialOptions {
  /** DOCKER_CONFIG, HOME, BUILDX_CONFIG, DOCKER_AUTH_CONFIG, REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR, XDG_CONFIG_HOME; PATH for helpers. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Used for ghcr.io when nothing is stored for it. */
  readonly githubToken?: string | undefined
  readonly actor?: string | undefined
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onWarning: (text: string) => void
  /** Called with every secret before it is used, so that it can be masked. */
  readonly onSecret: (value: string) => void
}

export interface CredentialChain {
  /** The first credentials that any source has for the repository; undefined: go without. */
  find(repository: Repository, actions: Actions): Promise<Credentials | undefined>
}

// Helpers hand out short-lived secrets (some 5 minutes): asked again before a promotion that follows a long smoke test.
const KEPT_FOR_MS = 120_000

/** The whole lookup chain: Buildx scopes, Docker's configuration, Podman's, the GitHub token. */
export function createCredentialChain(options: CredentialOptions): CredentialChain {
  const kept = new Map<string, { at: number; found: Promise<Credentials | undefined> }>()
  const warned = new Set<string>()
  const warnOnce = (text: string) => {
    if (warned.has(text)) return
    warned.add(text)
    options.onWarning(text)
  }
  return {
    find(repository, actions) {
      const key = `${actions} ${repository.registry}/${repository.path}`
      const known = kept.get(key)
      if (known && options.clock.now() - known.at < KEPT_FOR_MS) return known.found
      const found = search(repository, actions, { ...options, onWarning: warnOnce }).then((credentials) => {
        if (credentials) maskSecrets(credentials, options.onSecret)
        return credentials
      })
      kept.set(key, { at: options.clock.now(), found })
      return found
    },
  }
}

function maskSecrets(credentials: Credentials, onSecret: (value: string) => void): void {
  const secret = credentials.kind === 'password' ? credentials.password : credentials.token
  onSecret(secret)
  // The encoded pair is what a careless log would show.
  if (credentials.kind === 'password') onSecret(basicPair(credentials.username, secret))
}

export function basicPair(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64')
}

async function search(
  repository: Repository,
  actions: Actions,
  options: CredentialOptions,
): Promise<Credentials | undefined> {
  const { env, onWarning } = options
  const read = (file: string) => readDockerConfig(file, onWarning)
  const [scoped, ...configs] = await Promise.all([
    scopedLogins(buildxFolder(env)),
    ...configFiles(env).map(async (file) => ({ file, config: await read(file) })),
  ])
  const { registry, path } = repository
  for (const { file } of matchingLogins(scoped, registry, path, actions)) {
    const found = await searchConfig(await read(file), file, repository, options)
    if (found) return found
  }
  const inline = env['DOCKER_AUTH_CONFIG']
  if (inline) configs.unshift({ file: 'DOCKER_AUTH_CONFIG', config: parseJson(DockerConfigSchema, inline) })
  for (const { file, config } of configs) {
    const found = await searchConfig(config, file, repository, options)
    if (found) return found
  }
  // A login scoped to other actions is still better than none: a push login mostly may pull.
  for (const { file } of matchingLogins(scoped, registry, path, 'any')) {
    const found = await searchConfig(await read(file), file, repository, options)
    if (found) return found
  }
  return githubCredentials(registry, options)
}

async function searchConfig(
  config: DockerConfig | undefined,
  source: string,
  { registry, path }: Repository,
  { env, signal, onWarning }: CredentialOptions,
): Promise<Credentials | undefined> {
  if (!config) return undefined
  for (const { helper, server } of helperFor(config, registry)) {
    try {
      const { askHelper } = await import('./helper.ts')
      const secret = await askHelper(helper, server, env, signal)
      if (secret) return { ...secret, source: `docker-credential-${helper}` }
    } catch (error) {
      throwIfAborted(signal)
      onWarning(`no credentials for ${registry} from ${source}: ${errorMessage(error)}`)
    }
  }
  const secret = storedSecret(config, registry, path)
  return secret && { ...secret, source }
}

function githubCredentials(host: string, { githubToken, actor }: CredentialOptions): Credentials | undefined {
  if (host !== 'ghcr.io' || !githubToken) return undefined
  return { kind: 'password', username: actor || 'x-access-token', password: githubToken, source: 'github-token' }
}

type Env = CredentialOptions['env']

function dockerFolder(env: Env): string {
  return env['DOCKER_CONFIG'] || join(home(env), '.docker')
}

function buildxFolder(env: Env): string {
  return env['BUILDX_CONFIG'] || join(dockerFolder(env), 'buildx')
}

function configFiles(env: Env): string[] {
  const files = [join(dockerFolder(env), 'config.json')]
  // Somebody named it for this run: it counts more than what the machine happens to have.
  if (env['REGISTRY_AUTH_FILE']) files.unshift(env['REGISTRY_AUTH_FILE'])
  if (env['XDG_RUNTIME_DIR']) files.push(join(env['XDG_RUNTIME_DIR'], 'containers', 'auth.json'))
  files.push(join(env['XDG_CONFIG_HOME'] || join(home(env), '.config'), 'containers', 'auth.json'))
  return files
}

function home(env: Env): string {
  return env['HOME'] || env['USERPROFILE'] || homedir()
}

/** Value of X-Registry-Auth: base64url JSON, with padding because engines decode it strictly. */
export function engineAuthOf(credentials: Credentials | undefined, repository: Repository): string {
  const server = credentialServer(repository.registry)
  const json = JSON.stringify(credentials ? { ...engineFields(credentials), serveraddress: server } : {})
  return Buffer.from(json).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}

function engineFields(credentials: Credentials): Record<string, string> {
  switch (credentials.kind) {
    case 'password':
      return { username: credentials.username, password: credentials.password }
    case 'identity':
      return { username: credentials.username, identitytoken: credentials.token }
    case 'access':
      return { registrytoken: credentials.token }
  }
}
