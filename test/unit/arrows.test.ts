// The rooms of docs/architecture.md: who may import whom, types included.
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { CORE, ROOMS } from '../../scripts/generate/rooms.ts'
import { root } from '../harness/node.ts'

const src = path.join(root, 'src')
const files = globSync('**/*.ts', { cwd: src }).filter((file) => !file.endsWith('.test.ts'))

interface Import {
  readonly file: string
  /** A path below src for our own files, else the package's name. */
  readonly of: string
  readonly ours: boolean
  /** By `import()`, when it is needed, or its type by `typeof import()`. */
  readonly lazily: boolean
}

function importsOf(file: string, text = readFileSync(path.join(src, file), 'utf8')): Import[] {
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*(\(?)\s*'([^']+)'/g)
  return [...found].map(([, bracket, name = '']) => {
    const ours = name.startsWith('.')
    return { file, ours, lazily: bracket === '(', of: ours ? path.join(path.dirname(file), name) : name }
  })
}

const roomOf = (file: string): string =>
  file.startsWith('../') ? file.split('/').slice(0, 2).join('/') : (file.split('/')[0] ?? '').replace(/\.ts$/, '')

function wrong({ file, of, ours, lazily }: Import): string | undefined {
  const [from, to] = [roomOf(file), roomOf(of)]
  if (!ours) return of.startsWith('@actions/') && from !== 'adapters' ? `${file} uses ${of}` : undefined
  if (from === 'targets' && to === 'targets') {
    const [folder, other] = [file, of].map((name) => name.split('/')[1])
    // The list of targets names them all; a target names only itself and what all share.
    const fine = file === 'targets/index.ts' || folder === other || other === 'shared'
    return fine ? undefined : `${file} imports another target, ${of}`
  }
  const room = ROOMS[from]
  if (room === undefined) return `${file} is in no known room`
  const allowed = [from, ...room.imports, ...(lazily ? (room.lazily ?? []) : [])]
  return allowed.includes(to) || allowed.includes(of.replace(/\.ts$/, '')) ? undefined : `${file} imports ${of}`
}

describe('import arrows', () => {
  const all = files.flatMap((file) => importsOf(file))

  it('sees the imports', () => {
    expect(files.length).toBeGreaterThan(100)
    expect(all.length).toBeGreaterThan(500)
    expect(all.some(({ file, of }) => file === 'targets/index.ts' && of === 'targets/swarm/index.ts')).toBe(true)
  })

  it('all point the right way', () => {
    expect(all.map(wrong).filter((arrow) => arrow !== undefined)).toEqual([])
  })

  it('are allowed only where there is one', () => {
    const used = (from: string, to: string) =>
      all.some(({ file, of }) => roomOf(file) === from && (roomOf(of) === to || of === `${to}.ts`))
    const unused = Object.entries(ROOMS).flatMap(([from, { imports, lazily = [] }]) =>
      [...imports, ...lazily]
        .filter((to) => !CORE.some((room) => room === to) && !used(from, to))
        .map((to) => `${from} does not import ${to}`),
    )
    expect(unused).toEqual([])
  })

  it('would notice a wrong one', () => {
    const text = `import type { A } from '../config/index.ts'\nawait import('@actions/core')\nexport * from '../smoke/index.ts'`
    expect(importsOf('pipeline/x.ts', text).map(wrong)).toEqual([
      'pipeline/x.ts imports config/index.ts',
      'pipeline/x.ts uses @actions/core',
      'pipeline/x.ts imports smoke/index.ts',
    ])
    expect(importsOf('targets/swarm/x.ts', `import '../kubernetes/pods.ts'`).map(wrong)).toEqual([
      'targets/swarm/x.ts imports another target, targets/kubernetes/pods.ts',
    ])
    expect(importsOf('domain/x.ts', `import { a } from '../errors/catalogue.ts'`).map(wrong)).toHaveLength(1)
    const lazy = `import type { A } from '../compose/run.ts'\nawait import('../compose/run.ts')`
    expect(importsOf('verbs/x.ts', lazy).map(wrong)).toEqual(['verbs/x.ts imports compose/run.ts', undefined])
  })
})

it('every package of the toolkit that is a dependency is used by code that runs, not by tests alone', () => {
  const { devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>
  }
  const code = globSync('{src,scripts}/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'))
  const imported = code.flatMap((file) => importsOf(file, readFileSync(path.join(root, file), 'utf8')))
  const used = new Set(imported.map(({ of }) => of))
  const toolkit = Object.keys(devDependencies).filter((name) => name.startsWith('@actions/'))
  expect(toolkit).toHaveLength(4)
  expect(toolkit.filter((name) => !used.has(name))).toEqual([])
})
