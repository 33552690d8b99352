// Versions that must not get a release tag: each is caught by its smoke test, with the reason, and nothing is left.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { docker } from '../contract/swarm-world.ts'
import type { Variant } from '../harness/images.ts'
import { describeWith } from '../harness/lab.ts'
import type { TestRegistry } from '../harness/registry.ts'
import { startRegistry } from '../harness/registry.ts'
import type { Told } from './world.ts'
import { freshRun, leftovers, World } from './world.ts'

const errors = (run: Told): (string | undefined)[] =>
  run.annotations.filter(({ level }) => level === 'error').map(({ properties }) => properties.title)

describeWith('docker', 'registry')('a smoke test that fails', () => {
  let registry: TestRegistry
  let world: World
  let run: Told
  let github: { run_id: string }

  beforeAll(async () => {
    registry = await startRegistry()
  })
  afterAll(() => registry.stop())
  beforeEach(() => {
    github = freshRun()
  })
  afterEach(async () => {
    expect(run.outcome, run.log).toBe('failure')
    expect(run.outputs).toMatchObject({ outcome: 'failed', 'rolled-back': 'false', tags: '' })
    expect(run.result.state).toBe('nothing was released')
    expect(run.stages.map(({ name, result }) => `${name} ${result}`)).toEqual(['main failure', 'post success'])
    expect((await world.tags()).filter((tag) => !tag.startsWith('candidate-'))).toEqual([])
    expect(await leftovers(github.run_id)).toEqual([])
    expect(run.orphans).toEqual([])
    await world.close()
  })

  const ready = 'startup: {ready: "http GET :8080/healthz -> 200", within: 3s}'
  it.each<[Variant, string, RegExp, Record<string, string>]>([
    ['crash', 'smoke-exited', /fatal: no configuration/, {}],
    ['exit-zero', 'smoke-exited', /done/, {}],
    ['unhealthy', 'smoke-unhealthy', /404|exit/, {}],
    ['never-ready', 'smoke-not-ready', /404/, { smoke: ready }],
    ['wrong-arch', 'smoke-wrong-platform', /exec format error|architecture/, {}],
    ['not-found', 'smoke-cannot-start', /nothing-here/, {}],
  ])('%s', async (variant, code, words, inputs) => {
    world = await World.open({ registry, variant })
    run = await world.release(inputs, { github })
    expect(run.outputs['reason-code'], run.log).toBe(code)
    expect(`${run.outputs.reason ?? ''}\n${run.result.evidence?.join('\n') ?? ''}`).toMatch(words)
    expect(errors(run)).toEqual(['check failed', code])
    expect(run.summary).toContain(code)
  })

  it('a check that fails is named, with what came instead', async () => {
    world = await World.open({ registry })
    const smoke = 'checks: [{name: speaks v2, http: {path: /version, port: 8080}, expect: {body: v2}}]'
    run = await world.release({ smoke, 'junit-file': 'report.xml' }, { github })
    expect(run.outputs['reason-code'], run.log).toBe('smoke-check-failed')
    expect(run.outputs.reason).toContain('speaks v2')
    expect(run.result.checks).toContainEqual(expect.objectContaining({ name: 'speaks v2', passed: false }))
  })

  it('a log cannot speak to the runner, the terminal or the summary', async () => {
    world = await World.open({ registry, variant: 'hostile-logs' })
    run = await world.release({}, { github })
    expect(run.outputs['reason-code'], run.log).toBe('smoke-exited')
    // It is shown, and means nothing.
    expect(run.log).toContain('::error::this is not an error of the deploy')
    expect(errors(run)).toEqual(['check failed', 'smoke-exited'])
    expect(run.annotations.map(({ message }) => message).join('\n')).not.toContain('nor is this')
    expect(run.outputs.outcome).toBe('failed')
    expect(run.env).toEqual({})
    // The mask of "e" would have eaten the word.
    expect(run.log).toContain('exited')
    expect(run.raw).not.toContain('\u001b[2J')
    expect(run.raw).not.toContain('\u001b]0;')
    // In a fence that is longer than any in the log, nothing is Markdown or HTML.
    const outside = run.summary.replace(/^(`{4,})text\n[^]*?\n\1$/gm, '')
    expect(outside).not.toMatch(/<script>|<\/details> <|@someone|\]\(https/)
    expect(run.summary).not.toContain('\u001b')
    expect(run.outputs.result).not.toContain('\u001b')
  })

  it('a broken build is told with its own last lines', async () => {
    world = await World.open({ registry })
    world.app.commit('broken', { files: { Dockerfile: 'FROM scratch\nCOPY nothing-like-this /x\n' } })
    run = await world.release({}, { github })
    expect(run.outputs['reason-code'], run.log).toBe('build-failed')
    expect(`${run.outputs.reason ?? ''}\n${run.result.evidence?.join('\n') ?? ''}`).toContain('nothing-like-this')
  })
})

describeWith('docker', 'registry')('smoke: off', () => {
  let world: World
  beforeAll(async () => {
    world = await World.open({ services: ['web'], replicas: 1 })
  })
  afterAll(() => world.close())

  describe('is not proof', () => {
    it('so it is refused for a deploy that enforces the policy', async () => {
      const run = await world.release({ smoke: 'off' })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'invalid-input' })
      expect(JSON.stringify(run.result.faults)).toContain('policy')
    })

    it('and writes no release tag where it is allowed', async () => {
      const run = await world.release({ smoke: 'off', policy: 'warn' })
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
      expect(await world.digestOf(`sha-${world.app.revision}`)).toBeUndefined()
      await world.serves('v1')
      await docker('image', 'inspect', `${world.image}@${run.outputs.digest ?? ''}`)
    })
  })
})
