import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { isRunOver } from './runs.ts'

let server: http.Server | undefined
afterEach(() => server?.close())

async function github(answers: Record<string, unknown>): Promise<string> {
  server = http.createServer((request, response) => {
    const body = answers[request.url ?? '']
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body ?? { message: 'Not Found' }))
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
}

it('knows that a run is over only when GitHub says so', async () => {
  const apiUrl = await github({
    '/repos/acme/shop/actions/runs/7/attempts/1': { status: 'completed' },
    '/repos/acme/shop/actions/runs/8/attempts/2': { status: 'in_progress' },
  })
  const { signal } = new AbortController()
  const api = { apiUrl, repository: 'acme/shop', token: 't', signal }
  expect(await isRunOver(api, '7-1')).toBe(true)
  expect(await isRunOver(api, '8-2')).toBe(false)
  expect(await isRunOver(api, '9-1')).toBe(false)
  expect(await isRunOver(api, 'laptop-1')).toBe(false)
  expect(await isRunOver({ ...api, apiUrl: 'http://127.0.0.1:9' }, '7-1')).toBe(false)
})
