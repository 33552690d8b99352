import type { Repository } from '../../domain/image.ts'
import { DeployError, fail } from '../../errors/deploy-error.ts'
import type { Challenge } from './challenge.ts'
import { basicPair } from './credentials.ts'
import type { Credentials } from './docker-config.ts'
import type { Asker } from './failure.ts'
import { denied, refusal } from './failure.ts'
import { hostname, isLoopback, isPrivateAddress } from './hosts.ts'
import { parseJson, Token as TokenShape, TokenClaims } from './schemas.ts'
import type { Actions } from './scoped.ts'
import type { Answer, Ask } from './wire.ts'

export interface Token {
  readonly value: string
  /** Milliseconds since 1970, with a margin taken off. */
  readonly expires: number
}

export interface TokenRequest {
  readonly challenge: Challenge
  readonly repository: Repository
  readonly actions: Actions
  readonly credentials: Credentials | undefined
  readonly asker: Asker
  readonly now: number
}

/** The distribution specification's default lifetime of a token that does not say its own, seconds. */
const DEFAULT_LIFETIME_SECONDS = 60

/**
 * Buys a token for the repository from the challenge's realm.
 * @throws DeployError registry-denied when the login is refused or the realm is not to be trusted, registry-error
 */
export async function fetchToken(send: (ask: Ask) => Promise<Answer>, request: TokenRequest): Promise<Token> {
  const realm = trustedRealm(request)
  const answer = await askRealm(send, realm, request)
  const { asker, repository } = request
  const what = `a token for ${repository.path} (${request.actions})`
  if (answer.status !== 200) throw fail(refusal(asker, what, answer))
  const parsed = parseJson(TokenShape, answer.body)
  const value = parsed?.token || parsed?.access_token
  if (!value) throw new DeployError('registry-error', `${realm.host} gave no token for ${asker.host}`)
  const life = (parsed?.expires_in || DEFAULT_LIFETIME_SECONDS) * 1000
  return { value, expires: request.now + life - Math.min(10_000, life / 5) }
}

async function askRealm(send: (ask: Ask) => Promise<Answer>, realm: URL, request: TokenRequest): Promise<Answer> {
  const { credentials } = request
  if (credentials?.kind === 'identity') {
    const answer = await send(refreshAsk(realm, request, credentials.token))
    // Not every token server speaks OAuth2: those take the token as a password.
    if (answer.status !== 404 && answer.status !== 405) return answer
  }
  return send(plainAsk(realm, request))
}

/** Ours first (some registries read only the first), then what the challenge asks beyond it. */
function scopes({ challenge, repository, actions }: TokenRequest): string[] {
  const own = `repository:${repository.path}:${actions}`
  const asked = challenge.parameters['scope']?.split(' ') ?? []
  return [own, ...asked.filter((scope) => scope !== '' && !covers(own, scope))]
}

function covers(own: string, scope: string): boolean {
  const [name, actions] = cut(own)
  const [otherName, otherActions] = cut(scope)
  return name === otherName && otherActions.every((action) => actions.includes(action))
}

function cut(scope: string): [string, string[]] {
  const colon = scope.lastIndexOf(':')
  return [scope.slice(0, colon), scope.slice(colon + 1).split(',')]
}

function plainAsk(realm: URL, request: TokenRequest): Ask {
  const url = new URL(realm)
  const service = request.challenge.parameters['service']
  if (service !== undefined) url.searchParams.set('service', service)
  for (const scope of scopes(request)) url.searchParams.append('scope', scope)
  return { method: 'GET', url, headers: basicHeader(request.credentials) }
}

function refreshAsk(realm: URL, request: TokenRequest, refreshToken: string): Ask {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    service: request.challenge.parameters['service'] ?? '',
    client_id: 'immutable-deploy',
    scope: scopes(request).join(' '),
    refresh_token: refreshToken,
  })
  return {
    method: 'POST',
    url: realm,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  }
}

export function basicHeader(credentials: Credentials | undefined): Record<string, string> {
  if (!credentials || credentials.kind === 'access') return {}
  const secret = credentials.kind === 'password' ? credentials.password : credentials.token
  return { authorization: `Basic ${basicPair(credentials.username, secret)}` }
}

/**
 * A hostile registry may name any address as realm, and we would send our credentials there: it must be https
 * and no private address, unless it is the registry's own host.
 */
function trustedRealm({ challenge, asker }: TokenRequest): URL {
  const text = challenge.parameters['realm'] ?? ''
  const refuse = (why: string) =>
    fail(denied(asker, `a login: its token server ${JSON.stringify(text.slice(0, 200))} ${why}`))
  if (!URL.canParse(text)) throw refuse('is not an address')
  const realm = new URL(text)
  const own = hostname(realm.host) === hostname(asker.host)
  const plainAllowed = own && isLoopback(asker.host)
  if (realm.protocol !== 'https:' && !(realm.protocol === 'http:' && plainAllowed))
    throw refuse('is not reached by https')
  if (!own && isPrivateAddress(realm.host)) throw refuse('is a private address that is not the registry itself')
  return realm
}

/** Whether a readable token grants the action on the repository; undefined: the token is opaque. */
export function grants(token: string, path: string, action: 'pull' | 'push'): boolean | undefined {
  const payload = token.split('.')[1]
  if (payload === undefined) return undefined
  const claims = parseJson(TokenClaims, Buffer.from(payload, 'base64url'))
  return claims?.access.some(
    ({ type, name, actions }) =>
      type === 'repository' && name === path && (actions?.includes(action) === true || actions?.includes('*') === true),
  )
}
