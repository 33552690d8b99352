// A proxy that misbehaves on demand, in front of a registry or any other HTTP server.
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { drip } from './drip.ts'
import { freePort, reachableFromCluster } from './ports.ts'
import { selfSigned } from './registry.ts'
import { tempDir } from './temp.ts'

export interface ProxyRequest {
  method: string
  /** With the query. */
  path: string
  headers: http.IncomingHttpHeaders
}

export interface ProxyAnswer {
  status: number
  headers: http.IncomingHttpHeaders
  body: Buffer
}

export interface Fault {
  match: (request: ProxyRequest) => boolean | Promise<boolean>
  /** How many matching requests it hits; 1 unless told, Infinity for all. */
  times?: number
  /** Waits first; alone, the request then goes through. */
  delayMs?: number
  /** Answers this instead of asking the server behind. */
  status?: number
  headers?: Record<string, string>
  body?: string
  /**
   * Cuts the connection: before the server behind hears of it (`request`), after it has done the work but before its
   * answer (`answer`), or in the middle of the body (`body`).
   */
  reset?: 'request' | 'answer' | 'body'
  /** Takes the request and never answers. */
  silent?: boolean
  /** Answers one byte a second. */
  drips?: boolean
  /** Changes the real answer in place. Content-Length follows the body. */
  rewrite?: (answer: ProxyAnswer) => void
}

export interface FaultProxy {
  host: string
  url: string
  ca?: string
  /** Looked through in order; the first that matches and isn't used up acts. */
  faults: Fault[]
  /** What was asked and answered; status 0 = the connection was cut. */
  requests: { method: string; path: string; status: number; at: number; authorization?: string }[]
  stop: () => Promise<void>
}

// Registries answer 404 for a type that the client doesn't name.
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]

export const matching =
  (method: string, path: RegExp) =>
  (request: ProxyRequest): boolean =>
    request.method === method && path.test(request.path)

/** A registry that answers with another digest than that of the bytes. */
export const wrongDigest = (path: RegExp, times = 1): Fault => ({
  match: (request) => /GET|HEAD/.test(request.method) && path.test(request.path),
  times,
  rewrite: (answer) => {
    answer.headers['docker-content-digest'] = `sha256:${'0'.repeat(64)}`
  },
})

/** A registry that serves other bytes than were stored, under the right digest. */
export const alteredBytes = (path: RegExp, times = 1): Fault => ({
  match: matching('GET', path),
  times,
  rewrite: (answer) => {
    answer.body = Buffer.concat([answer.body, Buffer.from('\n')])
  },
})

/** An immutable registry: a tag that exists can't be pushed again, not even with the same content. */
export const immutableTags = (upstream: string, tag = /./, status = 409): Fault => ({
  times: Infinity,
  match: async (request) => {
    const name = /^\/v2\/.+\/manifests\/([^:]+)$/.exec(request.path)?.[1]
    if (request.method !== 'PUT' || name === undefined || !tag.test(name)) return false
    const headers = {
      accept: manifestTypes.join(', '),
      ...(request.headers.authorization && { authorization: request.headers.authorization }),
    }
    return (await fetch(upstream + request.path, { method: 'HEAD', headers })).ok
  },
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ errors: [{ code: 'TAG_INVALID', message: 'tag is immutable' }] }),
})

/** `upstream` is a URL (`http://127.0.0.1:PORT`); its certificate, if any, is not checked. */
export async function startFaultProxy(upstream: string, options: { tls?: boolean } = {}): Promise<FaultProxy> {
  const { hostname, port: behindPort, protocol } = new URL(upstream)
  const behind = protocol === 'https:' ? https : http
  const agent = new behind.Agent({ keepAlive: true })
  const faults: Fault[] = []
  const used = new Map<Fault, number>()
  const requests: FaultProxy['requests'] = []

  const pick = async (request: ProxyRequest): Promise<Fault | undefined> => {
    for (const fault of faults) {
      const left = (fault.times ?? 1) - (used.get(fault) ?? 0)
      if (left <= 0 || !(await fault.match(request))) continue
      used.set(fault, (used.get(fault) ?? 0) + 1)
      return fault
    }
    return undefined
  }

  const handle = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/', headers } = request
    const seen: FaultProxy['requests'][number] = { method, path: url, status: 0, at: performance.now() }
    if (headers.authorization !== undefined) seen.authorization = headers.authorization
    requests.push(seen)
    const cut = () => request.socket.destroy()
    const fault = await pick({ method, path: url, headers })
    if (fault?.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs))
    if (fault?.silent) return void request.resume()
    if (fault?.reset === 'request') return void cut()
    if (fault?.status !== undefined) {
      // The body is read to its end: a client that is still sending would see a reset instead of the answer.
      request.resume()
      await new Promise((resolve) => (request.readableEnded ? resolve(undefined) : request.once('end', resolve)))
      seen.status = fault.status
      response.writeHead(fault.status, fault.headers).end(method === 'HEAD' ? undefined : fault.body)
      return
    }
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      // The Host header stays the client's, so that a registry's Location points back here.
      const onward = behind.request(
        { hostname, port: behindPort, method, path: url, headers, agent, rejectUnauthorized: false },
        resolve,
      )
      onward.on('error', reject)
      request.pipe(onward)
    })
    if (fault?.rewrite === undefined && fault?.reset === undefined && !fault?.drips) {
      seen.status = answer.statusCode ?? 0
      response.writeHead(seen.status, answer.headers)
      answer.on('error', cut).pipe(response)
      return
    }
    const body = Buffer.concat(await answer.toArray())
    if (fault.reset === 'answer') return void cut()
    if (fault.drips && method !== 'HEAD') {
      response.writeHead(answer.statusCode ?? 0, { ...answer.headers, 'content-length': body.length })
      drip(response, body)
      return
    }
    const changed: ProxyAnswer = { status: answer.statusCode ?? 0, headers: answer.headers, body }
    fault.rewrite?.(changed)
    if (method !== 'HEAD') {
      delete changed.headers['transfer-encoding']
      changed.headers['content-length'] = String(changed.body.length)
    }
    response.writeHead(changed.status, changed.headers)
    if (fault.reset === 'body') {
      response.write(changed.body.subarray(0, changed.body.length / 2), cut)
      return
    }
    seen.status = changed.status
    response.end(method === 'HEAD' ? undefined : changed.body)
  }

  const tls = options.tls === true ? selfSigned(tempDir('proxy')) : undefined
  const listener = (request: http.IncomingMessage, response: http.ServerResponse) => {
    handle(request, response).catch(() => request.socket.destroy())
  }
  const server = tls
    ? https.createServer({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) }, listener)
    : http.createServer(listener)
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const close = reachableFromCluster(port)
  const host = `127.0.0.1:${port}`
  return {
    host,
    url: `${tls ? 'https' : 'http'}://${host}`,
    ...(tls && { ca: tls.cert }),
    faults,
    requests,
    stop: async () => {
      close()
      agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
