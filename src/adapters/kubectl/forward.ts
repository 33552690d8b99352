import type { Agent, IncomingMessage, ServerResponse } from 'node:http'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Door } from '../../ports.ts'
import { errorMessage } from '../../errors/message.ts'
import type { Server } from './http.ts'

/** A server on loopback that hands every request on to a path of the cluster's API: plain checks can ask a Service. */
export async function openDoor(agent: Agent, socketOf: () => Promise<string>, base: string): Promise<Door> {
  const prefix = base.replace(/\/$/, '')
  const server = createServer((incoming, outgoing) => {
    socketOf().then(
      (socketPath) => pass({ agent, socketPath }, prefix, incoming, outgoing),
      (error: unknown) => refuse(outgoing, error),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${String(port)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function pass(
  { agent, socketPath }: Server,
  prefix: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): void {
  const onward = request(
    {
      agent,
      socketPath,
      method: incoming.method,
      path: `${prefix}${incoming.url ?? '/'}`,
      headers: { ...incoming.headers, connection: 'keep-alive', host: 'localhost' },
    },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    },
  )
  onward.on('error', (error) => refuse(outgoing, error))
  incoming.pipe(onward)
}

function refuse(outgoing: ServerResponse, error: unknown): void {
  if (!outgoing.headersSent) outgoing.writeHead(502, { 'content-type': 'text/plain' })
  outgoing.end(errorMessage(error))
}
