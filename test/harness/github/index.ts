// A GitHub of our own to test against: the REST endpoints that we use, stateful, with GitHub's rules, permissions, pages and
// faults. Every request and every answer is held against GitHub's published description; `violations` must stay empty.
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DEPLOYMENT_ROWS } from './deployments.ts'
import type { Asked, DeploymentRecord, Reply, Row, Token, World } from './model.ts'
import { holds, Refusal } from './model.ts'
import type { Operation } from './openapi.ts'
import { operationOf } from './openapi.ts'
import { answerFaults, paged, requestFaults } from './page.ts'
import { RELEASE_ROWS } from './releases.ts'
import { REPOSITORY_ROWS } from './repository.ts'
import { JOB_TOKEN, newWorld } from './world.ts'

const ROWS: Readonly<Record<string, Row>> = { ...DEPLOYMENT_ROWS, ...RELEASE_ROWS, ...REPOSITORY_ROWS }

export interface Call {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: string
  readonly body: Readonly<Record<string, unknown>>
  readonly at: number
  status: number
}

export interface Fault {
  readonly match: (call: Call) => boolean
  /** How often it still happens; for ever by default. */
  times?: number
  /** The answer instead of the real one. */
  readonly status?: number
  readonly message?: string
  /** The body instead of a message. */
  readonly list?: readonly unknown[]
  readonly headers?: Readonly<Record<string, string>>
  /** The connection ends without an answer: before the call is carried out, or after it. */
  readonly drop?: 'before' | 'after'
  /** No answer at all. */
  readonly hangs?: true
  /** The answer comes so much later. */
  readonly delayMs?: number
  /** Answers that many bytes of JSON. */
  readonly bytes?: number
}

export interface GitHubDouble {
  readonly url: string
  readonly world: World
  readonly calls: Call[]
  readonly faults: Fault[]
  readonly violations: string[]
  /** As GitHub makes one for a job with `environment:`. */
  startJob(job: { environment: string; sha: string; runId: string; ref?: string }): DeploymentRecord
  close(): Promise<void>
}

/** @param options.repository its name below `acme`: tests that sweep a shared target need one of their own */
export async function startGitHub({ prefix = '', repository = 'shop' } = {}): Promise<GitHubDouble> {
  const world = newWorld(repository)
  const [calls, faults, violations]: [Call[], Fault[], string[]] = [[], [], []]
  const server = createServer((request, response) => {
    const reply = async (text: string): Promise<unknown> => {
      const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'github.test'}`)
      const isUpload = request.headers['content-type'] === 'application/octet-stream'
      const body = text === '' || isUpload ? {} : (JSON.parse(text) as Record<string, unknown>)
      const call: Call = {
        method: request.method ?? '',
        path: url.pathname.slice(prefix.length),
        query: url.search,
        body,
        at: Date.now(),
        status: 0,
      }
      calls.push(call)
      const fault = faults.find((one) => (one.times ?? 1) > 0 && one.match(call))
      if (fault?.times !== undefined) fault.times -= 1
      if (fault?.hangs) return undefined
      if (fault?.drop === 'before') return request.socket.destroy()
      const answer =
        fault?.status !== undefined ? faulty(fault) : carryOut({ call, text, url, request, world, violations, prefix })
      call.status = answer.status
      if (fault?.drop === 'after') return request.socket.destroy()
      if (fault?.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs))
      response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8', ...answer.headers })
      if (fault?.bytes !== undefined) return response.end(JSON.stringify('x'.repeat(fault.bytes)))
      return response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body))
    }
    void bodyOf(request).then(reply)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${String(port)}${prefix}`,
    ...{ world, calls, faults, violations },
    startJob({ environment, sha, runId, ref = 'main' }) {
      const id = (world.nextId += 1)
      const log_url = `https://github.com/${world.owner}/${world.repository}/actions/runs/${runId}/job/${String(id)}`
      const statuses = [
        { id: (world.nextId += 1), state: 'in_progress', description: '', log_url, environment_url: '' },
      ]
      const record: DeploymentRecord = {
        id,
        sha,
        ref,
        task: 'deploy',
        environment,
        payload: {},
        description: null,
        transient: false,
        production: environment === 'production',
        creator: JOB_TOKEN,
        at: new Date().toISOString(),
        statuses,
      }
      world.deployments.push(record)
      return record
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

const words = (message: string, errors: readonly (object | string)[] = []) => ({
  message,
  documentation_url: 'https://docs.github.com/rest',
  ...(errors.length > 0 ? { errors } : {}),
})

function faulty({ status = 500, message = 'Server Error', headers = {}, list }: Fault): Answer {
  return { status, headers, body: list ?? words(message) }
}

interface Arrived {
  readonly call: Call
  readonly text: string
  readonly url: URL
  readonly request: IncomingMessage
  readonly world: World
  readonly violations: string[]
  readonly prefix: string
}

/** GraphQL is in no OpenAPI description: the one question that we ask there. */
function viewer({ body }: Call, { world, request }: Arrived): Answer {
  const token = tokenOf(request, world)
  if (body.query !== 'query { viewer { login } }') return { status: 400, headers: {}, body: words('unknown query') }
  if (!token) return { status: 401, headers: {}, body: words('Bad credentials') }
  return { status: 200, headers: {}, body: { data: { viewer: { login: token.login } } } }
}

function tokenOf(request: IncomingMessage, world: World): Token | undefined {
  return world.tokens.get(/^(?:Bearer|token) (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '')
}

function carryOut(arrived: Arrived): Answer {
  const { call, text, url, request, world, violations, prefix } = arrived
  if (call.method === 'POST' && url.pathname.endsWith('/graphql')) return viewer(call, arrived)
  const found = operationOf(call.method, call.path)
  if (!found) {
    violations.push(`${call.method} ${call.path} is not in GitHub's description`)
    return { status: 404, headers: {}, body: words('Not Found') }
  }
  const { operation, values } = found
  violations.push(...requestFaults(operation, url, call.body))
  const sent = { query: url.searchParams, body: call.body, content: text, origin: `${url.origin}${prefix}` }
  const reply = answered(operation, { world, values, ...sent }, request)
  const page = 'list' in reply ? paged(reply.list, url, world) : { headers: {}, ...reply }
  violations.push(...answerFaults(operation, page))
  return { status: page.status, headers: page.headers, body: page.body }
}

function answered(
  { name }: Operation,
  asked: Omit<Asked, 'token'>,
  request: IncomingMessage,
): Reply & { headers?: Record<string, string> } {
  const { world, values } = asked
  try {
    const token = tokenOf(request, world)
    if (!token) throw new Refusal(401, 'Bad credentials')
    const row = ROWS[name]
    if (!row) throw new Refusal(501, `the double lacks ${name}`)
    if (values.repo !== undefined && `${values.owner ?? ''}/${values.repo}` !== `${world.owner}/${world.repository}`)
      throw new Refusal(404, 'Not Found')
    if (row.needs && holds(world, 'permissions')) allow(token, row.needs)
    return row.answer({ ...asked, token })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { status: error.status, body: words(error.message, error.errors), headers: { ...error.headers } }
  }
}

function allow({ permissions }: Token, [permission, level]: NonNullable<Row['needs']>): void {
  const given = permissions[permission]
  if (given === 'write' || given === level) return
  const headers = { 'x-accepted-github-permissions': `${permission.replaceAll('-', '_')}=${level}` }
  throw new Refusal(403, 'Resource not accessible by integration', { headers })
}
