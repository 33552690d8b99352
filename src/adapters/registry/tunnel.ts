import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import tls from 'node:tls'
import { within } from '../../async/deadline.ts'
import type { Duration } from '../../domain/duration.ts'
import { errorMessage } from '../../errors/message.ts'
import { fault } from './fault.ts'

interface Limits {
  readonly signal: AbortSignal
  /** For the proxy's answer, and again for the handshake through it. */
  readonly within: Duration
}

type Done = (error: Error | null, socket?: tls.TLSSocket) => void

/** An agent whose connections go through a proxy by CONNECT; TLS stays end to end. */
export function tunnelAgent(proxy: URL, settings: https.AgentOptions, limits: Limits): https.Agent {
  const connect = (options: tls.ConnectionOptions, done: Done): void => {
    open(proxy, options, limits).then(
      (socket) => done(null, socket),
      (error: unknown) => done(error instanceof Error ? error : new Error(errorMessage(error))),
    )
  }
  return Object.assign(new https.Agent(settings), { createConnection: connect })
}

async function open(proxy: URL, options: tls.ConnectionOptions, limits: Limits): Promise<tls.TLSSocket> {
  const { signal, within: ms } = limits
  const target = `${options.host ?? ''}:${String(options.port ?? 443)}`
  const late = (what: string) => () => fault('ETIMEDOUT', `${what} within ${String(ms / 1000)} s`)
  const unanswered = late(`the proxy ${proxy.host} did not answer CONNECT ${target}`)
  const raw = await within({ ms, signal, late: unanswered }, (limit) => throughProxy(proxy, target, limit))
  const unfinished = late(`no TLS handshake with ${target} through the proxy ${proxy.host}`)
  return within({ ms, signal, late: unfinished }, (limit) => handshake(options, raw, limit))
}

function throughProxy(proxy: URL, target: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const send = proxy.protocol === 'https:' ? https.request : http.request
    const request = send(proxy, { method: 'CONNECT', path: target, headers: { host: target, ...login(proxy) }, signal })
    request.once('error', reject)
    request.once('connect', (response, socket: Socket) => {
      if (response.statusCode === 200) {
        resolve(socket)
        return
      }
      socket.destroy()
      const status = String(response.statusCode)
      reject(fault('EPROXY', `the proxy ${proxy.host} answered ${status} to CONNECT ${target}`))
    })
    request.end()
  })
}

function handshake(options: tls.ConnectionOptions, raw: Socket, signal: AbortSignal): Promise<tls.TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ ...options, socket: raw })
    const cut = (): void => void socket.destroy()
    const settle = (): void => {
      signal.removeEventListener('abort', cut)
      socket.removeListener('error', failed)
    }
    const failed = (error: Error): void => {
      settle()
      reject(error)
    }
    signal.addEventListener('abort', cut, { once: true })
    socket.once('error', failed)
    socket.once('secureConnect', () => {
      settle()
      resolve(socket)
    })
  })
}

function login(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {}
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` }
}
