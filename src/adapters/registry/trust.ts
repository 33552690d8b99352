import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Authorities for that registry: Node's own and the `*.crt` files where Docker looks for them
 * (`/etc/docker/certs.d/<host:port>/`, rootless `~/.config/docker/certs.d/…`).
 * undefined: there are none, Node's own are enough.
 */
export async function trustedAuthorities(
  host: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string[] | undefined> {
  const home = env['XDG_CONFIG_HOME'] ?? (env['HOME'] ? join(env['HOME'], '.config') : undefined)
  const folders = ['/etc', ...(home ? [home] : [])].map((base) => join(base, 'docker', 'certs.d', host))
  const extra = (await Promise.all(folders.map(certificates))).flat()
  if (extra.length === 0) return undefined
  const tls = await import('node:tls')
  // Node 20 cannot list what NODE_EXTRA_CA_CERTS added; its bundled list is then all there is.
  const own =
    'getCACertificates' in tls ? tls.getCACertificates('default') : (tls as typeof import('node:tls')).rootCertificates
  return [...own, ...extra]
}

async function certificates(folder: string): Promise<string[]> {
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.crt'))
    return await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  } catch {
    return []
  }
}
