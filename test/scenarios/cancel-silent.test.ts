// A target that takes a request and never answers, at each exchange: a run that is cancelled there ends within two seconds.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import type { EngineProxy } from '../harness/engine-proxy.ts'
import { startEngineProxy } from '../harness/engine-proxy.ts'
import { runCli } from '../harness/cli.ts'
import { describeWith, need } from '../harness/lab.ts'
import type { FaultProxy } from '../harness/proxy.ts'
import { startFaultProxy } from '../harness/proxy.ts'
import type { ActionRun, RunOptions } from '../harness/runner.ts'
import { tempDir } from '../harness/temp.ts'
import { Shop } from '../integration/kubernetes-shop.ts'
import { World } from './world.ts'

const ENDS_WITHIN_MS = 2000
/** Long enough that the peer has given no sign of life for a while, and short enough that it has given one. */
const HELD_FOR_MS = [200, 2500] as const

/** Nobody knows what a restore came to that was not answered: a person is needed, cancelled or not. */
const LOST_RESTORE = 'rollback-failed'

/** Holds what matches from the nth time on, and says when that began. */
function holding(matches: (method: string, path: string) => boolean, from = 1, alsoAfter = matches) {
  let seen = 0
  const began = new AbortController()
  return {
    began: began.signal,
    match: (method: string, at: string): boolean => {
      if (matches(method, at)) seen += 1
      const holds = seen >= from && (matches(method, at) || alsoAfter(method, at))
      if (holds) began.abort()
      return holds
    },
  }
}

function cancelAfter(began: AbortSignal, ms: number): RunOptions {
  const cancel = new AbortController()
  began.addEventListener('abort', () => setTimeout(() => cancel.abort(), ms), { once: true })
  return { when: { cancel: cancel.signal } }
}

/** From the signal to the end of the process. */
function tookMs({ stages }: ActionRun): number {
  const [main] = stages
  return (main?.ms ?? Infinity) - (main?.sent[0]?.at ?? Infinity)
}

function expectEnded(run: ActionRun, outcome = 'cancelled'): void {
  const code = outcome === 'cancelled' ? outcome : 'restore-failed'
  expect(run.outputs, run.log).toMatchObject({ outcome, 'reason-code': code })
  expect(run.stages[0]?.sent.map(({ signal }) => signal)).toEqual(['SIGINT'])
  expect(tookMs(run), run.log).toBeLessThan(ENDS_WITHIN_MS)
  expect(run.orphans).toEqual([])
}

const everything = (): boolean => true

/** Fails where it is deployed, and in no smoke test. */
const dies = {
  files: { 'app/start': '#!/bin/sh\nif [ -n "$MODE" ]; then exit 1; fi\nexec httpd -f -p 8080 -h /www\n' },
}

describeWith('docker', 'registry')('a Swarm manager that takes requests and never answers', () => {
  let world: World
  let proxy: EngineProxy
  beforeAll(async () => {
    const options = {
      services: ['web', 'api'],
      replicas: 1,
      change: (spec: { TaskTemplate: { ContainerSpec: Record<string, unknown> } }) => {
        spec.TaskTemplate.ContainerSpec['StopGracePeriod'] = 500_000_000
      },
    }
    world = await World.open(options)
    proxy = await startEngineProxy(need('docker').DOCKER_HOST)
  })
  afterAll(async () => {
    await proxy.stop()
    await world.close()
  })

  const update = (method: string, at: string): boolean => method === 'POST' && /^\/services\/.*\/update/.test(at)
  const read = (method: string, at: string): boolean => method === 'GET' && /^\/(?:services|tasks|info)/.test(at)
  const memory = (method: string, at: string): boolean => method === 'POST' && at.startsWith('/configs/')

  const exchanges = [
    { at: 'preflight', held: () => holding(read) },
    { at: 'replace, every update', held: () => holding(update) },
    { at: 'replace, the second update', held: () => holding(update, 2) },
    { at: 'replace, and everything after it', held: () => holding(update, 1, everything) },
    { at: 'replace, with on-cancel: rollback', held: () => holding(update), inputs: { 'on-cancel': 'rollback' } },
    { at: 'record', held: () => holding(memory) },
    { at: 'restore', held: () => holding(update, 3), app: dies, outcome: LOST_RESTORE },
  ]

  describe.each(exchanges)('$at', ({ at, held, inputs = {}, app = {}, outcome }) => {
    it.each(HELD_FOR_MS)('for %d ms', async (ms) => {
      world.app.commit(`${at} ${String(ms)}`, { version: `${at} ${String(ms)}`, ...app })
      const { began, match } = held()
      proxy.rules.splice(0, Infinity, { match, silent: true })
      const more = { 'docker-host': proxy.host, timeout: '30s', ...inputs }
      const run = await world.release(more, cancelAfter(began, ms))
      expect(began.aborted, run.log).toBe(true)
      expectEnded(run, outcome)
      proxy.rules.splice(0)
    })
  })

  it.each(['leave', 'rollback'])('in verify, where the restore is held: on-cancel %s', async (onCancel) => {
    world.app.commit(`verify ${onCancel}`, { version: `verify ${onCancel}` })
    const { match } = holding(update, 3)
    proxy.rules.splice(0, Infinity, { match, silent: true })
    const more = { 'docker-host': proxy.host, stability: '20s', 'on-cancel': onCancel }
    const run = await world.release(more, { cancelOn: /::group::Prove that every replica/ })
    expectEnded(run)
    proxy.rules.splice(0)
  })

  it('obeys SIGTERM on the command line as well', async () => {
    world.app.commit('terminal', { version: 'terminal' })
    const { match } = holding(update)
    proxy.rules.splice(0, Infinity, { match, silent: true })
    const inputs = Object.entries(world.inputs({ 'docker-host': proxy.host }))
    let at = Infinity
    const args = inputs.flatMap(([name, value]) => value.split('\n').flatMap((line) => [`--${name}`, line]))
    const run = await runCli(['release', ...args], {
      cwd: world.app.dir,
      env: { DOCKER_HOST: need('docker').DOCKER_HOST },
      signalOn: /Replace /,
      signal: 'SIGTERM',
      onSignal: (ms) => (at = ms),
    })
    proxy.rules.splice(0)
    expect(run.ms - at, run.stderr).toBeLessThan(ENDS_WITHIN_MS)
    expect(run.code).toBe(130)
    expect(run.stdout + run.stderr).toContain('cancelled')
  })
})

describeWith(
  'docker',
  'registry',
  'kubernetes',
)('an API server that takes requests and never answers', () => {
  let shop: Shop
  let proxy: FaultProxy
  let kubeconfig: string
  beforeAll(async () => {
    shop = await Shop.open()
    const config = parse(readFileSync(shop.bench.kubeconfig, 'utf8')) as { clusters: { cluster: { server: string } }[] }
    proxy = await startFaultProxy(config.clusters[0]!.cluster.server, { tls: true })
    const cluster = { server: proxy.url, 'certificate-authority': proxy.ca }
    kubeconfig = path.join(tempDir('kube'), 'config')
    writeFileSync(kubeconfig, stringify({ ...config, clusters: [{ name: 'lab', cluster }] }), { mode: 0o600 })
  })
  afterAll(async () => {
    await proxy.stop()
    await shop.close()
  })

  const write = (method: string, at: string): boolean =>
    method === 'PATCH' && at.includes('/deployments/shop') && !at.includes('dryRun')
  const look = (method: string, at: string): boolean => method === 'GET' && at.includes('/deployments')
  const lease = (method: string, at: string): boolean => method !== 'GET' && at.includes('/leases')

  const exchanges = [
    { at: 'preflight', held: () => holding(look) },
    { at: 'the lock', held: () => holding(lease) },
    { at: 'replace', held: () => holding(write) },
    { at: 'replace, and everything after it', held: () => holding(write, 1, everything) },
    { at: 'replace, with on-cancel: rollback', held: () => holding(write), inputs: { 'on-cancel': 'rollback' } },
    { at: 'record', held: () => holding(write, 2) },
    { at: 'restore', held: () => holding(write, 2), app: dies, outcome: LOST_RESTORE },
  ]

  describe.each(exchanges)('$at', ({ at, held, inputs = {}, app = {}, outcome }) => {
    it.each(HELD_FOR_MS)('for %d ms', async (ms) => {
      shop.source.commit(`${at} ${String(ms)}`, { version: `${at} ${String(ms)}`, ...app })
      const { began, match } = held()
      const matches = (request: { method: string; path: string }): boolean => match(request.method, request.path)
      proxy.faults.splice(0, Infinity, { match: matches, times: Infinity, silent: true })
      const options = { env: { KUBECONFIG: kubeconfig }, ...cancelAfter(began, ms) }
      const run = await shop.release({ timeout: '30s', ...inputs }, options)
      expect(began.aborted, run.log).toBe(true)
      expectEnded(run, outcome)
      proxy.faults.splice(0)
    })
  })

  it.each(['leave', 'rollback'])('in verify, where the restore is held: on-cancel %s', async (onCancel) => {
    shop.source.commit(`verify ${onCancel}`, { version: `verify ${onCancel}` })
    const { match } = holding(write, 2, (method, at) => lease(method, at))
    const matches = (request: { method: string; path: string }): boolean => match(request.method, request.path)
    proxy.faults.splice(0, Infinity, { match: matches, times: Infinity, silent: true })
    const more = { stability: '20s', 'on-cancel': onCancel }
    const options = { env: { KUBECONFIG: kubeconfig }, cancelOn: /::group::Prove that every replica/ }
    const run = await shop.release(more, options)
    expectEnded(run)
    proxy.faults.splice(0)
  })
})
