// An engine that takes the work and then falls silent, or never comes to an end: both limits hold, and so does a cancel.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildRequest } from '../../../test/fakes/build-request.ts'
import { FakeReporter } from '../../../test/fakes/reporter.ts'
import { tempDir } from '../../../test/harness/temp.ts'
import type { ProgressLimits } from '../../async/progress-limit.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { EngineApi } from '../../ports.ts'
import { connect } from './connection.ts'
import { createEngineBuilder } from './engine-builder.ts'
import type { TransferContext } from './transfer.ts'
import { pullImage, pushImage } from './transfer.ts'

const repository = { registry: 'registry.test', path: 'app', name: 'registry.test/app' }
const PATIENT: ProgressLimits = { total: 60_000, quiet: 60_000 }

describe('an engine that never ends its work', () => {
  let server: Server
  let api: EngineApi
  /** How often it says something, ms; undefined: it falls silent at once. */
  let talks: number | undefined

  beforeEach(async () => {
    const socketPath = path.join(tempDir('engine'), 'docker.sock')
    server = createServer((request, response) => {
      request.resume()
      response.setHeader('Api-Version', '1.47')
      if (request.url?.endsWith('/_ping')) return void response.end('OK')
      if (request.url?.includes('/tag?')) return void response.writeHead(201).end()
      if (request.method === 'DELETE') return void response.end('[]')
      if (request.url?.includes('/session')) return void response.writeHead(404).end('{}')
      const line = `${JSON.stringify({ status: 'Pushing' })}\n`
      response.write(line)
      const timer = talks === undefined ? undefined : setInterval(() => response.write(line), talks)
      response.on('close', () => clearInterval(timer))
    })
    await new Promise<void>((resolve) => server.listen(socketPath, resolve))
    api = await connect({ host: `unix://${socketPath}` }, {})
  })
  afterEach(() => {
    api.close()
    server.closeAllConnections()
    server.close()
  })

  const works: Record<string, (context: TransferContext) => Promise<unknown>> = {
    pull: (context) => pullImage(context, { repository, reference: 'v1' }),
    push: (context) => pushImage(context, { id: 'x', repository, tag: 'v1' }),
    build: ({ limits = PATIENT, signal }) => {
      const builder = createEngineBuilder(api, { reporter: new FakeReporter(), env: {}, apiVersion: '1.47', limits })
      return builder.build(buildRequest(`https://git.test/app.git#${'a'.repeat(40)}`), { signal })
    },
  }
  const run = async (work: string, limits: ProgressLimits, signal = new AbortController().signal) => {
    const started = Date.now()
    const context = { api, auth: async () => '', signal, limits }
    const error = asDeployError(await works[work]?.(context).catch((thrown: unknown) => thrown))
    return { code: error.code, what: error.what, ms: Date.now() - started }
  }

  it.each(Object.keys(works))('%s: silence ends it', async (work) => {
    talks = undefined
    const { code, what, ms } = await run(work, { total: 60_000, quiet: 200 })
    expect(what).toMatch(/no progress for 200ms/)
    expect(code).toBe(work === 'build' ? 'build-failed' : 'registry-unreachable')
    expect(ms).toBeLessThan(5000)
  })

  it.each(Object.keys(works))('%s: talk without an end is ended too', async (work) => {
    talks = 20
    const { what, ms } = await run(work, { total: 400, quiet: 10_000 })
    expect(what).toMatch(/not finished after 400ms/)
    expect(ms).toBeLessThan(5000)
  })

  it.each(Object.keys(works))('%s: a cancelled run waits for nothing', async (work) => {
    talks = 20
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 200)
    const { code, ms } = await run(work, PATIENT, controller.signal)
    expect(code).toBe('cancelled')
    expect(ms).toBeLessThan(2000)
  })
})
