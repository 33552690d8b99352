import net from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { createWire } from './wire.ts'

const servers: net.Server[] = []
const sockets = new Set<net.Socket>()
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

/** A proxy that takes every connection and does what it likes with it. */
async function proxy(answer: (socket: net.Socket) => void): Promise<string> {
  const server = net.createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
    answer(socket)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
}

const OK = 'HTTP/1.1 200 Connection established\r\n\r\n'
const drip = (socket: net.Socket, first: string, then: string): void => {
  socket.write(first)
  const timer = setInterval(() => socket.write(then), 30)
  socket.on('close', () => clearInterval(timer))
}
const deaf: [string, (socket: net.Socket) => void][] = [
  ['says nothing', () => undefined],
  ['drips its answer', (socket) => drip(socket, 'HTTP/1.1 200 OK\r\nx: ', 'a')],
  ['opens a tunnel to nobody', (socket) => drip(socket, OK, '')],
  ['opens a tunnel that drips', (socket) => drip(socket, OK, '\x16')],
]

it.each(deaf)('a proxy that %s costs no more than its time, and obeys at once', async (_, answer) => {
  const url = new URL('https://registry.example/v2/')
  const stop = new AbortController()
  const env = { HTTPS_PROXY: await proxy(answer) }
  const started = performance.now()
  const quick = createWire({ env, signal: stop.signal, idle: 200, total: 5000 })
  await expect(quick({ method: 'GET', url, headers: {} })).rejects.toThrow()
  expect(performance.now() - started).toBeLessThan(2000)

  const patient = createWire({ env, signal: stop.signal, idle: 60_000, total: 60_000 })
  const asked = patient({ method: 'GET', url, headers: {} })
  setTimeout(() => stop.abort(), 100)
  const before = performance.now()
  await expect(asked).rejects.toMatchObject({ code: 'ABORT_ERR' })
  expect(performance.now() - before).toBeLessThan(1000)
})
