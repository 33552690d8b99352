import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { parseRepository } from '../../domain/image.ts'
import { engineAuthOf } from '../registry/credentials.ts'
import { connect } from './connection.ts'
import { resolveEndpoint } from './endpoint.ts'
import { isExposed } from './exposed.ts'

const closing: (() => void)[] = []
afterEach(() => closing.splice(0).forEach((close) => close()))

const repository = parseRepository('ghcr.io/acme/app')!
const ME = { kind: 'password', username: 'me', password: 'secret', source: 'a file' } as const
const AUTH = engineAuthOf(ME, repository)

/** An engine that keeps the headers of what it is asked, reached under the given name of this machine. */
async function engine(name: string) {
  const asked: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    asked.push(request.headers)
    response.setHeader('api-version', '1.45')
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
  const warnings: string[] = []
  const host = `tcp://${name}:${String((server.address() as AddressInfo).port)}`
  const api = await connect({ host, onWarning: (text) => warnings.push(text) }, {})
  closing.push(
    () => api.close(),
    () => server.close(),
  )
  return { api, asked, warnings }
}

describe('an engine without TLS', () => {
  // 0.0.0.0 leads to this machine, but nothing in its name says so.
  it('of another host is not given a registry’s credentials, which is said once', async () => {
    const { api, asked, warnings } = await engine('0.0.0.0')
    for (const header of ['x-registry-auth', 'X-Registry-Auth', 'X-Registry-Config']) {
      await api.request('POST', '/services/create', { headers: { [header]: AUTH } })
    }
    await api.stream('POST', '/images/create', { headers: { 'x-registry-auth': AUTH, 'x-other': 'kept' } })
    expect(JSON.stringify(asked)).not.toContain(AUTH)
    expect(asked.at(-1)).toMatchObject({ 'x-other': 'kept' })
    expect(warnings).toEqual([expect.stringContaining('without TLS')])
  })

  it('is asked without a warning where there are no credentials', async () => {
    const { api, asked, warnings } = await engine('0.0.0.0')
    await api.request('POST', '/x', { headers: { 'x-registry-auth': engineAuthOf(undefined, repository) } })
    expect(asked.at(-1)).toHaveProperty('x-registry-auth')
    expect(warnings).toEqual([])
  })

  it('of this machine is given them', async () => {
    const { api, asked, warnings } = await engine('127.0.0.1')
    await api.request('POST', '/services/create', { headers: { 'x-registry-auth': AUTH } })
    expect(asked.at(-1)).toMatchObject({ 'x-registry-auth': AUTH })
    expect(warnings).toEqual([])
  })
})

it.each([
  ['tcp://swarm.example:2375', true],
  ['http://10.0.0.5:2375', true],
  ['tcp://docker:2375', true],
  ['tcp://[fd00::1]:2375', true],
  ['tcp://localhost:2375', false],
  ['tcp://[::1]:2375', false],
  ['https://swarm.example:2376', false],
  ['ssh://deploy@swarm.example', false],
  ['unix:///var/run/docker.sock', false],
])('%s is exposed: %s', async (host, exposed) => {
  expect(isExposed(await resolveEndpoint({ host }, {}))).toBe(exposed)
})
