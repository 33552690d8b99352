import { randomUUID } from 'node:crypto'
import http2 from 'node:http2'
import { DeployError } from '../../errors/deploy-error.ts'
import type { EngineApi } from '../../ports.ts'
import { answer, type Handler } from './grpc.ts'

export interface BuildSession {
  /** Goes with the build request. */
  readonly id: string
  close(): void
}

/** What this side serves: gRPC methods by their path. */
export type Services = Readonly<Record<string, Handler>>

/** HealthCheckResponse {status = 1}: SERVING. */
const HEALTH: Services = { '/grpc.health.v1.Health/Check': (call) => call.send(Uint8Array.of(0x08, 0x01)) }

/**
 * BuildKit asks its client back over a connection that the client opened: gRPC with the roles reversed. Files and
 * credentials go this way.
 * @param key what BuildKit keeps of earlier sessions of this key is compared with what this one has, and not sent again
 * @throws DeployError build-not-supported, cancelled, engine-unreachable
 */
export async function openSession(
  api: EngineApi,
  services: Services,
  key: string,
  signal: AbortSignal,
): Promise<BuildSession> {
  const served: Services = { ...HEALTH, ...services }
  const id = randomUUID()
  const headers = {
    upgrade: 'h2c',
    'x-docker-expose-session-uuid': id,
    'x-docker-expose-session-name': 'immutable-deploy',
    'x-docker-expose-session-sharedkey': key,
    'x-docker-expose-session-grpc-method': Object.keys(served),
  }
  const socket = await api.upgrade?.('/session', { signal, headers })
  if (!socket) {
    throw new DeployError('build-not-supported', `the engine at ${api.endpoint} opens no session for a build`, {
      fix: 'Use Docker 20.10 or newer, and let a proxy in front of the engine pass POST /session.',
    })
  }
  const session = http2.performServerHandshake(socket)
  session.on('error', () => undefined) // the build's own answer says what went wrong
  session.on('stream', (stream, headers, _flags, raw) => void answer(stream, raw, served[headers[':path'] ?? '']))
  return {
    id,
    close: () => {
      session.destroy()
      socket.destroy()
    },
  }
}
