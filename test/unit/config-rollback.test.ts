import { describe, expect, it } from 'vitest'
import { helpFor, readRollback } from '../../src/config/index.ts'
import { VERBS } from '../../src/verbs/index.ts'
import { inputsOf } from '../../src/config/inputs.ts'
import { checkout, DIGEST, faultOf, HEAD, refusal, rollback } from './config-helpers.ts'

const SWARM = { 'deploy-to': 'swarm', workload: 'web' }

describe('a rollback', () => {
  it('goes to the previous version of production', async () => {
    expect((await rollback(SWARM)).request).toMatchObject({
      kind: 'rollback',
      to: 'previous',
      environment: 'production',
      environmentTag: 'production',
      target: { name: 'swarm', workloads: ['web'] },
      allowUnverified: false,
      list: false,
      onFailure: 'restore',
      reason: undefined,
    })
  })

  it.each([
    ['previous', 'previous'],
    [HEAD.slice(0, 7), HEAD.slice(0, 7)],
    [HEAD.toUpperCase(), HEAD],
    [DIGEST, DIGEST],
  ])('to %s', async (to, meant) => expect((await rollback({ ...SWARM, to })).request.to).toBe(meant))

  it.each([
    ['main', undefined],
    ['abc123', undefined],
    [`sha-${HEAD}`, HEAD],
    [`acme/app@${DIGEST}`, DIGEST],
  ])('not to %s', async (to, suggestion) => {
    const fault = await faultOf(rollback({ ...SWARM, to }), 'to')
    expect(fault.value).toBe(to)
    expect(fault.suggestion).toBe(suggestion)
  })

  it.each([
    [{ workload: 'web' }, 'deploy-to', /is needed/],
    [{ 'deploy-to': 'swarm' }, 'workload', /is needed/],
    [{ ...SWARM, 'on-failure': 'rollback' }, 'on-failure', /restore, leave/],
    [{ ...SWARM, 'allow-unverified': 'yes' }, 'allow-unverified', /boolean/],
    [{ ...SWARM, digest: DIGEST }, 'digest', /input of release, not of rollback/],
  ])('%j', async (inputs, name, problem) => {
    expect((await faultOf(rollback(inputs), name)).problem).toMatch(problem)
  })

  it('refuses pull_request_target with the head of a fork', async () => {
    const env = { GITHUB_EVENT_NAME: 'pull_request_target' }
    expect(await refusal(rollback(SWARM, { env }))).toMatchObject({ code: 'unsafe-event' })
  })
})

it('lists without being told to where that is the command', async () => {
  const argv = ['--image', 'acme/app', '--deploy-to', 'swarm', '--workload', 'web']
  const reading = await readRollback({ env: {}, argv, cwd: checkout() }, 'list')
  expect(reading.request.list).toBe(true)
})

describe('help', () => {
  it.each(VERBS.map((verb) => [verb.name, verb] as const))(
    'of %s names every option, within 100 columns',
    (command, verb) => {
      const text = helpFor(verb)
      for (const { name, kind } of inputsOf(command)) {
        if (!kind.startsWith('secret')) expect(text).toContain(`--${name}`)
      }
      expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100)
      expect(text.endsWith('\n')).toBe(true)
    },
  )
})
