// An engine that refuses or lies on demand: a proxy on a unix socket in front of a real one, for the target's endpoint.
import http from 'node:http'
import path from 'node:path'
import { drip } from './drip.ts'
import { tempDir } from './temp.ts'

export interface EngineRule {
  /** The path comes without its version prefix and with its query: `/services/ID/update?version=7`. */
  match: (method: string, path: string) => boolean
  /** Waits before anything else. */
  hold?: (path: string) => Promise<void>
  /** Takes the request and never answers. */
  silent?: boolean
  /** Answers one byte a second. */
  drips?: boolean
  /** Answers this instead of asking the engine. */
  refuse?: { status: number; message: string }
  /** Cuts the connection: before the engine hears of it, or after it has done the work. */
  cut?: 'request' | 'answer'
  /** What is told instead of the engine's JSON; may change it in place. */
  rewrite?: (answer: unknown, path: string) => unknown
  /** Changes what the engine gets to see of a JSON body. */
  rewriteRequest?: (body: unknown) => unknown
}

export interface EngineProxy {
  /** `unix:///…`: a value for docker-host. */
  host: string
  /** All that match act, in order. Change it at any time. */
  rules: EngineRule[]
  requests: { method: string; path: string; status: number }[]
  stop: () => Promise<void>
}

/** `upstream`: `unix:///…`. Upgraded connections (exec, attach, build sessions) are not carried. */
export async function startEngineProxy(upstream: string): Promise<EngineProxy> {
  const socketPath = upstream.replace('unix://', '')
  const agent = new http.Agent({ keepAlive: true })
  const rules: EngineRule[] = []
  const requests: EngineProxy['requests'] = []

  const handle = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/', headers } = request
    const plain = url.replace(/^\/v\d+\.\d+(?=\/)/, '')
    const seen = { method, path: plain, status: 0 }
    requests.push(seen)
    const acting = rules.filter((rule) => rule.match(method, plain))
    for (const rule of acting) await rule.hold?.(plain)
    if (acting.some((rule) => rule.silent)) return void request.resume()
    if (acting.some((rule) => rule.cut === 'request')) return void request.socket.destroy()
    const refusal = acting.find((rule) => rule.refuse)?.refuse
    if (refusal) {
      await request.resume().toArray()
      seen.status = refusal.status
      const body = JSON.stringify({ message: refusal.message })
      response.writeHead(refusal.status, { 'content-type': 'application/json' }).end(body)
      return
    }
    const changesBody = acting.filter((rule) => rule.rewriteRequest)
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const onward = http.request({ socketPath, method, path: url, headers: { ...headers }, agent }, resolve)
      onward.on('error', reject)
      // A client that leaves (an event stream that is closed) must not leave the engine talking to nobody.
      response.on('close', () => onward.destroy())
      if (changesBody.length === 0) return void request.pipe(onward)
      request.toArray().then((chunks: Buffer[]) => {
        const body = changesBody.reduce<unknown>(
          (value, rule) => rule.rewriteRequest?.(value),
          JSON.parse(Buffer.concat(chunks).toString('utf8')),
        )
        onward.removeHeader('content-length')
        onward.end(JSON.stringify(body))
      }, reject)
    })
    seen.status = answer.statusCode ?? 0
    if (acting.some((rule) => rule.cut === 'answer')) {
      await answer.toArray()
      return void request.socket.destroy()
    }
    if (acting.some((rule) => rule.drips)) {
      const body = Buffer.concat((await answer.toArray()) as Buffer[])
      response.writeHead(seen.status, { 'content-type': 'application/json', 'content-length': body.length })
      drip(response, body)
      return
    }
    const liars = acting.filter((rule) => rule.rewrite)
    if (liars.length === 0 || seen.status >= 300) {
      response.writeHead(seen.status, answer.headers)
      response.flushHeaders()
      answer.on('error', () => request.socket.destroy()).pipe(response)
      return
    }
    const truth: unknown = JSON.parse(Buffer.concat((await answer.toArray()) as Buffer[]).toString('utf8'))
    const told = liars.reduce<unknown>((value, rule) => rule.rewrite?.(value, plain) ?? value, truth)
    const date = answer.headers.date === undefined ? {} : { date: answer.headers.date }
    response.writeHead(seen.status, { 'content-type': 'application/json', ...date }).end(JSON.stringify(told))
  }

  const server = http.createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy())
  })
  const file = path.join(tempDir('engine'), 'docker.sock')
  await new Promise<void>((resolve) => server.listen(file, resolve))
  return {
    host: `unix://${file}`,
    rules,
    requests,
    stop: async () => {
      agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
