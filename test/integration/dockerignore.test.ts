// `.dockerignore` beside Docker's own builder: what it copies of a folder is what we say that a build may read.
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readContext } from '../../src/adapters/docker/context.ts'
import { run } from '../../src/adapters/process/run.ts'
import { describeWith, need } from '../harness/lab.ts'
import { removeDir, tempDir } from '../harness/temp.ts'

const FILES = [
  'Build/a',
  'Thumbs.db',
  'thumbs.db',
  'src/Dist/x.js',
  'src/dist/x.js',
  'src/!ist/y.js',
  'src/a.txt',
  'src/A.TXT',
  'src/deep/er/a.log',
  'src/deep/a.log',
  'a.log',
  'docs/api/keep.md',
  'docs/api/drop.md',
  'docs/other.md',
  'node_modules/p/index.js',
  'node_modules/p/.env',
  '.env',
  '.env.example',
  'sp ace/f',
  'brack[et]/f',
  'back\\slash',
  'a-b',
  'a.b',
  'a+b(c)$',
  'é/ü',
  'rocket🚀',
]

const CASES: readonly string[] = [
  'build',
  'Build',
  'thumbs.db',
  'THUMBS.DB',
  'src/[!D]ist',
  'src/[^D]ist',
  'src/[a-d]ist',
  'src/*.txt',
  '**/*.log',
  '**/a.log',
  'src/**/a.log',
  'src/**',
  '**',
  '*',
  '*\n!src/a.txt',
  '**\n!src/deep/er',
  'docs\n!docs/api/keep.md',
  'docs/**\n!docs/**/keep.md',
  'docs/*\n!docs/api\ndocs/api/drop.md',
  'src\n!src/deep\nsrc/deep/er',
  'node_modules\n!node_modules/p/*.js',
  '# comment\n\n  src  \n/docs',
  '\ufeffsrc',
  './src\n../docs\ndocs/../a.log',
  'src/',
  '.env*\n!.env.example',
  '**/.env',
  'sp ace',
  'brack\\[et\\]',
  'brack[[]et]',
  'a?b',
  'a.b',
  'a+b(c)$',
  '??',
  'é/*',
  'rocket?',
  '!src\nsrc',
  'src\n!src',
  'src/deep\n!src',
  '!',
  '[',
  '[]a]',
  'src/[a-]',
  'a\\',
  'back\\\\slash',
  'a-b\\',
  '**/deep/**',
  '**/d*/**/a.log',
  '.',
  '/',
]

describeWith('docker', 'buildkit')('.dockerignore', () => {
  let root: string
  let context: string
  beforeAll(() => {
    root = tempDir('dockerignore')
    context = path.join(root, 'context')
    for (const name of FILES) {
      mkdirSync(path.dirname(path.join(context, name)), { recursive: true })
      writeFileSync(path.join(context, name), name)
    }
    symlinkSync('nowhere', path.join(context, 'link'))
    mkdirSync(path.join(root, 'docker'))
    writeFileSync(path.join(root, 'docker/Dockerfile'), 'FROM scratch\nCOPY . /\n')
    mkdirSync(path.join(root, 'config'))
  })
  afterAll(() => removeDir(root))

  /** The names that Docker's builder copies; undefined where it refuses the file. */
  async function copied(): Promise<string[] | undefined> {
    const out = path.join(root, 'out')
    rmSync(out, { recursive: true, force: true })
    const file = path.join(root, 'docker/Dockerfile')
    const args = ['build', '--quiet', '--file', file, '--output', `type=local,dest=${out}`, context]
    const env = { ...process.env, DOCKER_HOST: need('docker').DOCKER_HOST, DOCKER_CONFIG: path.join(root, 'config') }
    const never = new AbortController().signal
    const { code } = await run(need('buildkit').BUILDX_PLUGIN, args, { env, signal: never, onLine: () => undefined })
    return code === 0 ? listing(out) : undefined
  }

  async function ours(): Promise<string[] | undefined> {
    try {
      const { entries } = await readContext(context, path.join(root, 'docker/Dockerfile'))
      return entries.map(({ name }) => name).sort()
    } catch {
      return undefined
    }
  }

  const both = async (text: string) => {
    writeFileSync(path.join(context, '.dockerignore'), text)
    const [theirs, own] = [await copied(), await ours()]
    expect(own, JSON.stringify(text)).toEqual(theirs)
  }

  test.each(CASES.map((text) => [JSON.stringify(text), text]))('%s', async (_, text) => both(text))

  describe('made at random', () => {
    const pieces = ['**', '*', 'src', 'docs', 'deep', 'api', 'Dist', '[a-z]ist', '*.md', 'a.*', '?.txt', 'node_modules']
    let seed = 7
    const next = (limit: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return Math.floor((seed / 2147483648) * limit)
    }
    const line = () => {
      const parts = Array.from({ length: 1 + next(3) }, () => pieces[next(pieces.length)])
      return `${next(3) === 0 ? '!' : ''}${parts.join('/')}`
    }
    const texts = Array.from({ length: 30 }, () => Array.from({ length: 1 + next(4) }, line).join('\n'))
    test.each(texts.map((text) => [JSON.stringify(text), text]))('%s', async (_, text) => both(text))
  })
})

function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort()
}
