import { randomUUID } from 'node:crypto'
import http2 from 'node:http2'
import { PbfReader, PbfWriter } from 'pbf'
import type { Repository } from '../../domain/image.ts'
import { throwIfAborted } from '../../errors/deploy-error.ts'
import type { EngineApi } from '../../ports.ts'
import { readCredentials } from './credentials.ts'
import type { EngineAuth } from './images.ts'

export interface BuildSession {
  /** Goes with the build request. */
  readonly id: string
  close(): void
}

const HEALTH = '/grpc.health.v1.Health/Check'
const CREDENTIALS = '/moby.filesync.v1.Auth/Credentials'
const UNIMPLEMENTED = '12'
const INTERNAL = '13'
/** HealthCheckResponse {status = 1}: SERVING. */
const SERVING = Uint8Array.of(0x08, 0x01)
const HUB = 'registry-1.docker.io'

/**
 * BuildKit asks its client back over a connection that the client opened: gRPC with the roles reversed. Without it no
 * base image could be pulled from a registry that wants a token, not even anonymously. All that is served is who we are.
 */
export async function openSession(
  api: EngineApi,
  auth: EngineAuth | undefined,
  signal: AbortSignal,
): Promise<BuildSession | undefined> {
  if (!api.upgrade) return undefined
  const id = randomUUID()
  const headers = {
    upgrade: 'h2c',
    'x-docker-expose-session-uuid': id,
    'x-docker-expose-session-name': 'immutable-deploy',
    'x-docker-expose-session-grpc-method': [HEALTH, CREDENTIALS],
  }
  const socket = await api.upgrade('/session', { signal, headers }).catch(() => undefined)
  throwIfAborted(signal)
  if (!socket) return undefined // what has no sessions has another way, or says so itself when it builds
  const session = http2.performServerHandshake(socket)
  session.on('error', () => undefined) // the build's own answer says what went wrong
  session.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    void serve(stream, headers[':path'] ?? '', auth)
  })
  return {
    id,
    close: () => {
      session.destroy()
      socket.destroy()
    },
  }
}

async function serve(stream: http2.ServerHttp2Stream, method: string, auth: EngineAuth | undefined): Promise<void> {
  try {
    const request = await message(stream)
    if (method === HEALTH) reply(stream, SERVING)
    else if (method === CREDENTIALS) reply(stream, await credentialsFor(hostOf(request), auth))
    else refuse(stream, UNIMPLEMENTED)
  } catch {
    refuse(stream, INTERNAL)
  }
}

/** CredentialsRequest {host = 1}. */
function hostOf(request: Uint8Array): string {
  return new PbfReader(request).readFields(
    (tag, result, reader) => {
      if (tag === 1) result.host = reader.readString()
    },
    { host: '' },
  ).host
}

/** CredentialsResponse {username = 1, secret = 2}; empty means anonymous. */
async function credentialsFor(host: string, auth: EngineAuth | undefined): Promise<Uint8Array> {
  const registry = host === 'docker.io' || host === 'index.docker.io' ? HUB : host
  const repository: Repository = { registry, path: '', name: host }
  const { username, password, identitytoken } = readCredentials(await auth?.(repository))
  const writer = new PbfWriter()
  if (identitytoken) writer.writeStringField(2, identitytoken)
  else if (password) {
    writer.writeStringField(1, username)
    writer.writeStringField(2, password)
  }
  return writer.finish()
}

/** The one message of a unary call: a flag byte, four of length, the bytes. */
async function message(stream: http2.ServerHttp2Stream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks).subarray(5)
}

const HEAD = { ':status': 200, 'content-type': 'application/grpc' }

function reply(stream: http2.ServerHttp2Stream, bytes: Uint8Array): void {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(bytes.length, 1)
  stream.respond(HEAD, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.end(Buffer.concat([prefix, bytes]))
}

function refuse(stream: http2.ServerHttp2Stream, status: string): void {
  if (!stream.headersSent && !stream.destroyed) stream.respond({ ...HEAD, 'grpc-status': status }, { endStream: true })
}
