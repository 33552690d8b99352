import type { Repository } from '../../domain/image.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { Challenge } from './challenge.ts'
import { parseChallenges, pickChallenge } from './challenge.ts'
import type { CredentialChain } from './credentials.ts'
import type { Credentials } from './docker-config.ts'
import type { Asker } from './failure.ts'
import { WITHOUT_CREDENTIALS } from './failure.ts'
import { displayHost } from './hosts.ts'
import type { Actions } from './scoped.ts'
import type { SendOptions } from './send.ts'
import { createSend, follow } from './send.ts'
import { basicHeader, grants } from './token.ts'
import { createTokens } from './tokens.ts'
import type { Answer, Ask } from './wire.ts'

/** One request to a repository. */
export interface Call {
  readonly repository: Repository
  readonly actions: Actions
  readonly method: Ask['method']
  /** Path and query below the registry's root (`/v2/…`). */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

/** An answer with what its sender may do. */
export interface Reply extends Answer {
  readonly asker: Asker
  /** Whether the token that was used grants pull; undefined: it cannot be read, or none was used. */
  readonly mayPull: boolean | undefined
}

export interface Session {
  /**
   * Sends with retries, login and redirects. Whatever the registry finally answers is a reply, never an error.
   * @throws DeployError registry-unreachable; registry-denied, registry-error when the login fails; cancelled
   */
  call(call: Call): Promise<Reply>
  /** Whether a token would grant push; undefined: the registry has no readable tokens. */
  grantsPush(repository: Repository): Promise<boolean | undefined>
}

interface SessionOptions extends SendOptions {
  readonly credentials: CredentialChain
  readonly onSecret: (value: string) => void
}

/** How a request is let in. */
interface Pass {
  readonly headers: Readonly<Record<string, string>>
  readonly asker: Asker
  readonly token?: string
}

export function createSession(options: SessionOptions): Session {
  const { credentials } = options
  const send = createSend(options)
  const tokens = createTokens({ ...options, send })
  const challenges = new Map<string, Challenge>()
  /** Hosts that answered without asking who we are. */
  const open = new Set<string>()

  /** What is known without asking: nothing before the first challenge of a host. */
  async function passFor(call: Call): Promise<Pass> {
    const challenge = challenges.get(call.repository.registry)
    return challenge ? answerChallenge(challenge, call) : anonymous(call.repository.registry)
  }

  async function answerChallenge(challenge: Challenge, call: Call): Promise<Pass> {
    const { repository, actions } = call
    const found = await credentials.find(repository, actions)
    const asker: Asker = { host: displayHost(repository.registry), as: described(found) }
    if (found?.kind === 'access')
      return { headers: { authorization: `Bearer ${found.token}` }, asker, token: found.token }
    if (challenge.scheme === 'basic') return { headers: basicHeader(found), asker }
    const token = await tokens.get({ challenge, repository, actions, credentials: found, asker })
    return { headers: { authorization: `Bearer ${token.value}` }, asker, token: token.value }
  }

  /** The challenge of an answer that wants a login, or might show more after one. */
  async function challengeOf(call: Call, pass: Pass, answer: Answer): Promise<Challenge | undefined> {
    const { registry } = call.repository
    if (answer.status === 401) return pickChallenge(parseChallenges(answer.headers['www-authenticate'] ?? ''))
    const hidden = (answer.status === 403 || answer.status === 404) && !pass.headers['authorization']
    if (!hidden || challenges.has(registry)) return undefined
    // A registry that lets anybody read some things may say "not found" of what only a login can see.
    if (!(await credentials.find(call.repository, call.actions))) return undefined
    const url = new URL('/v2/', `https://${registry}`)
    const ping = await send(registry, { method: 'GET', url, headers: {}, detectScheme: true })
    return ping.status === 401 ? pickChallenge(parseChallenges(ping.headers['www-authenticate'] ?? '')) : undefined
  }

  async function call(request: Call): Promise<Reply> {
    const { registry } = request.repository
    const ask = askOf(request)
    let pass = await passFor(request)
    let answer = await follow(send, registry, ask(pass))
    const challenge = await challengeOf(request, pass, answer)
    if (challenge) {
      challenges.set(registry, withoutScope(challenge))
      if (pass.token !== undefined) await tokens.forget(request, pass.token)
      const next = await answerChallenge(challenge, request)
      const repeat = next.headers['authorization'] !== pass.headers['authorization']
      pass = next
      if (repeat) answer = await follow(send, registry, ask(pass))
    }
    if (answer.status < 500 && answer.status !== 401 && !challenges.has(registry)) open.add(registry)
    const mayPull = pass.token === undefined ? undefined : grants(pass.token, request.repository.path, 'pull')
    return { ...answer, asker: pass.asker, mayPull }
  }

  async function grantsPush(repository: Repository): Promise<boolean | undefined> {
    if (open.has(repository.registry)) return undefined
    const ping: Call = { repository, actions: 'pull,push', method: 'GET', path: '/v2/' }
    const reply = await call(ping)
    if (reply.status === 401 || !challenges.has(repository.registry)) return undefined
    const pass = await passFor(ping)
    return pass.token === undefined ? undefined : grants(pass.token, repository.path, 'push')
  }

  return { call, grantsPush }
}

function askOf({ repository, method, path, headers, body }: Call): (pass: Pass) => Ask {
  const url = ownAddress(path, repository.registry)
  return (pass) => ({
    method,
    url,
    headers: { ...headers, ...pass.headers },
    detectScheme: true,
    ...(body ? { body } : {}),
  })
}

function anonymous(host: string): Pass {
  return { headers: {}, asker: { host: displayHost(host), as: WITHOUT_CREDENTIALS } }
}

function described(credentials: Credentials | undefined): string {
  if (!credentials) return WITHOUT_CREDENTIALS
  return credentials.kind === 'password'
    ? `as ${credentials.username} (from ${credentials.source})`
    : `with a token from ${credentials.source}`
}

/** Later logins of this host are for other repositories. */
function withoutScope(challenge: Challenge): Challenge {
  const parameters = Object.entries(challenge.parameters).filter(([name]) => name !== 'scope')
  return { scheme: challenge.scheme, parameters: Object.fromEntries(parameters) }
}

/** An address below the registry's root. Credentials go along with it, so no path may lead to another host. */
function ownAddress(path: string, registry: string): URL {
  const root = new URL(`https://${registry}`)
  const url = new URL(path, root)
  if (url.origin !== root.origin) throw new DeployError('internal-error', `${path} is not an address of ${registry}`)
  return url
}
