import { once } from '../../async/once.ts'
import type { Digest } from '../../domain/digest.ts'
import type { Repository } from '../../domain/image.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import { DeployError, throwIfAborted } from '../../errors/deploy-error.ts'
import type { Clock, Existence, Registry } from '../../ports.ts'
import { createCredentialChain, engineAuthOf } from './credentials.ts'
import type { RawManifest } from './distribution.ts'
import { createDistribution } from './distribution.ts'
import { isLoopback } from './hosts.ts'
import { promote } from './promote.ts'
import { withSchemeDetection } from './scheme.ts'
import type { Actions } from './scoped.ts'
import { createSession } from './session.ts'
import { childrenOf, walk } from './walk.ts'
import { createWire } from './wire.ts'
import { withinTime } from './within.ts'

export interface RegistryOptions {
  /**
   * Where credentials, proxies and authorities are looked up: HOME, DOCKER_CONFIG, DOCKER_AUTH_CONFIG, BUILDX_CONFIG,
   * REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR, XDG_CONFIG_HOME, HTTPS_PROXY, NO_PROXY, and PATH for credential helpers.
   */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Used for ghcr.io when nothing is stored for it; `actor` is its user name. */
  readonly githubToken?: string | undefined
  readonly actor?: string | undefined
  readonly onWarning?: ((text: string) => void) | undefined
  /** Called with every secret before it is used: passwords, tokens. For masking. */
  readonly onSecret?: ((value: string) => void) | undefined
  /** Hosts that may be asked in plain HTTP; those of this machine when not given. */
  readonly mayBePlain?: ((host: string) => boolean) | undefined
  /** Silence after which a connection counts as dead, ms. */
  readonly idle?: number | undefined
  /** For a whole exchange, ms. */
  readonly total?: number | undefined
  /** In [0, 1): the spread of waits between tries. */
  readonly random?: (() => number) | undefined
}

/** The registry over the network. Remembers logins, tokens and manifests as long as the instance lives. */
export function createRegistry(options: RegistryOptions): Registry {
  const { env, clock, signal, mayBePlain = isLoopback, onWarning = ignore, onSecret = ignore } = options
  const wire = withSchemeDetection(createWire({ env, signal, idle: options.idle, total: options.total }), mayBePlain)
  const credentials = createCredentialChain({ ...options, onWarning, onSecret })
  const session = createSession({ ...options, wire, credentials, onWarning, onSecret })
  const api = createDistribution(session)
  const manifests = new Map<string, Promise<RawManifest | undefined>>()

  /** A digest's bytes never change: fetched once, by whoever needs them first. */
  function manifest(repository: Repository, digest: Digest, actions: Actions): Promise<RawManifest | undefined> {
    const key = manifestKey(repository, digest)
    const known = manifests.get(key)
    if (known) return known
    const fetched = api.manifest({ repository, actions }, digest)
    manifests.set(key, fetched)
    // Absence and trouble may pass.
    fetched.then(
      (found) => found ?? manifests.delete(key),
      () => manifests.delete(key),
    )
    return fetched
  }

  /** Doubts become the third answer; only a cancelled run throws. */
  async function existence<T>(look: () => Promise<T | undefined>): Promise<Existence<T>> {
    try {
      const value = await look()
      return value === undefined ? { is: 'absent' } : { is: 'present', value }
    } catch (error) {
      throwIfAborted(signal)
      if (error instanceof DeployError) return { is: 'unknown', why: reasonOf(error) }
      throw error
    }
  }

  const tagRemover = once(async () => (await import('./remove-tag.ts')).createTagRemover(session, api))

  const registry: Registry = {
    resolve: (repository, reference) => existence(() => api.head({ repository, actions: 'pull' }, reference)),

    image: (repository, digest) =>
      existence(() => {
        const parts = {
          manifest: (part: Digest) => manifest(repository, part, 'pull'),
          blob: (part: Digest) => api.blob({ repository, actions: 'pull' }, part),
        }
        return walk(parts, repository, digest)
      }),

    promote: (repository, digest, tag, expect) =>
      promote(
        { repository, digest, tag, expect },
        {
          api,
          clock,
          signal,
          manifest: (order) => manifest(order.repository, order.digest, 'pull,push'),
          unseenChildren: (order, index) =>
            childrenOf(order.repository, index).filter((child) => !manifests.has(manifestKey(order.repository, child))),
        },
      ),

    proof: (repository, digest) =>
      existence(async () => (await import('./proof.ts')).readProof(api, repository, digest)),

    prove: async (repository, proof) =>
      (await import('./proof.ts')).writeProof(api, repository, proof, (part) =>
        manifest(repository, part, 'pull,push'),
      ),

    removeTag: async (repository, tag) => (await tagRemover())(repository, tag),

    tags: (repository) => existence(async () => (await import('./tags.ts')).listTags(session, repository)),

    tagsWithPrefix: (repository, part) =>
      existence(async () => (await import('./tags.ts')).listTagsWithPrefix(session, repository, part)),

    within: (ms) => withinTime(registry, ms),

    canPush: (repository) =>
      existence<true>(async () => {
        await (await import('./can-push.ts')).checkPush(session, repository)
        return true as const
      }),

    engineAuth: async (repository) => engineAuthOf(await credentials.find(repository, 'pull,push'), repository),
  }
  return registry
}

function reasonOf({ code, what, evidence, fix }: DeployError): Reason {
  return { code, what, evidence, fix }
}

function manifestKey(repository: Repository, digest: Digest): string {
  return `${repository.registry}/${repository.path}@${digest}`
}

function ignore(): void {
  // No reporter was given.
}
