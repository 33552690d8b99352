import https from 'node:https'

/** One pool of connections a client; HTTPS_PROXY and NO_PROXY hold on Node 24, older versions connect directly. */
export function httpsAgent(env: Readonly<Record<string, string | undefined>>): https.Agent {
  const options = { keepAlive: true, maxSockets: 50, proxyEnv: env }
  return new https.Agent(options)
}
