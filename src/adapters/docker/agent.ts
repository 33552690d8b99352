import http from 'node:http'
import https from 'node:https'
import type { Duplex } from 'node:stream'
import { DialSocket } from './dial.ts'
import type { Endpoint, Environment } from './endpoint.ts'

/** The pool of connections to an endpoint, at most `maxSockets`. */
export function agentFor(endpoint: Endpoint, env: Environment, maxSockets: number): http.Agent {
  const pool = { keepAlive: true, maxSockets }
  if (endpoint.kind === 'command') return new DialAgent(pool, endpoint.argv, env)
  if (endpoint.kind === 'unix' || !endpoint.tls) return new http.Agent(pool)
  const { verify, ...files } = endpoint.tls
  return new https.Agent({ ...pool, ...files, rejectUnauthorized: verify })
}

class DialAgent extends http.Agent {
  readonly #argv: readonly string[]
  readonly #env: Environment

  constructor(options: http.AgentOptions, argv: readonly string[], env: Environment) {
    super(options)
    this.#argv = argv
    this.#env = env
  }

  override createConnection(): Duplex {
    return new DialSocket(this.#argv, this.#env)
  }
}
