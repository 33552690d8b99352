// As much of an engine as `docker stack deploy` asks: it accepts everything and remembers what was created.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import path from 'node:path'

export interface Created {
  readonly kind: string
  readonly body: Record<string, unknown>
}

export interface SwarmManager {
  /** `unix:///…` */
  readonly host: string
  /** What was created since the last call. */
  take(): Created[]
  close(): Promise<void>
}

/** @param external names of networks, secrets and configs that are there already */
export async function startSwarmManager(folder: string, external: readonly string[] = []): Promise<SwarmManager> {
  let created: Created[] = []
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://engine')
      const route = url.pathname.replace(/^\/v\d+\.\d+/, '')
      response.setHeader('Api-Version', '1.48')
      response.setHeader('Ostype', 'linux')
      const [, kind = '', what = ''] = route.split('/')
      if (request.method === 'POST') {
        const text = Buffer.concat(chunks).toString('utf8')
        created.push({ kind, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> })
      }
      const names = [...external, ...created.filter((each) => each.kind === kind).map((each) => String(each.body.Name))]
      const { status, body } = answer(request.method ?? 'GET', { kind, what, names: asked(url) ?? names })
      response.statusCode = status
      response.setHeader('Content-Type', 'application/json')
      response.end(kind === '_ping' ? 'OK' : JSON.stringify(body))
    })
  })
  const socket = path.join(folder, 'manager.sock')
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  return {
    host: `unix://${socket}`,
    take() {
      const taken = created
      created = []
      return taken
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

interface Asked {
  readonly kind: string
  readonly what: string
  readonly names: readonly string[]
}

function answer(method: string, { kind, what, names }: Asked): { status: number; body: unknown } {
  if (method === 'POST') return { status: 201, body: { ID: 'made', Id: 'made' } }
  if (kind === 'info') return { status: 200, body: { Swarm: { LocalNodeState: 'active', ControlAvailable: true } } }
  if (kind === 'networks' && what !== '') return { status: 200, body: { Name: what, Id: what, Scope: 'swarm' } }
  // `docker stack deploy` asks for its own networks by a label: there are none.
  if (kind === 'networks') return { status: 200, body: names.map((Name) => ({ Name, Id: Name, Scope: 'swarm' })) }
  if ((kind === 'secrets' || kind === 'configs') && what !== '') return { status: 404, body: { message: 'not found' } }
  if (kind === 'secrets' || kind === 'configs') {
    return { status: 200, body: names.map((name) => ({ ID: `id-of-${name}`, Spec: { Name: name } })) }
  }
  return { status: 200, body: [] }
}

/** The names that a list is filtered by; undefined: all are asked for. */
function asked(url: URL): readonly string[] | undefined {
  const text = url.searchParams.get('filters')
  if (text === null) return undefined
  const { name = {} } = JSON.parse(text) as { name?: Record<string, boolean> | string[] }
  return Array.isArray(name) ? name : Object.keys(name)
}
