import { hostname } from './hosts.ts'
import { faultCode } from './fault.ts'
import type { Answer, Ask, Wire } from './wire.ts'

/**
 * Lets requests with `detectScheme` go in plain HTTP to hosts that may be plain, unless the server turns out to speak
 * TLS. Costs nothing where plain HTTP works. Such requests must not carry credentials before the first answer.
 */
export function withSchemeDetection(wire: Wire, mayBePlain: (host: string) => boolean): Wire {
  const secure = new Map<string, boolean>()
  return async (ask) => {
    const { host } = ask.url
    if (!ask.detectScheme || !mayBePlain(host)) return wire(ask)
    const known = secure.get(host)
    if (known !== undefined) return wire(known ? ask : inPlain(ask))
    const attempt = await settle(wire(inPlain(ask)))
    if (mightBeTls(attempt) && (await speaksTls(ask.url))) {
      secure.set(host, true)
      return wire(ask)
    }
    if ('fault' in attempt) throw attempt.fault
    secure.set(host, false)
    return attempt.answer
  }
}

function inPlain(ask: Ask): Ask {
  // A port that is https' default would vanish from the address: keep it.
  const port = ask.url.port === '' ? '443' : ask.url.port
  return { ...ask, url: new URL(`http://${ask.url.hostname}:${port}${ask.url.pathname}${ask.url.search}`) }
}

type Attempt = { readonly answer: Answer } | { readonly fault: unknown }

function settle(exchange: Promise<Answer>): Promise<Attempt> {
  return exchange.then(
    (answer) => ({ answer }),
    (fault: unknown) => ({ fault }),
  )
}

/** TLS servers meet plain HTTP with a bare 400, with bytes that are not HTTP, or by hanging up. */
function mightBeTls(attempt: Attempt): boolean {
  if ('answer' in attempt) {
    return attempt.answer.status === 400 && attempt.answer.headers['docker-distribution-api-version'] === undefined
  }
  const code = faultCode(attempt.fault)
  return code === 'ECONNRESET' || code === 'EPIPE' || code.startsWith('HPE_')
}

/** Whether the server at that address speaks TLS, whatever its certificate is worth. */
async function speaksTls(url: URL): Promise<boolean> {
  const { connect } = await import('node:tls')
  return new Promise((resolve) => {
    const port = Number(url.port === '' ? 443 : url.port)
    const socket = connect({ host: hostname(url.host), port, rejectUnauthorized: false })
    const end = (answer: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(() => end(false), 1500)
    socket.once('secureConnect', () => end(true))
    socket.once('error', () => end(false))
  })
}
