/** Registry credentials that the nodes of a Swarm pull with. */
import type { Repository } from '../../domain/image.ts'
import type { Registry } from '../../ports.ts'
import type { Auth } from './engine.ts'

/** The run's credentials for the nodes; without any, those that the service came with. A registry that is down changes nothing. */
export async function authFor(registry: Pick<Registry, 'engineAuth'>, repository: Repository): Promise<Auth> {
  const header = await registry.engineAuth(repository).catch(() => '')
  return holdsCredentials(header) ? { header } : { from: 'spec' }
}

function holdsCredentials(header: string): boolean {
  try {
    const auth = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as Record<string, unknown>
    return ['username', 'password', 'auth', 'identitytoken', 'registrytoken'].some((key) => Boolean(auth[key]))
  } catch {
    return false
  }
}
