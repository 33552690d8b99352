import type { Repository } from '../../domain/image.ts'
import type { Clock } from '../../ports.ts'
import type { Actions } from './scoped.ts'
import type { Send } from './send.ts'
import type { Token, TokenRequest } from './token.ts'
import { fetchToken } from './token.ts'
import type { Ask } from './wire.ts'

interface TokensContext {
  readonly send: Send
  readonly clock: Clock
  readonly onSecret: (value: string) => void
}

type Wanted = Omit<TokenRequest, 'now'>

interface Tokens {
  /** The token of that repository and those actions: a known one, or a new one. */
  get(wanted: Wanted): Promise<Token>
  /** Drops a token that was refused, unless somebody renewed it meanwhile. */
  forget(of: { readonly repository: Repository; readonly actions: Actions }, refused: string): Promise<void>
}

/** Keeps the tokens of a session, each fetched once for all who need it. */
export function createTokens({ send, clock, onSecret }: TokensContext): Tokens {
  const tokens = new Map<string, Promise<Token>>()

  async function get(wanted: Wanted): Promise<Token> {
    const key = tokenKey(wanted.repository, wanted.actions)
    const known = tokens.get(key)
    if (known) {
      const token = await known
      if (clock.now() < token.expires) return token
      if (tokens.get(key) === known) tokens.delete(key)
      return get(wanted)
    }
    const realmSend = (ask: Ask) => send(ask.url.host, ask)
    const fresh = fetchToken(realmSend, { ...wanted, now: clock.now() }).then((token) => {
      onSecret(token.value)
      return token
    })
    tokens.set(key, fresh)
    fresh.catch(() => tokens.get(key) === fresh && tokens.delete(key))
    return fresh
  }

  return {
    get,
    async forget({ repository, actions }, refused) {
      const key = tokenKey(repository, actions)
      const kept = tokens.get(key)
      const value = (await kept?.catch(() => undefined))?.value
      if (value === refused && tokens.get(key) === kept) tokens.delete(key)
    },
  }
}

function tokenKey(repository: Repository, actions: Actions): string {
  return `${actions} ${repository.registry}/${repository.path}`
}
