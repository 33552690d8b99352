// The rooms of docs/architecture.md: who may import whom, statically or dynamically, types included.
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../harness/node.ts'

const everywhere = ['ports', 'domain', 'errors']

/** What each room may import beside itself. `a/b` allows that one file of `a`. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  errors: ['domain'],
  ports: ['domain', 'errors', 'reporting/events'],
  pipeline: [...everywhere, 'reporting/events'],
  smoke: [...everywhere, 'reporting/events'],
  inputs: everywhere,
  targets: [...everywhere, 'inputs'],
  adapters: [...everywhere, 'reporting/events'],
  config: [...everywhere, 'inputs', 'targets/index', 'targets/shared/kind'],
  reporting: everywhere,
  bundle: ['actions', 'cli'],
  compose: [...everywhere, 'config', 'pipeline', 'targets', 'adapters', 'smoke', 'reporting'],
  actions: [...everywhere, 'compose', 'config', 'pipeline', 'targets', 'adapters', 'reporting'],
  // `smoke` is a verb of the command line alone: it has no pipeline around the check engine.
  cli: [...everywhere, 'compose', 'config', 'pipeline', 'targets', 'adapters', 'smoke', 'reporting'],
}

const USES_TOOLKIT = /^adapters\//

const src = path.join(root, 'src')
const files = globSync('**/*.ts', { cwd: src }).filter((file) => !file.endsWith('.test.ts'))

interface Import {
  readonly file: string
  /** A path below src for our own files, else the package's name. */
  readonly of: string
  readonly ours: boolean
}

function importsOf(file: string, text = readFileSync(path.join(src, file), 'utf8')): Import[] {
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)
  return [...found].map(([, name = '']) => {
    const ours = name.startsWith('.')
    return { file, ours, of: ours ? path.join(path.dirname(file), name) : name }
  })
}

const roomOf = (file: string): string => (file.split('/')[0] ?? '').replace(/\.ts$/, '')

function wrong({ file, of, ours }: Import): string | undefined {
  if (!ours) return of.startsWith('@actions/') && !USES_TOOLKIT.test(file) ? `${file} uses ${of}` : undefined
  const [from, to] = [roomOf(file), roomOf(of)]
  // The demo uses the product; of the product only the command line knows that there is one.
  if (of.startsWith('../demo/')) return file === 'cli/index.ts' ? undefined : `${file} imports the demo`
  if (from === 'targets' && to === 'targets') {
    const [folder, other] = [file, of].map((name) => name.split('/')[1])
    // The list of targets names them all; a target names only itself and what all share.
    const fine = file === 'targets/index.ts' || folder === other || other === 'shared'
    return fine ? undefined : `${file} imports another target, ${of}`
  }
  // What is known of a target opens it: there its connection is made, when it is needed.
  if (to === 'adapters' && /^targets\/[^/]+\/index\.ts$/.test(file)) return undefined
  const allowed = ARROWS[from]
  if (allowed === undefined) return `${file} is in no known room`
  return from === to || allowed.includes(to) || allowed.includes(of.replace(/\.ts$/, ''))
    ? undefined
    : `${file} imports ${of}`
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
  })
})
