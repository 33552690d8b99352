// GitHub's API behind a company's network: Enterprise Server, certificates of its own, proxies and their exceptions.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import net from 'node:net'
import { networkInterfaces } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { GitHubDouble } from '../harness/github/index.ts'
import { startGitHub } from '../harness/github/index.ts'
import { node24, root } from '../harness/node.ts'
import { selfSigned } from '../harness/registry.ts'
import { tempDir } from '../harness/temp.ts'

const listen = async (server: net.Server, host = '127.0.0.1'): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return (server.address() as AddressInfo).port
}

let github: GitHubDouble
let front: https.Server
let proxy: http.Server
let tlsPort: number
let proxyUrl: string
/** Where the proxy was asked to connect to. */
const connected: string[] = []
const certificate = selfSigned(tempDir('ghes'))
/** An address of this machine that is not loopback: those never go by a proxy. */
const own = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address

beforeAll(async () => {
  github = await startGitHub({ prefix: '/api/v3' })
  const { hostname, port } = new URL(github.url)
  const keys = { cert: readFileSync(certificate.cert), key: readFileSync(certificate.key) }
  front = https.createServer(keys, (request, response) => {
    const { method, url, headers } = request
    const upstream = http.request({ hostname, port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    request.pipe(upstream)
  })
  tlsPort = await listen(front, '0.0.0.0')
  proxy = http.createServer()
  proxy.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
    connected.push(request.url ?? '')
    const onward = net.connect(tlsPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.pipe(onward).pipe(socket)
    })
    for (const one of [socket, onward]) one.on('error', () => one.destroy())
  })
  proxyUrl = `http://127.0.0.1:${String(await listen(proxy))}`
})
beforeEach(() => {
  connected.length = 0
})
afterAll(async () => {
  for (const server of [front, proxy]) {
    server.closeAllConnections()
    server.close()
  }
  await github.close()
})

/** In a process of its own, because Node reads NODE_EXTRA_CA_CERTS once. */
async function ask(apiUrl: string, env: Readonly<Record<string, string>>): Promise<string> {
  const client = pathToFileURL(path.join(root, 'src/adapters/github/client.ts')).href
  const script = `
    import { createClient } from ${JSON.stringify(client)}
    const clock = { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) }
    const signal = new AbortController().signal
    const api = { apiUrl: ${JSON.stringify(apiUrl)}, repository: 'acme/shop', token: 'job-token' }
    const call = { method: 'GET', path: 'repos/acme/shop/deployments', needs: 'deployments: read' }
    try {
      console.log(JSON.stringify(await createClient({ ...api, env: process.env, clock, signal, deadlineMs: 4000 }).request(call)))
    } catch (error) { console.log(error.code + ': ' + error.what) }
    process.exit(0)`
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script]
  const child = spawn(node24, args, { env: { PATH: process.env['PATH'], HOME: tempDir('home'), ...env } })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (out += text))
  await new Promise((resolve) => child.once('close', resolve))
  return out.trim()
}

const trusted = { NODE_EXTRA_CA_CERTS: certificate.cert }

describe('certificates', () => {
  const apiUrl = () => `https://localhost:${String(tlsPort)}/api/v3`

  it('of an authority of the company are trusted by NODE_EXTRA_CA_CERTS', async () => {
    expect(await ask(apiUrl(), trusted)).toBe('[]')
  })

  it('of nobody are not: the error says so', async () => {
    expect(await ask(apiUrl(), {})).toMatch(/^github-unavailable: .*certificate/)
  })
})

describe('a proxy', () => {
  it('is used for https, also by its name in small letters', async () => {
    for (const name of ['HTTPS_PROXY', 'https_proxy']) {
      // The certificate is made for localhost: the name is what the proxy is asked for.
      const answer = await ask('https://ghes.example/api/v3', { ...trusted, [name]: proxyUrl })
      expect(answer).toMatch(/certificate|altnames/i)
    }
    expect(connected).toEqual(['ghes.example:443', 'ghes.example:443'])
  })

  it.skipIf(own === undefined).each([
    { exceptions: '203.0.113.0/24', goesBy: 1 },
    { exceptions: `${(own ?? '').split('.').slice(0, 2).join('.')}.0.0/16`, goesBy: 0 },
    { exceptions: `ghes.example, ${own ?? ''}`, goesBy: 0 },
    { exceptions: '*', goesBy: 0 },
  ])('is left out by NO_PROXY=$exceptions: $goesBy connections', async ({ exceptions, goesBy }) => {
    const apiUrl = `https://${own ?? ''}:${String(tlsPort)}/api/v3`
    await ask(apiUrl, { ...trusted, HTTPS_PROXY: proxyUrl, NO_PROXY: exceptions })
    expect(connected).toHaveLength(goesBy)
  })

  it('that is away is an answer in time, and no request went around it', async () => {
    const before = github.calls.length
    const answer = await ask(`https://ghes.example/api/v3`, { ...trusted, HTTPS_PROXY: 'http://127.0.0.1:9' })
    expect(answer).toMatch(/^github-unavailable/)
    expect(github.calls).toHaveLength(before)
  })
})

it('the folder of Docker’s certificates works too', async () => {
  const home = tempDir('home')
  const folder = path.join(home, '.config/docker/certs.d', `localhost:${String(tlsPort)}`)
  const { mkdirSync } = await import('node:fs')
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'ca.crt'), readFileSync(certificate.cert))
  expect(await ask(`https://localhost:${String(tlsPort)}/api/v3`, { HOME: home })).toBe('[]')
})
