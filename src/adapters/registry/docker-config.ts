import { readFile } from 'node:fs/promises'
import { credentialServer, keyMatchesHost } from './hosts.ts'
import type { AuthEntry } from './schemas.ts'
import { DockerConfig, parseJson } from './schemas.ts'

/** What is proven with: a password, an identity token that buys access tokens, or an access token itself. */
export type Secret =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'identity'; readonly username: string; readonly token: string }
  | { readonly kind: 'access'; readonly token: string }

export type Credentials = Secret & {
  /** Where it was found, for people: a path or an input's name. */
  readonly source: string
}

/** Docker's own mark for "the secret is an identity token". */
const TOKEN_USER = '<token>'

export function secretOf(username: string, secret: string): Secret {
  return username === TOKEN_USER
    ? { kind: 'identity', username: TOKEN_USER, token: secret }
    : { kind: 'password', username, password: secret }
}

/** The file's content; undefined when it does not exist. `onBroken`: it exists and cannot be used. */
export async function readDockerConfig(
  path: string,
  onBroken: (why: string) => void,
): Promise<DockerConfig | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (!isAbsent(error)) onBroken(`${path} cannot be read; its credentials are not used`)
    return undefined
  }
  const config = parseJson(DockerConfig, text)
  if (!config) onBroken(`${path} is not a valid Docker configuration; its credentials are not used`)
  return config
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}

/** Which helper keeps this registry's credentials, and under what name; undefined: none, look in `auths`. */
export function helperFor(config: DockerConfig, host: string): { helper: string; server: string }[] {
  const own = Object.entries(config.credHelpers ?? {}).find(([key]) => keyMatchesHost(key, host))
  // An empty name means that this host has no helper of its own.
  const found = own?.[1] ? [{ helper: own[1], server: own[0] }] : []
  if (config.credsStore) found.push({ helper: config.credsStore, server: credentialServer(host) })
  return found
}

/**
 * The entry of `auths` for a repository. Podman keys may name a repository or a part of its path (`quay.io/acme`):
 * the longest match wins. Docker's keys name hosts, some with a scheme and a version path.
 */
export function storedSecret(config: DockerConfig, host: string, path: string): Secret | undefined {
  const entries = Object.entries(config.auths ?? {})
  const specific = entries
    .filter(([key]) => key.startsWith(`${host}/`) && `${host}/${path}/`.startsWith(`${key}/`))
    .sort(([a], [b]) => b.length - a.length)
  const general = entries.filter(([key]) => !hasPath(key) && keyMatchesHost(key, host))
  for (const [, entry] of [...specific, ...general]) {
    const secret = entry ? secretOfEntry(entry) : undefined
    if (secret) return secret
  }
  return undefined
}

/** Whether a key names more than a host; `https://host/v1/` is Docker's old way to write a host. */
function hasPath(key: string): boolean {
  return !/^https?:\/\//i.test(key) && /\/(?!(?:v[12]\/?)?$)/.test(key)
}

function secretOfEntry(entry: AuthEntry): Secret | undefined {
  if (entry.registrytoken) return { kind: 'access', token: entry.registrytoken }
  const [username, password] = entry.auth ? decodePair(entry.auth) : [entry.username ?? '', entry.password ?? '']
  if (entry.identitytoken) return { kind: 'identity', username: username || TOKEN_USER, token: entry.identitytoken }
  return username !== '' && password !== '' ? secretOf(username, password) : undefined
}

function decodePair(base64: string): [string, string] {
  const text = Buffer.from(base64, 'base64').toString('utf8').replace(/\0+$/, '')
  const colon = text.indexOf(':')
  return colon < 0 ? ['', ''] : [text.slice(0, colon), text.slice(colon + 1)]
}
