import net from 'node:net'
import { openDeadline } from '../../async/deadline.ts'
import type { Duration } from '../../domain/duration.ts'
import type { Trouble } from './trouble.ts'
import { explain } from './trouble.ts'

/**
 * Whether the port takes a connection. Behind a published port the engine's own proxy takes every connection and
 * drops it when nobody listens inside: there, the connection must stay open for `hold` or bring a byte.
 */
export function connects(
  at: { readonly host: string; readonly port: number },
  options: { readonly timeout: Duration; readonly hold: Duration; readonly signal: AbortSignal },
): Promise<Trouble | undefined> {
  return new Promise((resolve) => {
    const deadline = openDeadline({ ms: options.timeout, signal: options.signal })
    const socket = net.connect({ host: at.host, port: at.port, signal: deadline.signal })
    const done = (trouble?: Trouble): void => {
      deadline.close()
      socket.destroy()
      resolve(trouble)
    }
    socket.once('connect', () => {
      if (options.hold <= 0) {
        done()
        return
      }
      const timer = setTimeout(done, options.hold)
      socket.once('close', () => clearTimeout(timer))
    })
    socket.once('data', () => done())
    socket.once('end', () => done(explain(Object.assign(new Error('closed'), { code: 'ECONNRESET' }), at)))
    socket.once('error', (error) => done(explain(error, at)))
  })
}
