// The floor of a release: one script that makes only the operations that cannot be avoided, overlapped where they can be.
// docker build, push, run, one probe, GET and PUT of the manifest; no check, no proof, no record.
import { execFile } from 'node:child_process'
import http from 'node:http'
import { promisify } from 'node:util'

const [repository, revision, context, socketPath] = process.argv.slice(2)
const [host, ...rest] = repository.split('/')
const name = rest.join('/')
const candidate = `candidate-${revision}`
const agent = new http.Agent({ keepAlive: true })

const ask = (options, body) =>
  new Promise((resolve, reject) => {
    const request = http.request({ agent, ...options }, (answer) => {
      const chunks = []
      answer.on('data', (chunk) => chunks.push(chunk))
      answer.on('end', () =>
        resolve({ headers: answer.headers, status: answer.statusCode, body: Buffer.concat(chunks) }),
      )
    })
    request.on('error', reject)
    request.end(body)
  })
const engine = (method, path, body) =>
  ask(
    { socketPath, method, path, headers: body ? { 'content-type': 'application/json' } : {} },
    body && JSON.stringify(body),
  )

await promisify(execFile)(
  process.env.BENCH_DOCKER ?? 'docker',
  ['build', '--quiet', '--tag', `${repository}:${candidate}`, context],
  {
    env: { ...process.env, DOCKER_BUILDKIT: '1' },
  },
)
await Promise.all([push(), smoke()])
const [address, port] = host.split(':')
const registry = { host: address, port, path: `/v2/${name}/manifests/${candidate}` }
const type = 'application/vnd.docker.distribution.manifest.v2+json'
const manifest = await ask({ ...registry, headers: { accept: `${type}, application/vnd.oci.image.manifest.v1+json` } })
const put = await ask(
  {
    ...registry,
    method: 'PUT',
    path: `/v2/${name}/manifests/sha-${revision}`,
    headers: { 'content-type': manifest.headers['content-type'] },
  },
  manifest.body,
)
if (put.status !== 201) throw new Error(`PUT ${put.status}`)
process.exit(0)

async function push() {
  const { status } = await ask({
    socketPath,
    method: 'POST',
    path: `/images/${encodeURIComponent(repository)}/push?tag=${candidate}`,
    headers: { 'X-Registry-Auth': 'e30=' },
  })
  if (status !== 200) throw new Error(`push ${status}`)
}

async function smoke() {
  const created = await engine('POST', '/containers/create', {
    Image: `${repository}:${candidate}`,
    HostConfig: { PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } },
  })
  const { Id } = JSON.parse(created.body.toString())
  await engine('POST', `/containers/${Id}/start`)
  const facts = JSON.parse((await engine('GET', `/containers/${Id}/json`)).body.toString())
  const port = facts.NetworkSettings.Ports['8080/tcp'][0].HostPort
  for (;;) {
    try {
      await ask({ host: '127.0.0.1', port, path: '/healthz' })
      break
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  await engine('DELETE', `/containers/${Id}?force=1&v=1`)
}
