// Smoke tests against an engine of the test's own: what each makes must be gone when it ends.
import type { RequestListener } from 'node:http'
import { afterEach, expect } from 'vitest'
import { systemClock as clock } from '../../src/compose/clock.ts'
import type { SmokeOptions, SmokeSpec } from '../../src/smoke/index.ts'
import { defaultSpec, parseSmoke, runSmoke } from '../../src/smoke/index.ts'
import { FakeReporter } from '../fakes/reporter.ts'
import type { Behaviour } from '../fakes/runtime.ts'
import { FakeRuntime } from '../fakes/runtime.ts'

export const IMAGE = 'app'
const answer =
  (status: number, body = '', headers = {}): RequestListener =>
  (_, response) =>
    void response.writeHead(status, headers).end(body)
export const server = (status = 200, after?: number): Behaviour => ({
  facts: { exposedPorts: ['8080/tcp'] },
  serve: { port: 8080, ...(after === undefined ? {} : { after }), handler: answer(status, 'hello') },
})

async function spec(text: string): Promise<SmokeSpec> {
  const { spec, faults } = await parseSmoke({ text, source: 'smoke.yml' }, { sha: 'abc' })
  expect(faults).toEqual([])
  return spec
}

export let runtime: FakeRuntime
export let reporter: FakeReporter

export async function smoke(
  behaviour: Behaviour,
  text?: string,
  options: Partial<SmokeOptions> = {},
  others: Record<string, Behaviour> = {},
) {
  runtime = new FakeRuntime({ [IMAGE]: behaviour, ...others })
  reporter = new FakeReporter()
  const report = await runSmoke({
    spec: text === undefined ? defaultSpec() : await spec(text),
    image: { reference: IMAGE },
    runtime,
    clock,
    reporter,
    signal: new AbortController().signal,
    run: { id: '77', attempt: 2 },
    env: {},
    ...options,
  })
  await report.cleanup
  return report
}

afterEach(() => {
  expect(runtime.left, 'nothing stays on the engine').toEqual([])
})
