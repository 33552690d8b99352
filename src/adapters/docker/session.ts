import { randomUUID } from 'node:crypto'
import http2 from 'node:http2'
import { throwIfAborted } from '../../errors/deploy-error.ts'
import type { EngineApi } from '../../ports.ts'
import type { Handler } from './grpc.ts'
import { answer } from './grpc.ts'

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
 * @returns undefined where the engine, or a proxy in front of it, opens none
 * @throws DeployError cancelled
 */
export async function openSession(
  api: EngineApi,
  services: Services,
  key: string,
  signal: AbortSignal,
): Promise<BuildSession | undefined> {
  const served: Services = { ...HEALTH, ...services }
  const id = randomUUID()
  const headers = {
    upgrade: 'h2c',
    'x-docker-expose-session-uuid': id,
    'x-docker-expose-session-name': 'immutable-deploy',
    'x-docker-expose-session-sharedkey': key,
    'x-docker-expose-session-grpc-method': Object.keys(served),
  }
  // An engine that is gone says so when it is asked to build.
  const socket = await api.upgrade?.('/session', { signal, headers }).catch(() => undefined)
  throwIfAborted(signal)
  if (!socket) return undefined
  const session = http2.performServerHandshake(socket)
  session.on('error', () => undefined) // The answer to the build itself says what went wrong
  session.on('stream', (stream, headers, _flags, raw) => void answer(stream, raw, served[headers[':path'] ?? '']))
  return {
    id,
    close: () => {
      session.destroy()
      socket.destroy()
    },
  }
}
