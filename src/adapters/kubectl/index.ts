import type { Agent, IncomingMessage } from 'node:http'
import type { Patience } from '../../async/patience.ts'
import { createPatience } from '../../async/patience.ts'
import { within } from '../../async/deadline.ts'
import { sleep } from '../../async/sleep.ts'
import { parseJson } from '../../domain/json.ts'
import { cancelled, DeployError } from '../../errors/deploy-error.ts'
import { errorMessage } from '../../errors/message.ts'
import type { KubeAnswer, KubeApi, KubeRequest } from '../../ports.ts'
import { openDoor } from './forward.ts'
import type { Raw, Server } from './http.ts'
import { createAgent, open, send } from './http.ts'
import { contextNamespace } from './kubeconfig.ts'
import type { Proxy } from './proxy.ts'
import type { ProxyServer } from './server.ts'
import { createProxyServer } from './server.ts'

export interface KubectlOptions {
  readonly context: string | undefined
  /** `v1.33.1[@sha256:…]`; undefined: the machine's. */
  readonly version: string | undefined
  /** The process's environment: PATH, HOME, KUBECONFIG and what authentication plugins need. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** For the socket's private folder; the runner's or the machine's temporary folder by default. */
  readonly folder?: string
  readonly onWarning?: (text: string) => void
  /** Aborted when the run is cancelled. What cleans up afterwards still has a little time. */
  readonly signal?: AbortSignal | undefined
  /** Where kubectl is downloaded from. */
  readonly downloads?: string
}

const PATIENCE_MS = 3000
/** For one whole answer of an API that has taken the request. */
const ANSWER_WITHIN_MS = 10_000
const VERSION_TRIES = 20
const BUSY = new Set([429, 500, 502, 503, 504])

/** The cluster's API through one `kubectl proxy`, started at the first request and gone with `close`. */
export function openKubectl(options: KubectlOptions): KubeApi {
  const agent = createAgent()
  const proxies = createProxyServer(options)
  const { signal } = options
  const context: RequestContext = { agent, proxies, patience: createPatience(signal), signal, version: undefined }
  return {
    namespace: () => contextNamespace(options.env, options.context),
    async clientVersion() {
      // It is in the log of the first request, which may come after the answer.
      for (let tries = 0; context.version === undefined && tries < VERSION_TRIES; tries++) {
        context.version = (await proxies.current())?.clientVersion()
        if (context.version === undefined) await sleep(10)
      }
      return context.version
    },
    request: (method, path, details = {}) => request(context, method, path, details),
    watch: (path, details) => watch(context, path, details),
    forward: (path) => openDoor(agent, async () => (await proxies.get()).socket, path),
    async close() {
      agent.destroy()
      await proxies.close()
    },
  }
}

interface RequestContext {
  readonly agent: Agent
  readonly proxies: ProxyServer
  readonly patience: Patience
  readonly signal: AbortSignal | undefined
  /** kubectl's own, as soon as a proxy has written it to its log. */
  version: string | undefined
}

async function request(
  context: RequestContext,
  method: string,
  path: string,
  details: KubeRequest,
): Promise<KubeAnswer> {
  const { proxies, signal } = context
  const until = Date.now() + (details.patience ?? PATIENCE_MS)
  let server = await proxies.get()
  let renewed = false
  for (let attempt = 0; ; attempt++) {
    const raw = await ask(context, server, { ...details, method, path })
    context.version ??= server.clientVersion()
    if (raw.status === 401 && !renewed) {
      // A token that ran out while this process held it: a new one reads the kubeconfig and asks the plugin again.
      renewed = true
      server = await proxies.get(server)
      continue
    }
    if (raw.status === 401) throw denied(path, raw, server)
    const trouble = isTrouble(raw)
    const pause = Math.min(100 * 2 ** attempt, 2000) * (0.5 + Math.random() / 2)
    const wait = Math.max(pause, Math.min(raw.retryAfter ?? 0, 10) * 1000)
    if (trouble === 'none') return answerOf(raw)
    if (trouble === 'final' || signal?.aborted || Date.now() + wait > until) {
      if (raw.status !== 0 && raw.type.includes('json')) return answerOf(raw)
      throw unreachable(raw, server)
    }
    await sleep(wait, details.signal)
    if (details.signal?.aborted) throw cancelled()
    server = await proxies.get(server.ended() ? server : undefined)
  }
}

function answerOf(raw: Raw): KubeAnswer {
  return { status: raw.status, body: parsed(raw), ...(raw.at === undefined ? {} : { at: raw.at }) }
}

async function ask(
  { agent, patience }: RequestContext,
  server: Proxy,
  { method, path, ...details }: KubeRequest & { readonly method: string; readonly path: string },
): Promise<Raw> {
  const deadline = patience.open(ANSWER_WITHIN_MS, details.signal)
  try {
    const at = { agent, socketPath: server.socket }
    const raw = await send(at, method, path, { ...details, signal: deadline.signal })
    patience.answered()
    return raw
  } catch (error) {
    return failure(error, deadline.signal, details)
  } finally {
    deadline.close()
  }
}

type WatchRequest = KubeRequest & { readonly signal: AbortSignal }

async function* watch({ agent, proxies }: RequestContext, path: string, details: WatchRequest): AsyncGenerator {
  const { socket } = await proxies.get()
  const query = { ...details.query, watch: true, allowWatchBookmarks: true }
  const response = await begin({ agent, socketPath: socket }, path, { ...details, query })
  if (response.statusCode !== 200) {
    response.resume()
    yield { type: 'ERROR', object: { code: response.statusCode } }
    return
  }
  let rest = ''
  response.setEncoding('utf8')
  for await (const text of response as AsyncIterable<string>) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') yield parseJson(line)
  }
}

/** A watch has no end of its own, but its answer begins soon or never. */
function begin(server: Server, path: string, details: WatchRequest): Promise<IncomingMessage> {
  const { signal } = details
  const late = (): Error => new Error(`the watch did not begin within ${String(ANSWER_WITHIN_MS / 1000)} s`)
  const opened = open(server, 'GET', path, details)
  return within({ ms: ANSWER_WITHIN_MS, signal, late }, () => opened)
}

/** An answer that is cut half-way ends with the socket's own error: the limit is the reason. */
function failure(error: unknown, limit: AbortSignal, details: KubeRequest): Raw {
  if (details.signal?.aborted) throw cancelled()
  const late = [error, limit.reason].some((reason) => reason instanceof DOMException && reason.name === 'TimeoutError')
  const text = late ? 'it took the request and did not answer in time' : errorMessage(error)
  return { status: 0, type: '', retryAfter: undefined, at: undefined, text }
}

/** `again`: there was no answer, or none now. `final`: the proxy cannot reach the cluster; asking again does not help. */
function isTrouble(raw: Raw): 'none' | 'again' | 'final' {
  if (raw.status === 0) return 'again'
  if (!BUSY.has(raw.status)) return 'none'
  // Server-side apply answers with 500 what does not fit the kind's schema: it will say the same every time.
  if (raw.status === 500 && raw.text.includes('failed to create typed patch object')) return 'none'
  // kubectl's own words are plain text: no credentials, a certificate that is not trusted.
  if (!raw.type.includes('json') && /getting credentials|x509|exec plugin/.test(raw.text)) return 'final'
  return 'again'
}

function parsed(raw: Raw): unknown {
  if (!raw.type.includes('json')) return raw.text
  try {
    return parseJson(raw.text)
  } catch {
    return raw.text
  }
}

function unreachable(raw: Raw, proxy: Proxy): DeployError {
  const reported = raw.text.trim().slice(0, 500) || `HTTP ${String(raw.status)}`
  if (raw.text.includes('getting credentials') || raw.text.includes('exec plugin')) {
    return new DeployError('target-denied', `kubectl got no credentials for the cluster: ${reported}`, {
      isLasting: true,
      evidence: proxy.complaints(),
      fix: 'Run the authentication step of your cloud before this one; the user’s exec plugin must work on this runner.',
    })
  }
  return new DeployError('target-unreachable', `the cluster does not answer: ${reported}`, {
    evidence: proxy.complaints(),
    fix: raw.text.includes('x509')
      ? 'The certificate is not trusted: check certificate-authority in the kubeconfig.'
      : 'Check the server in the kubeconfig, and that this runner can reach it (private clusters need a runner inside the network).',
  })
}

function denied(path: string, raw: Raw, proxy: Proxy): DeployError {
  return new DeployError('target-denied', `the cluster refuses the credentials (401 for ${path})`, {
    isLasting: true,
    evidence: [raw.text.slice(0, 300), ...proxy.complaints()],
    fix: 'The token has expired or is not valid for this cluster: run the authentication step again, right before this one.',
  })
}
