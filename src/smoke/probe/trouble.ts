/** Why there was no answer, in words. */
export interface Trouble {
  readonly kind: 'refused' | 'closed' | 'timeout' | 'unreachable' | 'dns' | 'tls' | 'not-http' | 'other'
  readonly text: string
}

interface Address {
  readonly host: string
  readonly port: number
}

const TLS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: compare the clocks',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain ends in one that nobody here trusts (NODE_EXTRA_CA_CERTS adds one)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it does not send the intermediate certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'nobody here trusts the issuer of its certificate (NODE_EXTRA_CA_CERTS adds one)',
  UNABLE_TO_GET_ISSUER_CERT: 'nobody here trusts the issuer of its certificate (NODE_EXTRA_CA_CERTS adds one)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
}

export function explain(error: unknown, at: Address): Trouble {
  const { code = '', name = '', message } = normal(error)
  const where = `${at.host}:${String(at.port)}`
  if (name === 'AbortError' || name === 'TimeoutError' || code === 'ETIMEDOUT') {
    return { kind: 'timeout', text: `no answer from ${where} in time` }
  }
  const tls = TLS[code]
  if (tls !== undefined) return { kind: 'tls', text: `TLS: ${where} was reached, but ${tls}` }
  switch (code) {
    case 'ECONNREFUSED':
      return { kind: 'refused', text: `connection to ${where} refused: nothing listens there` }
    case 'ECONNRESET':
    case 'EPIPE':
      return { kind: 'closed', text: `${where} closed the connection without an answer` }
    case 'ENOTFOUND':
      return { kind: 'dns', text: `DNS: there is no host ${at.host}` }
    case 'EAI_AGAIN':
      return { kind: 'dns', text: `DNS: no name server answered for ${at.host}` }
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return { kind: 'unreachable', text: `there is no way to ${where}` }
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return { kind: 'tls', text: `TLS: ${where} does not speak it` }
    default:
      if (code.startsWith('HPE_')) return { kind: 'not-http', text: `${where} answered, but not in HTTP` }
      return { kind: code.startsWith('ERR_SSL') ? 'tls' : 'other', text: `${where}: ${message}` }
  }
}

/** A connection to several addresses fails with the errors of all: the first one is shown. */
function normal(error: unknown): { code?: string; name?: string; message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return normal(error.errors[0])
  if (!(error instanceof Error)) return { message: String(error) }
  const code = 'code' in error ? String(error.code) : ''
  if (error.name === 'AbortError' && error.cause instanceof Error) return { ...normal(error.cause), name: 'AbortError' }
  return { code, name: error.name, message: error.message }
}
