// A release through the published bundle where GitHub is an Enterprise Server behind a company's network, or where the
// job was given no token: the deploy never depends on it, and what is missing is said.
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import net from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { stateOf } from '../harness/github/deployments.ts'
import type { GitHubDouble } from '../harness/github/index.ts'
import { startGitHub } from '../harness/github/index.ts'
import { describeWith } from '../harness/lab.ts'
import { selfSigned } from '../harness/registry.ts'
import { tempDir } from '../harness/temp.ts'
import type { Told } from './world.ts'
import { freshRun, World } from './world.ts'

/** An address of this machine that is not loopback: loopback never goes by a proxy. */
const own = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address

const listen = async (server: net.Server, host = '127.0.0.1'): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return (server.address() as AddressInfo).port
}

describeWith('docker', 'registry')('behind a company’s network', () => {
  const names = ['DNS:ghes.example', ...(own === undefined ? [] : [`IP:${own}`])]
  const certificate = selfSigned(tempDir('ghes'), names.join(','))
  /** Where the proxy was asked to connect to. */
  const connected: string[] = []
  const proxy = http.createServer()
  let front: https.Server
  let frontPort: number
  let proxyUrl: string
  let github: GitHubDouble
  let world: World

  beforeAll(async () => {
    world = await World.open({ services: ['web'], replicas: 1 })
    const keys = { cert: readFileSync(certificate.cert), key: readFileSync(certificate.key) }
    front = https.createServer(keys, (request, response) => {
      const { method, url, headers } = request
      const { hostname, port } = new URL(github.url)
      const upstream = http.request({ hostname, port, method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(response)
      })
      request.pipe(upstream)
    })
    frontPort = await listen(front, '0.0.0.0')
    proxy.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
      connected.push(request.url ?? '')
      const onward = net.connect(frontPort, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.pipe(onward).pipe(socket)
      })
      for (const one of [socket, onward]) one.on('error', () => one.destroy())
    })
    proxyUrl = `http://127.0.0.1:${String(await listen(proxy))}`
  })
  afterAll(async () => {
    for (const server of [front, proxy]) {
      server.closeAllConnections()
      server.close()
    }
    await world.close()
  })
  beforeEach(async () => {
    connected.length = 0
    github = await startGitHub({ prefix: '/api/v3' })
  })
  afterEach(async () => {
    expect(github.violations).toEqual([])
    await github.close()
  })

  let version = 0
  /** A new commit, released in a job with that API and environment. */
  async function release(apiUrl: string, env: Record<string, string>, token = 'job-token'): Promise<Told> {
    version += 1
    const revision = world.app.commit(`v${String(version)}`, { version: `v${String(version)}` })
    github.world.refs.set(revision, revision)
    github.world.ancestors.set(revision, [])
    const server = new URL(apiUrl).origin
    const context = { api_url: apiUrl, server_url: server, token, ...freshRun() }
    const run = await world.release({}, { env, github: context })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    return run
  }
  const recorded = () => github.world.deployments.map(stateOf)
  const trusted = { NODE_EXTRA_CA_CERTS: certificate.cert }
  const told = ({ result, annotations }: Told) =>
    [...result.warnings, ...annotations.map(({ message }) => message)].filter((text) => /github/i.test(text))

  it('an Enterprise Server with a certificate of its own, through the proxy: the release is on record there', async () => {
    const run = await release('https://ghes.example/api/v3', { ...trusted, HTTPS_PROXY: proxyUrl })
    expect(recorded(), run.log).toEqual(['success'])
    expect(new Set(connected)).toEqual(new Set(['ghes.example:443']))
    expect(run.result.run?.url).toMatch(/^https:\/\/ghes\.example\/acme\/shop\/actions\/runs\//)
  })

  it.skipIf(own === undefined)('NO_PROXY with a range of addresses goes around the proxy', async () => {
    const range = `${(own ?? '').split('.').slice(0, 2).join('.')}.0.0/16`
    const env = { ...trusted, HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: `.corp, ${range}` }
    const run = await release(`https://${own ?? ''}:${String(frontPort)}/api/v3`, env)
    expect(recorded(), run.log).toEqual(['success'])
  })

  it('a certificate that nobody trusts is said, and the deploy is green', async () => {
    const run = await release('https://ghes.example/api/v3', { HTTPS_PROXY: proxyUrl })
    expect(told(run).join('\n')).toMatch(/certificate/)
    expect(github.calls).toEqual([])
  })

  it('without a token nothing is asked of GitHub, and the deploy is green', async () => {
    const run = await release('https://ghes.example/api/v3', { ...trusted, HTTPS_PROXY: proxyUrl }, '')
    expect(run.annotations.filter(({ level }) => level === 'error')).toEqual([])
    expect(connected).toEqual([])
    expect(told(run)).toEqual([])
  })
})
