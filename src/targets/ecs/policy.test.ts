import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { NEEDS, OTHER_NEEDS, policy } from './policy.ts'
import { COMMANDS } from './sdk.ts'

interface Policy {
  readonly Statement: readonly { readonly Action: string | string[]; readonly Resource: string | string[] }[]
}

const actionsOf = (of?: 'previews') => (policy(of) as Policy).Statement.flatMap(({ Action }) => Action)

describe('the policies', () => {
  it('allow together exactly the calls that the code can make', () => {
    const allowed = new Set([...actionsOf(), ...actionsOf('previews')].filter((action) => action !== 'iam:PassRole'))
    const calls = [...Object.keys(COMMANDS).map((name) => `ecs:${name}`), ...Object.keys(OTHER_NEEDS)]
    expect([...allowed].sort()).toEqual(calls.sort())
    expect(Object.keys(NEEDS).sort()).toEqual(Object.keys(COMMANDS).sort())
  })

  it('never let a release deregister a revision', () => {
    expect(JSON.stringify(policy())).not.toContain('Deregister')
  })

  it('let previews touch no service and no family of production', () => {
    const resources = (policy('previews') as Policy).Statement.flatMap(({ Resource }) => Resource)
    const named = resources.filter((resource) => /:(?:service|service-\w+|task-definition)\//.test(resource))
    expect(named.length).toBeGreaterThan(3)
    for (const resource of named) expect(resource).toContain('APP-pr-*')
  })

  it('name no call that no file makes', () => {
    const files = globSync('**/*.ts', { cwd: import.meta.dirname }).filter(
      (name) => !/\.test\.ts$|^(?:api|sdk|policy)\.ts$/.test(name),
    )
    const text = files.map((name) => readFileSync(path.join(import.meta.dirname, name), 'utf8')).join('\n')
    for (const name of Object.keys(NEEDS)) expect(text.includes(`'${name}'`), name).toBe(true)
    for (const name of Object.keys(OTHER_NEEDS)) expect(text.includes(name.split(':')[1] ?? ''), name).toBe(true)
  })
})
