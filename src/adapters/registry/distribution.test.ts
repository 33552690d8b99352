import { describe, expect, it } from 'vitest'
import { digestOf } from '../../domain/digest.ts'
import { parseRepository } from '../../domain/image.ts'
import { createDistribution } from './distribution.ts'
import type { Call, Reply } from './session.ts'

const REPOSITORY = parseRepository('ghcr.io/acme/app')!
const PLACE = { repository: REPOSITORY, actions: 'pull' } as const
const API = { 'docker-distribution-api-version': 'registry/2.0' }

function setting(react: (call: Call) => Partial<Omit<Reply, 'body'>> & { body?: string }) {
  const asked: Call[] = []
  const api = createDistribution({
    call: (call) => {
      asked.push(call)
      const url = new URL(call.path, 'https://ghcr.io')
      return Promise.resolve({
        status: 200,
        headers: {},
        url,
        asked: `${call.method} ${url.href}`,
        asker: { host: 'ghcr.io', as: 'as octocat (from github-token)' },
        mayPull: undefined,
        ...react(call),
        body: Buffer.from(call.method === 'HEAD' ? '' : (react(call).body ?? '')),
      })
    },
    grantsPush: () => Promise.resolve(undefined),
  })
  return { asked, api }
}

const errors = (code: string) => JSON.stringify({ errors: [{ code, message: 'm' }] })

describe('what a registry says about a manifest', () => {
  it('asks for every type that there is: without, an existing OCI manifest is "not found"', async () => {
    const { api, asked } = setting(() => ({ status: 404, headers: API }))
    await api.head(PLACE, 'x')
    expect(asked[0]?.headers?.['accept']?.split(', ').sort()).toEqual([
      'application/vnd.docker.distribution.manifest.list.v2+json',
      'application/vnd.docker.distribution.manifest.v2+json',
      'application/vnd.oci.image.index.v1+json',
      'application/vnd.oci.image.manifest.v1+json',
    ])
  })

  it.each(['MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'NOT_FOUND', 'manifest_unknown'])('%s is absence', async (code) => {
    const { api } = setting(() => ({ status: 404, body: errors(code) }))
    expect(await api.head(PLACE, 'x')).toBeUndefined()
    expect(await api.manifest(PLACE, 'x')).toBeUndefined()
  })

  it('"not found" to a token that may not look does not mean that it is absent', async () => {
    const { api } = setting(() => ({ status: 404, headers: API, body: errors('MANIFEST_UNKNOWN'), mayPull: false }))
    await expect(api.head(PLACE, 'x')).rejects.toMatchObject({ code: 'registry-denied' })
    await expect(api.blob(PLACE, digestOf('x'))).rejects.toMatchObject({ code: 'registry-denied' })
  })

  it('a refusal of ghcr.io names the permission', async () => {
    const { api } = setting(() => ({ status: 403, body: errors('DENIED') }))
    await expect(api.manifest(PLACE, 'x')).rejects.toMatchObject({
      code: 'registry-denied',
      message: expect.stringContaining('as octocat (from github-token)') as string,
      fix: expect.stringContaining('packages: write') as string,
    })
  })

  it('the type stands in the manifest, else in the header', async () => {
    const header = { 'content-type': 'application/vnd.oci.image.manifest.v1+json; charset=utf-8' }
    const bare = setting(() => ({ headers: header, body: '{ "schemaVersion": 2 }' }))
    expect((await bare.api.manifest(PLACE, 'x'))?.descriptor).toEqual({
      digest: digestOf('{ "schemaVersion": 2 }'),
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
    })
    const typed = setting(() => ({ headers: header, body: '{"mediaType":"its/own"}' }))
    expect((await typed.api.manifest(PLACE, 'x'))?.descriptor.mediaType).toBe('its/own')
  })

  it('a manifest is put as it came, under its type', async () => {
    const body = '{"mediaType": "a/b",\n "schemaVersion": 2}'
    const { api, asked } = setting(() => ({ body }))
    const manifest = (await api.manifest(PLACE, 'x'))!
    await api.put(PLACE, 'tag', manifest)
    expect(asked[1]).toMatchObject({
      method: 'PUT',
      path: '/v2/acme/app/manifests/tag',
      headers: { 'content-type': 'a/b' },
      body: Buffer.from(body),
    })
  })

  it.each(['<html>', '42', '{"manifests": "none"}'])('%s is not a manifest', async (body) => {
    const { api } = setting(() => ({ body }))
    await expect(api.manifest(PLACE, 'x')).rejects.toMatchObject({ code: 'registry-error' })
  })
})
