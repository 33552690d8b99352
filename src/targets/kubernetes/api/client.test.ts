import { describe, expect, it } from 'vitest'
import { messageOf, refusal } from './client.ts'

const answer = (status: number, message?: string) => ({ status, body: message === undefined ? '' : { message } })

describe('what the API says', () => {
  it('keeps the cause at the end of a long message, and leaves dumps of its memory out', () => {
    const inner = `Name:"m", Env:[]core.EnvVar{core.EnvVar{Name:"A", Value:"}"}}, ${'x'.repeat(3000)}`
    const message = `Job.batch "migrate" is invalid: spec.template: Invalid value: core.PodTemplateSpec{${inner}}: field is immutable`
    expect(messageOf(answer(422, message))).toBe(
      'Job.batch "migrate" is invalid: spec.template: Invalid value: core.PodTemplateSpec{…}: field is immutable',
    )
    const long = messageOf(answer(422, `first ${'words '.repeat(500)}last`))
    expect(long.startsWith('first')).toBe(true)
    expect(long.endsWith('last')).toBe(true)
    expect(long.length).toBeLessThan(1100)
    expect(messageOf(answer(500))).toBe('HTTP 500')
  })

  it.each([
    [400, 'strict decoding error: unknown field "spec.x"', 'manifest-invalid'],
    [413, 'Request entity too large: limit is 3145728', 'manifest-invalid'],
    [
      500,
      'failed to create typed patch object (a/b; apps/v1): .spec.x: field not declared in schema',
      'manifest-invalid',
    ],
    [500, 'failed calling webhook "policy.example.com": connection refused', 'target-error'],
    [500, 'etcdserver: request timed out', 'target-error'],
    [405, 'the server does not allow this method on the requested resource', 'target-error'],
    [500, undefined, 'target-unreachable'],
    [503, 'the server is currently unable to handle the request', 'target-unreachable'],
    [403, 'forbidden', 'target-denied'],
    [409, 'the object has been modified', 'another-rollout'],
  ])('%s %s is %s', (status, message, code) => {
    expect(refusal(answer(status, message), 'x could not be applied').code).toBe(code)
  })
})
