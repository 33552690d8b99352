// A rollback by hand among many tags: what is asked of the registry, and how long until the first change.
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { ms, pause, report } from './measure.ts'
import { watched } from './rows-target.ts'
import type { World } from './world.ts'
import { SMOKE } from './world.ts'

const TAGS = 20_000
const PAGE = 100
const LATENCY_MS = 60
const LIMIT_MS = 1000
const LIMIT_REQUESTS = 20

export async function historyRows(world: World): Promise<void> {
  const front = await crowdedRegistry(world.registry.url)
  const app = world.app('healthy')
  const name = 'bench-history'
  const image = `${front.host}/bench/history`
  try {
    await world.docker.call('POST', '/services/create', {
      Name: name,
      TaskTemplate: { ContainerSpec: { Image: `${image}:none` }, RestartPolicy: { Condition: 'any', Delay: 1e9 } },
      Mode: { Replicated: { Replicas: 1 } },
      UpdateConfig: { Order: 'start-first', Monitor: 1e6, Parallelism: 0 },
    })
    const place = { image, 'deploy-to': 'swarm', workload: name, stability: '0s' }
    for (const version of ['one', 'two']) {
      app.commit(version, { version })
      await world.action('release', { ...place, smoke: SMOKE }, { cwd: app.dir, outcome: 'healthy' })
      await pause(200)
    }
    front.slow(LATENCY_MS)
    const proxy = await watched(world.socket)
    const start = performance.now()
    const inputs = { ...place, to: 'previous', 'docker-host': `unix://${proxy.path}` }
    const done = await world.action('rollback', inputs, { cwd: app.dir, outcome: 'healthy' })
    const first = proxy.firstChange()
    proxy.close()
    if (first === undefined) throw new Error(done.stdout)
    const time = first - start
    report({
      name: `rollback among ${String(TAGS)} tags, pages of ${String(PAGE)}, ${String(LATENCY_MS)} ms a request → first change`,
      ours: ms(time),
      floor: `${String(front.requests())} requests`,
      ratio: '',
      bound: `<= ${String(LIMIT_MS)} ms, <= ${String(LIMIT_REQUESTS)} requests`,
      ok: time <= LIMIT_MS && front.requests() <= LIMIT_REQUESTS,
    })
  } finally {
    await world.docker.call('DELETE', `/services/${name}`)
    front.close()
  }
}

/** A registry in front of the real one that lists many more tags, a hundred a page, and takes its time when told to. */
async function crowdedRegistry(upstream: string) {
  const crowd = Array.from({ length: TAGS }, (_, index) =>
    index % 2 === 0 ? `candidate-${String(index).padStart(40, '0')}-1-1` : `sha-${String(index).padStart(40, '0')}`,
  )
  let latency = 0
  let count = 0
  const server = http.createServer((request, response) => {
    count += 1
    setTimeout(() => void answer(request, response).catch(() => response.writeHead(502).end()), latency)
  })

  async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', upstream)
    if (!url.pathname.endsWith('/tags/list')) {
      forward(request, response, url)
      return
    }
    const real = (await (await fetch(new URL(url.pathname, upstream))).json()) as { tags?: string[] | null }
    const all = [...crowd, ...(real.tags ?? [])].sort()
    const last = url.searchParams.get('last') ?? ''
    const after = all.filter((tag) => tag > last)
    const tags = after.slice(0, PAGE)
    const next = `${url.pathname}?n=${String(PAGE)}&last=${tags.at(-1) ?? ''}`
    const headers = after.length > PAGE ? { link: `<${next}>; rel="next"` } : {}
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ tags }))
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests: () => count,
    slow(time: number) {
      latency = time
      count = 0
    },
    close: () => server.close(),
  }
}

function forward(request: http.IncomingMessage, response: http.ServerResponse, url: URL): void {
  const { method, headers } = request
  const out = http.request(url, { method, headers: { ...headers, host: url.host } }, (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers)
    reply.pipe(response)
  })
  out.on('error', () => response.destroy())
  request.pipe(out)
}
