import net from 'node:net'
import { lab } from './parts.ts'

const bound = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = net.createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })

/** A free port between 20000 and 29999: apart from ephemeral and node ports, and what a kind cluster is led through. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    if (await bound(port)) return port
  }
}

/**
 * A cluster whose node is a container (kind) has a 127.0.0.1 of its own; the lab leads those ports to this machine's
 * address on the node's network, and this hands them on. Other clusters need nothing.
 */
export function reachableFromCluster(port: number): () => void {
  const gateway = lab.kubernetes.ok ? lab.kubernetes.REGISTRY_GATEWAY : undefined
  if (gateway === undefined) return () => undefined
  const server = net.createServer((socket) => {
    const onward = net.connect(port, '127.0.0.1')
    socket.pipe(onward).pipe(socket)
    socket.on('error', () => onward.destroy())
    onward.on('error', () => socket.destroy())
  })
  server.listen(port, gateway).unref()
  return () => server.close()
}
