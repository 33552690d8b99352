import { DeployError } from '../../errors/deploy-error.ts'
import { locateKubectl } from './install.ts'
import type { KubectlOptions } from './index.ts'
import { temporaryFolder } from '../process/leftovers.ts'
import type { Proxy } from './proxy.ts'
import { startProxy } from './proxy.ts'

export interface ProxyServer {
  /** The proxy that serves; a dead one is replaced, and `stale` too: once for all who found it so. */
  get(stale?: Proxy): Promise<Proxy>
  /** The one that runs or is being started; undefined before the first request. */
  current(): Promise<Proxy> | undefined
  close(): Promise<void>
}

/** Keeps one `kubectl proxy`: it is started at the first request and is gone with `close`. */
export function createProxyServer(options: KubectlOptions): ProxyServer {
  const folder = options.folder ?? temporaryFolder(options.env)
  let kubectl: Promise<string> | undefined
  let current: Promise<Proxy> | undefined
  let closed = false

  function start(): Promise<Proxy> {
    if (closed) throw new DeployError('internal-error', 'the connection to the cluster is closed')
    const { version, env, onWarning, downloads, context, signal } = options
    kubectl ??= locateKubectl({ version, env, onWarning, downloads })
    return kubectl.then((program) => startProxy({ kubectl: program, context, env, folder, signal }))
  }

  async function get(stale?: Proxy): Promise<Proxy> {
    const asked = (current ??= start())
    const found = await asked.catch((error: unknown) => {
      if (current === asked) current = undefined
      throw error
    })
    if (found !== stale && !found.ended()) return found
    if (current === asked) {
      current = undefined
      await found.stop()
    }
    return get()
  }

  return {
    get,
    current: () => current,
    async close() {
      closed = true
      const asked = current
      current = undefined
      const running = await asked?.catch(() => undefined)
      await running?.stop()
    },
  }
}
