import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { rightsFor, roleLines } from './access.ts'

interface Role {
  rules: unknown
}

const page = readFileSync(path.resolve(import.meta.dirname, '../../../../docs/kubernetes.md'), 'utf8')
const documented = [...page.matchAll(/```yaml\n(apiVersion: rbac[^`]*)```/g)].map(
  (match) => parse(match[1] ?? '') as Role,
)
const printed = (need: Parameters<typeof rightsFor>[0]) => parse(roleLines('shop', rightsFor(need)).join('\n')) as Role

describe('the Role of the documentation is the one that a release needs', () => {
  it('rolling', () => {
    const kinds = ['Deployment', 'StatefulSet', 'DaemonSet'] as const
    expect(documented[0]).toEqual(printed({ kinds, blueGreen: false, applied: [] }))
  })
  it('blue-green', () => {
    expect(documented[1]).toEqual(printed({ kinds: ['Deployment'], blueGreen: true, applied: [] }))
  })
})
