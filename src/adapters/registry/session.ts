import type { Repository } from '../../domain/image.ts'
import type { Clock } from '../../ports.ts'
import { DeployError, throwIfAborted } from '../../errors/deploy-error.ts'
import type { Challenge } from './challenge.ts'
import { parseChallenges, pickChallenge } from './challenge.ts'
import type { CredentialChain } from './credentials.ts'
import type { Credentials } from './docker-config.ts'
import type { Asker } from './failure.ts'
import { unreachable, WITHOUT_CREDENTIALS } from './failure.ts'
import { isDockerHub } from './hosts.ts'
import { withRetries } from './retry.ts'
import type { Actions } from './scoped.ts'
import type { Token } from './token.ts'
import { basicHeader, fetchToken, grants } from './token.ts'
import type { Answer, Ask, Wire } from './wire.ts'

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

interface SessionOptions {
  readonly wire: Wire
  readonly credentials: CredentialChain
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly random?: (() => number) | undefined
  readonly onWarning: (text: string) => void
  readonly onSecret: (value: string) => void
}

const REDIRECTS = 5
// While a host is known to be down, waiting for it again in every call would only add up.
const DOWN_FOR = 15_000
const WORTH_SAYING = 5000

/** How a request is let in. */
interface Pass {
  readonly headers: Readonly<Record<string, string>>
  readonly asker: Asker
  readonly token?: string
}

export function createSession(options: SessionOptions): Session {
  const { wire, credentials, clock, signal, onWarning, onSecret } = options
  const challenges = new Map<string, Challenge>()
  const tokens = new Map<string, Promise<Token>>()
  const downSince = new Map<string, number>()
  /** Hosts that answered without asking who we are. */
  const open = new Set<string>()

  async function send(host: string, ask: Ask): Promise<Answer> {
    const down = clock.now() - (downSince.get(host) ?? -Infinity) < DOWN_FOR
    try {
      const answer = await withRetries(() => wire(ask), {
        clock,
        signal,
        ...(options.random ? { random: options.random } : {}),
        ...(down ? { tries: 1 } : {}),
        onWait: (ms, _tried, why) => {
          if (ms >= WORTH_SAYING)
            onWarning(`${host} answers ${why}; asking again in ${String(Math.round(ms / 1000))} s`)
        },
      })
      downSince.delete(host)
      return answer
    } catch (error) {
      throwIfAborted(signal)
      downSince.set(host, clock.now())
      throw unreachable(host, error)
    }
  }

  /** @throws DeployError registry-error when the target of a redirect wants a login: ours is for the registry alone */
  async function follow(host: string, ask: Ask): Promise<Answer> {
    let current = ask
    let own: string | undefined
    for (let hop = 0; ; hop += 1) {
      const answer = await send(host, current)
      own ??= answer.url.origin
      if (answer.status === 401 && answer.url.origin !== own) throw foreignLogin(host, answer)
      const next = redirectOf(current, answer)
      if (!next || hop >= REDIRECTS) return answer
      current = next
    }
  }

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
    const token = await tokenFor({ challenge, repository, actions, found, asker })
    return { headers: { authorization: `Bearer ${token.value}` }, asker, token: token.value }
  }

  async function tokenFor(wanted: {
    challenge: Challenge
    repository: Repository
    actions: Actions
    found: Credentials | undefined
    asker: Asker
  }): Promise<Token> {
    const { repository, actions, challenge, found, asker } = wanted
    const key = tokenKey(repository, actions)
    const known = tokens.get(key)
    if (known) {
      const token = await known
      if (clock.now() < token.expires) return token
      if (tokens.get(key) === known) tokens.delete(key)
      return tokenFor(wanted)
    }
    const realmSend = (ask: Ask) => send(ask.url.host, ask)
    const request = { challenge, repository, actions, credentials: found, asker, now: clock.now() }
    const fresh = fetchToken(realmSend, request).then((token) => {
      onSecret(token.value)
      return token
    })
    tokens.set(key, fresh)
    fresh.catch(() => tokens.get(key) === fresh && tokens.delete(key))
    return fresh
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
    const url = ownAddress(request.path, registry)
    const ask = (pass: Pass): Ask => ({
      method: request.method,
      url,
      headers: { ...request.headers, ...pass.headers },
      detectScheme: true,
      ...(request.body ? { body: request.body } : {}),
    })
    let pass = await passFor(request)
    let answer = await follow(registry, ask(pass))
    const challenge = await challengeOf(request, pass, answer)
    if (challenge) {
      challenges.set(registry, withoutScope(challenge))
      if (pass.token !== undefined) await forget(request, pass.token)
      const next = await answerChallenge(challenge, request)
      const repeat = next.headers['authorization'] !== pass.headers['authorization']
      pass = next
      if (repeat) answer = await follow(registry, ask(pass))
    }
    if (answer.status < 500 && answer.status !== 401 && !challenges.has(registry)) open.add(registry)
    const mayPull = pass.token === undefined ? undefined : grants(pass.token, request.repository.path, 'pull')
    return { ...answer, asker: pass.asker, mayPull }
  }

  /** Drops a token that was refused, unless somebody renewed it meanwhile. */
  async function forget({ repository, actions }: Call, refused: string): Promise<void> {
    const key = tokenKey(repository, actions)
    const kept = tokens.get(key)
    const value = (await kept?.catch(() => undefined))?.value
    if (value === refused && tokens.get(key) === kept) tokens.delete(key)
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

/** Its challenge must not be answered: whoever can place a redirect would be given the registry's credentials. */
function foreignLogin(host: string, answer: Answer): DeployError {
  const what = `${displayHost(host)} sends us to ${answer.url.host}, which wants a login`
  return new DeployError('registry-error', what, {
    evidence: [`${answer.asked} answered 401`],
    fix: 'Credentials are given to the registry only. Check what stands in front of the registry, and whether its storage lets the redirected request in.',
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

/** People know Docker Hub by another name than its API's. */
export function displayHost(host: string): string {
  return isDockerHub(host) ? 'docker.io' : host
}

function tokenKey(repository: Repository, actions: Actions): string {
  return `${actions} ${repository.registry}/${repository.path}`
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

/** The request that a redirect asks for. Credentials never leave the host that they are for, nor https. */
function redirectOf(ask: Ask, answer: Answer): Ask | undefined {
  const location = answer.headers.location
  if (ask.method !== 'GET' && ask.method !== 'HEAD') return undefined
  if (![301, 302, 303, 307, 308].includes(answer.status) || !location) return undefined
  if (!URL.canParse(location, answer.url.href)) return undefined
  const url = new URL(location, answer.url)
  if (url.protocol !== 'https:' && url.protocol !== answer.url.protocol) return undefined
  const { authorization, ...headers } = ask.headers
  const own = url.origin === answer.url.origin && authorization !== undefined
  return { method: ask.method, url, headers: own ? { ...headers, authorization } : headers }
}
