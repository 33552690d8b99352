import { PbfReader, PbfWriter } from 'pbf'
import type { Repository } from '../../domain/image.ts'
import { readCredentials } from './credentials.ts'
import type { EngineAuth } from './images.ts'
import type { Services } from './session.ts'
import { DOCKER_HUB, isDockerHub } from '../../domain/docker-hub.ts'

/**
 * The credentials for base images. Without it none could be pulled from a registry that wants a token, not even
 * anonymously.
 */
export function authService(auth: EngineAuth | undefined): Services {
  return {
    async '/moby.filesync.v1.Auth/Credentials'(call) {
      for await (const request of call.messages()) await call.send(await credentialsFor(hostOf(request), auth))
    },
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
  const registry = isDockerHub(host) ? DOCKER_HUB : host
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
