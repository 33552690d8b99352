import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createWire } from './wire.ts'

const servers: http.Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(listener: http.RequestListener): Promise<URL> {
  const server = http.createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return new URL(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/x?secret=1`)
}

function setting(idle = 5000, total = 10_000) {
  const stop = new AbortController()
  const wire = createWire({ env: {}, signal: stop.signal, idle, total })
  return { stop, get: (url: URL) => wire({ method: 'GET', url, headers: {} }) }
}

describe('the wire', () => {
  it('reuses a connection, and takes a new one when the server closed it meanwhile', async () => {
    const seen = new Map<Socket, number>()
    const url = await serve((request, response) => {
      const count = (seen.get(request.socket) ?? 0) + 1
      seen.set(request.socket, count)
      if (count === 3) request.socket.destroy()
      else response.end('ok')
    })
    const { get } = setting()
    for (let count = 0; count < 3; count += 1) expect((await get(url)).body.toString()).toBe('ok')
    expect([...seen.values()]).toEqual([3, 1])
  })

  it('does not repeat by itself what fails on a new connection', async () => {
    let asked = 0
    const url = await serve((request) => {
      asked += 1
      request.socket.destroy()
    })
    await expect(setting().get(url)).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(asked).toBe(1)
  })

  it('gives up on silence, before the answer and within it', async () => {
    const mute = await serve(() => undefined)
    await expect(setting(50).get(mute)).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    const half = await serve(
      (_request, response) => void response.writeHead(200, { 'content-length': 9 }).write('half'),
    )
    await expect(setting(50).get(half)).rejects.toMatchObject({
      code: expect.stringMatching(/ETIMEDOUT|ECONNRESET/) as string,
    })
  })

  it('gives up on a server that drips, whatever it drips', async () => {
    const drip = (first: (response: http.ServerResponse) => void) => (_: unknown, response: http.ServerResponse) => {
      first(response)
      const timer = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(timer))
    }
    const body = await serve(drip((response) => response.writeHead(200, { 'content-length': 100_000 })))
    const endless = await serve(drip((response) => response.writeHead(200)))
    for (const url of [body, endless]) {
      const started = performance.now()
      await expect(setting(500, 300).get(url)).rejects.toMatchObject({ code: 'ETIMEDOUT' })
      expect(performance.now() - started).toBeLessThan(1500)
    }
  })

  it('cuts everything at once when the run is cancelled, and asks nothing afterwards', async () => {
    let asked = 0
    const url = await serve(() => void (asked += 1))
    const { stop, get } = setting(60_000)
    const all = Promise.allSettled(Array.from({ length: 30 }, () => get(url)))
    setTimeout(() => stop.abort(), 50)
    for (const result of await all) expect(result).toMatchObject({ reason: { code: 'ABORT_ERR' } })
    const before = asked
    await expect(get(url)).rejects.toMatchObject({ code: 'ABORT_ERR' })
    expect(asked).toBe(before)
  })

  it('refuses an answer that is not a manifest by its size', async () => {
    const url = await serve((_request, response) => void response.end(Buffer.alloc(17 * 1024 * 1024)))
    await expect(setting().get(url)).rejects.toMatchObject({ code: 'EMSGSIZE' })
  })

  it('names what it asked without the query', async () => {
    const url = await serve((_request, response) => void response.end())
    expect((await setting().get(url)).asked).toBe(`GET ${url.origin}/x`)
  })
})
