import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { NEEDS, policy } from './policy.ts'
import { COMMANDS } from './sdk.ts'

describe('the policy', () => {
  it('allows exactly the calls that the code can make', () => {
    const { Statement } = policy() as { Statement: { Action: string | string[] }[] }
    const allowed = Statement.flatMap(({ Action }) => Action).filter((action) => action.startsWith('ecs:'))
    expect(allowed.sort()).toEqual(
      Object.keys(COMMANDS)
        .map((name) => `ecs:${name}`)
        .sort(),
    )
    expect(Object.keys(NEEDS).sort()).toEqual(Object.keys(COMMANDS).sort())
  })

  it('never lets a revision be deregistered', () => {
    expect(JSON.stringify(policy())).not.toContain('Deregister')
  })

  it('names no call that no file makes', () => {
    const files = ['check', 'reader', 'write', 'restore', 'traffic', 'record', 'target'].map((name) =>
      readFileSync(`${import.meta.dirname}/${name}.ts`, 'utf8'),
    )
    for (const name of Object.keys(NEEDS)) expect(files.join('\n')).toContain(`'${name}'`)
  })
})
