import http from 'node:http'
import https from 'node:https'
import tls from 'node:tls'
import { fault } from './fault.ts'

/** An agent whose connections go through a proxy by CONNECT; TLS stays end to end. */
export function tunnelAgent(proxy: URL, settings: https.AgentOptions): https.Agent {
  const agent = new https.Agent(settings)
  const connect = (options: tls.ConnectionOptions, done: (error: Error | null, socket?: tls.TLSSocket) => void) => {
    const target = `${options.host ?? ''}:${String(options.port ?? 443)}`
    const open = proxy.protocol === 'https:' ? https.request : http.request
    const request = open(proxy, { method: 'CONNECT', path: target, headers: { host: target, ...login(proxy) } })
    request.once('error', (error) => done(error))
    request.once('connect', (response, socket) => {
      if (response.statusCode === 200) {
        done(null, tls.connect({ ...options, socket }))
        return
      }
      socket.destroy()
      const status = String(response.statusCode)
      done(fault('EPROXY', `the proxy ${proxy.host} answered ${status} to CONNECT ${target}`))
    })
    request.end()
  }
  return Object.assign(agent, { createConnection: connect })
}

function login(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {}
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` }
}
