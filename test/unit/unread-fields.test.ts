// No field of a type is there for nobody: some code reads it, or it leaves the code as part of a whole.
import { globSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { root } from '../harness/node.ts'
import { unreadFields } from '../harness/unread-fields.ts'

const TIMEOUT_MS = 240_000
const config: unknown = ts.readConfigFile(path.join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file)).config
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)

it(
  'every field of a type in src is read by some code',
  () => {
    const files = globSync('{src,demo,scripts}/**/*.ts', { cwd: root })
      .filter((file) => !file.endsWith('.test.ts'))
      .map((file) => path.join(root, file))
    const found = unreadFields({ files, options, isExamined: (file) => file.startsWith(path.join(root, 'src')) })
    expect(found).toEqual([])
  },
  TIMEOUT_MS,
)

describe('the rule', () => {
  const A = 'interface A { x: number; y: number }'
  it.each([
    ['x.field', `${A} export const f = (a: A) => a.x + a.y`, []],
    ['a pattern', `${A} export const f = ({ x, y }: A) => x + y`, []],
    ['what nobody reads', `${A} export const f = (a: A) => a.x`, ['A.y']],
    ['what is only written', `${A} export const f = (a: A) => { a.y = 1; a.y += 1; return a.x }`, ['A.y']],
    ['what is serialised', `${A} export const f = (a: A) => JSON.stringify(a)`, []],
    ['what is serialised within', `${A} export const f = (a: A[]) => JSON.stringify({ all: a })`, []],
    [
      'what is read as another type',
      `${A} const g = (b: { x: number }) => b.x; export const f = (a: A) => g(a)`,
      ['A.y'],
    ],
    ['an arrow that waits', `${A} export const f = (a: Promise<A>) => a.catch(() => undefined)`, ['A.x', 'A.y']],
    [
      'a generic function in between',
      `${A} const g = <T>(all: readonly T[]) => all; export const f = (a: A[]) => { const [b] = g(a); return b?.x }`,
      ['A.y'],
    ],
    ['a computed name', `${A} export const f = (a: A, name: 'x') => a[name]`, ['A.y']],
    ['a row of a table', `${A} const a = { x: 1, y: 2 } satisfies A; export const f = () => a.y`, ['A.x']],
    ['a tag', `interface T { kind: 'one'; x: number } export const f = (t: T) => t.x`, []],
    ['a method', `interface M { go(): void; stop(): void } export const f = (m: M) => m.go()`, ['M.stop']],
  ])('%s', (_, text, found) => {
    const file = path.join(root, 'virtual.ts')
    const host = ts.createCompilerHost(options)
    const read = host.getSourceFile.bind(host)
    host.getSourceFile = (name, version) => {
      return name === file ? ts.createSourceFile(name, text, version, true) : read(name, version)
    }
    const fields = unreadFields({ files: [file], options, isExamined: () => true, host })
    expect(fields.map((field) => field.replace(/^.*: /, ''))).toEqual(found)
  })
})
