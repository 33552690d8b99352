// docs/ecs.md says of permissions only what is made from the calls of the code, and of pause-stage what is taken.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { tables } from '../../scripts/generate/tables.ts'
import { root } from '../harness/node.ts'

const page = readFileSync(path.join(root, 'docs/ecs.md'), 'utf8')
const generatedNames = ['ecs-needs', 'ecs-policy', 'ecs-preview-policy']

function block(name: string): string {
  const parts = page.split(new RegExp(`<!-- ${name}:(?:start|end) -->`))
  expect(parts, `one pair of markers for ${name}`).toHaveLength(3)
  return (parts[1] ?? '').trim()
}

const withoutBlocks = generatedNames.reduce((text, name) => text.replace(block(name), ''), page)

describe('the policies of docs/ecs.md', () => {
  it.each(generatedNames)('%s is what the code makes', (name) => {
    expect(block(name)).toBe(tables().get(name))
  })

  it('has no statement and no table of actions beside them', () => {
    expect(withoutBlocks).not.toContain('"Effect"')
    expect(withoutBlocks).not.toMatch(/^\| `(?:ecs|logs|tag|ec2):/m)
  })

  it('names in its sentences only actions that the tables have', () => {
    const known = block('ecs-needs')
    for (const [action] of withoutBlocks.matchAll(/`(?:ecs|logs|tag|ec2|iam):[A-Z]\w+`/g)) {
      expect(known, `${action} in docs/ecs.md`).toContain(action)
    }
  })
})
