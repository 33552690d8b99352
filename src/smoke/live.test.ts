import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http, { type RequestListener } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { FakeReporter } from '../../test/fakes/reporter.ts'
import { systemClock as clock } from '../compose/clock.ts'
import { parseSmoke, runLiveChecks, type LiveOptions } from './index.ts'

const servers: http.Server[] = []
let reporter: FakeReporter

async function serve(handler: RequestListener, server = http.createServer(handler)): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function live(url: string, text: string, options: Partial<LiveOptions> = {}) {
  const { spec, faults } = await parseSmoke({ text, source: 'live.yml' }, {})
  expect(faults).toEqual([])
  reporter = new FakeReporter()
  return runLiveChecks({ spec, url, clock, reporter, signal: new AbortController().signal, ...options })
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

describe('live checks', () => {
  it('go to the address, not to the container’s port, and skip what needs the container', async () => {
    const seen: string[] = []
    const port = await serve((request, response) => {
      seen.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers.host ?? ''}`)
      response.end('ok')
    })
    const text = '- http: GET :8080/healthz -> 200\n- exec: [true]\n- tcp: 9090\n- stop:'
    const report = await live(`http://127.0.0.1:${String(port)}/base/`, text)
    expect(report).toMatchObject({ passed: true, logs: [] })
    expect(new Set(seen)).toEqual(new Set([`GET /base/healthz 127.0.0.1:${String(port)}`]))
    expect(report.checks.map(({ skipped }) => skipped)).toEqual([undefined, undefined, true, true, true])
    expect(reporter.texts('info')).toEqual([
      'live check "exec true" skipped: it needs the container',
      'live check "tcp 9090" skipped: the port is the container’s',
      'live check "stop" skipped: it needs the container',
    ])
  })

  it('demand a status below 500 when nothing else is left', async () => {
    const port = await serve((_, response) => void response.writeHead(500).end())
    const report = await live(`http://127.0.0.1:${String(port)}`, '- exec: [true]')
    expect(report).toMatchObject({ passed: false, reason: { code: 'live-check-failed' } })
  })

  it('wait for a load balancer that does not know the version yet, then ask once', async () => {
    let requests = 0
    const port = await serve((_, response) => void response.writeHead(++requests < 4 ? 503 : 500).end('broken'))
    const report = await live(`http://localhost:${String(port)}`, '- http: / -> 200')
    expect(report.checks[0]).toMatchObject({ passed: true, attempts: 4 })
    expect(report.checks[1]).toMatchObject({ passed: false, attempts: 1 })
    expect(report.reason?.what).toMatch(/expected status 200, got 500; .* body: broken/)
  })

  it('follow no redirect', async () => {
    const port = await serve((_, response) => void response.writeHead(301, { location: 'http://127.0.0.1:1/' }).end())
    expect((await live(`http://127.0.0.1:${String(port)}`, '- http: / -> 301')).passed).toBe(true)
  })

  it.each([
    ['http://127.0.0.1:1', /connection to 127\.0\.0\.1:1 refused: nothing listens there/],
    ['http://no-such-host.invalid', /DNS: (there is no host|no name server answered for) no-such-host\.invalid/],
  ])('say why %s does not answer', async (url, what) => {
    const report = await live(url, 'startup: {within: 200ms}\nchecks: [{http: /}]')
    expect(report.reason).toMatchObject({ code: 'live-check-failed' })
    expect(report.reason?.what).toMatch(what)
    expect(report.readyMs).toBeUndefined()
  })

  it('tell trouble with certificates apart', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'live-'))
    const files = ['-keyout', path.join(dir, 'key'), '-out', path.join(dir, 'cert')]
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '1',
        '-subj',
        '/CN=localhost',
        ...files,
      ],
      { stdio: 'ignore' },
    )
    const tls = { key: readFileSync(path.join(dir, 'key')), cert: readFileSync(path.join(dir, 'cert')) }
    rmSync(dir, { recursive: true })
    const secure = await serve(() => undefined, https.createServer(tls))
    const open = await serve((_, response) => void response.end())
    const text = 'startup: {within: 100ms}\nchecks: [{http: /}]'
    expect((await live(`https://localhost:${String(secure)}`, text)).reason?.what).toMatch(
      /TLS: localhost:\d+ was reached, but its certificate is self-signed/,
    )
    expect((await live(`https://127.0.0.1:${String(open)}`, text)).reason?.what).toMatch(
      /TLS: 127\.0\.0\.1:\d+ does not speak it/,
    )
  })

  it('never send loopback through a proxy', async () => {
    const port = await serve((_, response) => void response.end('direct'))
    const env = { HTTP_PROXY: 'http://127.0.0.1:1', http_proxy: 'http://127.0.0.1:1' }
    expect((await live(`http://localhost:${String(port)}`, '- http: /', { env })).passed).toBe(true)
  })

  it('go through the proxy of the environment', async () => {
    const port = await serve((request, response) => void response.end(request.url))
    const text = '- http: /x\n  expect: {body: "http://shop.example.com/x"}'
    const env = { http_proxy: `http://127.0.0.1:${String(port)}` }
    expect((await live('http://shop.example.com', text, { env })).reason).toBeUndefined()
  })

  it('are cancelled by the signal', async () => {
    const port = await serve(() => undefined)
    const cancel = new AbortController()
    setTimeout(() => cancel.abort(), 50)
    const running = live(`http://127.0.0.1:${String(port)}`, '- http: /', { signal: cancel.signal })
    await expect(running).rejects.toMatchObject({ code: 'cancelled' })
  })

  it.each(['', 'app.example.com', 'ftp://x'])('refuse %j as an address', async (url) => {
    await expect(live(url, '- http: /')).rejects.toMatchObject({ code: 'invalid-input', faults: [{ name: 'url' }] })
  })
})
