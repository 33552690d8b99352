import type { Clock } from '../../ports.ts'
import { DeployError, throwIfAborted } from '../../errors/deploy-error.ts'
import { unreachable } from './failure.ts'
import { displayHost } from './hosts.ts'
import { withRetries } from './retry.ts'
import type { Answer, Ask, Wire } from './wire.ts'

export interface SendOptions {
  readonly wire: Wire
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly random?: (() => number) | undefined
  readonly onWarning: (text: string) => void
}

/** One request to a host, repeated where that may help. */
export type Send = (host: string, ask: Ask) => Promise<Answer>

const MAX_REDIRECTS = 5
// While a host is known to be down, waiting for it again in every call would only add up.
const DOWN_FOR_MS = 15_000
const WARNED_FROM_MS = 5000

/** @returns a sender that remembers which hosts are down. It throws DeployError registry-unreachable, cancelled. */
export function createSend({ wire, clock, signal, random, onWarning }: SendOptions): Send {
  const downSince = new Map<string, number>()
  return async (host, ask) => {
    const down = clock.now() - (downSince.get(host) ?? -Infinity) < DOWN_FOR_MS
    try {
      const answer = await withRetries(() => wire(ask), {
        clock,
        signal,
        ...(random ? { random } : {}),
        ...(down ? { tries: 1 } : {}),
        onWait: (ms, _tried, why) => {
          if (ms >= WARNED_FROM_MS)
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
}

/**
 * Sends and follows redirects.
 * @throws DeployError registry-error when the target of a redirect wants a login: ours is for the registry alone
 */
export async function follow(send: Send, host: string, ask: Ask): Promise<Answer> {
  let current = ask
  let own: string | undefined
  for (let hop = 0; ; hop += 1) {
    const answer = await send(host, current)
    own ??= answer.url.origin
    if (answer.status === 401 && answer.url.origin !== own) throw foreignLogin(host, answer)
    const next = redirectOf(current, answer)
    if (!next || hop >= MAX_REDIRECTS) return answer
    current = next
  }
}

/** Its challenge must not be answered: whoever can place a redirect would be given the registry's credentials. */
function foreignLogin(host: string, answer: Answer): DeployError {
  const what = `${displayHost(host)} sends us to ${answer.url.host}, which wants a login`
  return new DeployError('registry-error', what, {
    evidence: [`${answer.asked} answered 401`],
    fix: 'Credentials are given to the registry only. Check what stands in front of the registry, and whether its storage lets the redirected request in.',
  })
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
