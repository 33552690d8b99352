import http from 'node:http'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { tempDir } from '../../../test/harness/temp.ts'
import { sleep } from '../../async/sleep.ts'
import { connect } from './connection.ts'

const servers: http.Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** An engine that answers pings, and everything else as it likes. */
async function engine(answer: http.RequestListener, pings = true): Promise<string> {
  const socket = path.join(tempDir('engine'), 's')
  const server = http.createServer((request, response) => {
    if (pings && request.url === '/_ping') response.setHeader('api-version', '1.47').end('OK')
    else answer(request, response)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  return `unix://${socket}`
}

const drip: http.RequestListener = (_request, response) => {
  response.writeHead(200)
  const timer = setInterval(() => response.write(' '), 30)
  response.on('close', () => clearInterval(timer))
}

async function took(work: Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work
  return performance.now() - started
}

describe.each([
  ['takes requests and never answers', () => undefined, true],
  ['drips its answer', drip, true],
  ['does not even answer a ping', () => undefined, false],
] as const)('an engine that %s', (_, answer, pings) => {
  it('is unreachable when the time of an answer is over', async () => {
    const api = await connect({ host: await engine(answer, pings), within: 300, unreachable: 'target-unreachable' }, {})
    const asked = expect(api.request('GET', '/info')).rejects
    expect(await took(asked.toMatchObject({ code: 'target-unreachable' }))).toBeLessThan(1500)
    api.close()
  })

  it('is left within two seconds of a cancellation, and asked nothing more that hangs', async () => {
    const run = new AbortController()
    const api = await connect({ host: await engine(answer, pings), signal: run.signal }, {})
    const asked = Promise.allSettled([
      api.request('GET', '/info'),
      api.request('POST', '/services/x/update', { body: {} }),
      api.stream('GET', '/events').then(async ({ body }) => {
        for await (const chunk of body) expect(chunk.length).toBeGreaterThan(0)
      }),
    ])
    // Well after the last sign of life.
    await sleep(2200)
    run.abort()
    expect(await took(asked)).toBeLessThan(1900)
    expect((await asked).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(await took(api.request('DELETE', '/containers/x').catch(() => undefined))).toBeLessThan(100)
    api.close()
  }, 10_000)
})

it('a request’s own signal ends it at once, as cancelled', async () => {
  const api = await connect({ host: await engine(() => undefined) }, {})
  const own = new AbortController()
  const asked = api.request('GET', '/info', { signal: own.signal })
  setTimeout(() => own.abort(), 100)
  expect(await took(expect(asked).rejects.toMatchObject({ code: 'cancelled' }))).toBeLessThan(1000)
  api.close()
})
