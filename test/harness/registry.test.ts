import { readFileSync } from 'node:fs'
import https from 'node:https'
import { expect, it } from 'vitest'
import { describeWith } from './lab.ts'
import { alteredBytes, immutableTags, matching, startFaultProxy, wrongDigest } from './proxy.ts'
import { startRegistry } from './registry.ts'

const config = Buffer.from('{}')
const configDigest = 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'
const type = 'application/vnd.oci.image.manifest.v1+json'
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: type,
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: configDigest, size: config.length },
  layers: [],
})

async function push(url: string, tag: string): Promise<number> {
  const start = await fetch(`${url}/v2/app/blobs/uploads/`, { method: 'POST' })
  const place = new URL(start.headers.get('location') ?? '', url)
  place.searchParams.set('digest', configDigest)
  await fetch(place, { method: 'PUT', body: config })
  return putManifest(url, tag)
}
const putManifest = async (url: string, tag: string): Promise<number> =>
  (
    await fetch(`${url}/v2/app/manifests/${tag}`, {
      method: 'PUT',
      body: manifest,
      headers: { 'content-type': type },
    })
  ).status

describeWith('registry')('the registry harness', () => {
  it('keeps content over a restart on the same port', async () => {
    const registry = await startRegistry()
    expect(await push(registry.url, 'v1')).toBe(201)
    await registry.stop()
    await expect(fetch(`${registry.url}/v2/`)).rejects.toThrow()
    await registry.start()
    const got = await fetch(`${registry.url}/v2/app/manifests/v1`, { headers: { accept: type } })
    expect(await got.text()).toBe(manifest)
    await registry.stop()
    expect(registry.log()).toContain('/v2/app/manifests/v1')
  })

  it('asks for a password and speaks TLS', async () => {
    const registry = await startRegistry({ tls: true, auth: { user: 'lab', password: 'secret' } })
    const status = (auth?: string) =>
      new Promise((resolve, reject) => {
        const request = https.get(
          `${registry.url}/v2/`,
          { ca: readFileSync(registry.ca ?? ''), agent: false, ...(auth && { auth }) },
          (answer) => {
            answer.resume()
            resolve(answer.statusCode)
          },
        )
        request.on('error', reject)
      })
    expect(await status()).toBe(401)
    expect(await status('lab:wrong')).toBe(401)
    expect(await status('lab:secret')).toBe(200)
    await registry.stop()
  })

  it('misbehaves on demand', async () => {
    const registry = await startRegistry()
    const proxy = await startFaultProxy(registry.url)
    const get = () => fetch(`${proxy.url}/v2/app/manifests/v1`, { headers: { accept: type } })
    expect(await push(proxy.url, 'v1')).toBe(201)

    const isGet = matching('GET', /manifests/)
    proxy.faults.push({ match: isGet, status: 429, headers: { 'retry-after': '7' } })
    const limited = await get()
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7'])
    for (const reset of ['request', 'answer', 'body'] as const) {
      proxy.faults.push({ match: isGet, reset })
      await expect(get().then((answer) => answer.text())).rejects.toThrow()
    }
    proxy.faults.push({ match: isGet, delayMs: 150 })
    const before = performance.now()
    expect(await (await get()).text()).toBe(manifest)
    expect(performance.now() - before).toBeGreaterThan(140)
    proxy.faults.push(wrongDigest(/manifests/))
    expect((await get()).headers.get('docker-content-digest')).toMatch(/0{64}/)
    proxy.faults.push(alteredBytes(/manifests/))
    expect(await (await get()).text()).not.toBe(manifest)
    proxy.faults.push(immutableTags(registry.url))
    expect(await putManifest(proxy.url, 'v1')).toBe(409)
    expect(await putManifest(proxy.url, 'v2')).toBe(201)
    expect(await (await get()).text()).toBe(manifest)
    expect(proxy.requests.filter((request) => request.status === 0)).toHaveLength(3)
    await proxy.stop()
    await registry.stop()
  })

  it('puts TLS in front', async () => {
    const registry = await startRegistry()
    const proxy = await startFaultProxy(registry.url, { tls: true })
    const status = await new Promise((resolve) => {
      https.get(`${proxy.url}/v2/`, { ca: readFileSync(proxy.ca ?? ''), agent: false }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
    })
    expect(status).toBe(200)
    await proxy.stop()
    await registry.stop()
  })
})
