// What CONTRIBUTING promises of a new target and a new verb, in a copy of the repository: only the files that it names are
// written by hand, and then everything that `npm run check` looks at is right.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { node24, root } from '../harness/node.ts'
import { tempDir } from '../harness/temp.ts'

const copy = tempDir('additions')
const read = (file: string) => readFileSync(path.join(copy, file), 'utf8')
const write = (file: string, text: string) => {
  mkdirSync(path.dirname(path.join(copy, file)), { recursive: true })
  writeFileSync(path.join(copy, file), text)
}
/** A text with a part replaced that must be there once. */
function edited(text: string, from: string, to: string): string {
  expect(text.split(from).length, from).toBe(2)
  return text.replace(from, to)
}
const tool = (...args: readonly string[]) => {
  const options = { cwd: copy, encoding: 'utf8', env: { ...process.env, HOME: copy } } as const
  const { status, stdout, stderr } = spawnSync(node24, args, options)
  return { status, stdout, stderr, all: stdout + stderr }
}
const command = (...args: readonly string[]) => tool('src/cli/index.ts', ...args)

const TOY_TARGET = `
import type { TargetRequest } from '../../domain/request.ts'
import type { Input } from '../../inputs/types.ts'
import { TARGETED } from '../../inputs/types.ts'
import type { TargetKind } from '../shared/kind.ts'

interface ToyRequest extends TargetRequest {
  readonly name: 'toy'
  readonly box: string | undefined
}

const TOY_INPUTS = [
  { name: 'toy-box', kind: 'text', group: 'where', commands: TARGETED, example: 'attic', about: 'Box of the toys.' },
] as const satisfies readonly Input[]

export const toy = {
  name: 'toy',
  title: 'Toy',
  aliases: ['plaything'],
  workload: { about: 'names of toys', example: 'robot' },
  manifests: 'a list of toys',
  inputs: TOY_INPUTS,
  read(values, { cwd: _, ...common }) {
    const box = values.text('toy-box')
    if (box === 'cellar') values.fault('toy-box', 'must be dry')
    return { name: 'toy', ...common, box }
  },
  async open(_request, { clock }) {
    const { FakeTarget } = await import('./target.ts')
    return new FakeTarget({ clock })
  },
} as const satisfies TargetKind<ToyRequest, (typeof TOY_INPUTS)[number]>
`

const TOY_VERB = `
import type { Verb } from './verb.ts'

export const play = {
  name: 'play',
  summary: 'play with one image',
  title: 'Play with an image that runs.',
  takes: ['every', 'targeted'],
  inputs: [
    { name: 'game', kind: 'text', group: 'run', commands: 'play', example: 'chess', about: 'What is played.', file: false },
  ],
  action: { name: 'Immutable Deploy: play', description: 'Play.', icon: 'box', color: 'green' },
  async run(invocation, context) {
    return (await import('../compose/play.ts')).runPlay(invocation, context)
  },
} as const satisfies Verb
`

const TOY_READER = `
import type { AppRequest } from '../domain/request.ts'
import type { InvocationContext } from '../verbs/verb.ts'
import { appRequest } from './app.ts'
import { open } from './reading.ts'

interface ToyReading {
  readonly request: AppRequest
  readonly game: string | undefined
  readonly secrets: readonly string[]
}

export async function readPlay(invocation: InvocationContext): Promise<ToyReading> {
  const { values, faults, configContext, app, environment } = await open('play', invocation)
  const request = appRequest(values, configContext, { app: app.name, environment })
  const [game, githubToken] = [values.text('game'), values.text('github-token')]
  faults.throwIfAny()
  return { request, game, secrets: githubToken === undefined ? [] : [githubToken] }
}
`

const TOY_RUNNER = `
import { readPlay } from '../config/play.ts'
import { emptyResult } from '../domain/result.ts'
import { DeployError } from '../errors/deploy-error.ts'
import type { Done, InvocationContext, VerbContext } from '../verbs/verb.ts'

export async function runPlay(invocation: InvocationContext, { reporter, mask }: VerbContext): Promise<Done> {
  const { request, game, secrets } = await readPlay(invocation)
  mask(secrets)
  if (game === 'poker') throw new DeployError('not-supported', 'no gambling')
  reporter.emit({ type: 'info', text: \`\${game ?? 'nothing'} is played\` })
  return { request, result: emptyResult('play', 'checked') }
}
`

const WAY_BACK = `
import { readRelease } from './src/config/index.ts'
import { rollbackCommand } from './src/reporting/rollback-command.ts'

const argv = ['--image', 'acme/app', '--digest', 'sha256:${'1'.repeat(64)}', '--deploy-to', 'toy', '--workload', 'robot', '--toy-box', 'attic']
const { request } = await readRelease({ argv, env: {} }, () => Promise.reject(new Error('nothing is built')))
console.log(rollbackCommand(request, 'previous'))
`

/** The files that a person writes or changes for the target and the verb: those that CONTRIBUTING names. */
const BY_HAND = [
  'docs/cli.md',
  'src/compose/play.ts',
  'src/config/play.ts',
  'src/targets/index.ts',
  'src/targets/toy/index.ts',
  'src/targets/toy/target.ts',
  'src/verbs/index.ts',
  'src/verbs/play.ts',
  'test/contract/toy.test.ts',
  'test/unit/unread.test.ts',
]

beforeAll(() => {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  for (const file of files
    .toString()
    .split('\0')
    .filter((name) => name !== '' && !name.startsWith('dist/'))) {
    if (existsSync(path.join(root, file))) cpSync(path.join(root, file), path.join(copy, file))
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'))

  // A target: one folder, and its name in the list.
  write('src/targets/toy/index.ts', TOY_TARGET)
  write('src/targets/toy/target.ts', read('test/fakes/target.ts').replaceAll('../../src/', '../../'))
  const targets = read('src/targets/index.ts').replace(
    /^(export const TARGETS = \[.*)\] as const$/m,
    '$1, toy] as const',
  )
  write('src/targets/index.ts', `import { toy } from './toy/index.ts'\n${targets}`)
  const contract = read('test/contract/fake.test.ts')
  write('test/contract/toy.test.ts', edited(contract, `'../fakes/target.ts'`, `'../../src/targets/toy/target.ts'`))

  // A verb: its row, what runs it, and its name in the list.
  write('src/verbs/play.ts', TOY_VERB)
  write('src/config/play.ts', TOY_READER)
  write('src/compose/play.ts', TOY_RUNNER)
  const verbs = read('src/verbs/index.ts').replace(/^(const ROWS = \[.*)\] as const$/m, '$1, play] as const')
  write('src/verbs/index.ts', `import { play } from './play.ts'\n${verbs}`)
  const page = read('docs/cli.md')
  write('docs/cli.md', edited(page, '| `list` ', '| `play` | play with one image |\n| `list` '))
  const readme = read('README.md')
  write('README.md', `${readme}\n<!-- inputs:play:start -->\n<!-- inputs:play:end -->\n`)
  const unread = read('test/unit/unread.test.ts')
  const reader = `import { readPlay } from '../../src/config/play.ts'\n`
  const row = '  play: (inputs) => readPlay(io(inputs)),\n  smoke: (inputs)'
  write('test/unit/unread.test.ts', `${reader}${edited(unread, '  smoke: (inputs)', row)}`)
  write('way-back.ts', WAY_BACK)
  execFileSync('git', ['init', '-q', copy])
  execFileSync('git', ['add', '--all'], { cwd: copy })
  const { status, all } = tool('scripts/generate.mjs')
  expect(status, all).toBe(0)
})

it('the types check', () => {
  const { status, stdout } = tool('node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json')
  expect(stdout).toBe('')
  expect(status).toBe(0)
})

it('no other file was written by hand', () => {
  const listed = `console.log(JSON.stringify([...(await import('./scripts/generate/main.ts')).generated().keys()]))`
  const { stdout, all } = tool('--input-type=module', '-e', listed)
  expect(all).toBe(stdout)
  const generated = new Set(JSON.parse(stdout) as string[])
  const text = (folder: string, file: string) => {
    const at = path.join(folder, file)
    return existsSync(at) ? readFileSync(at, 'utf8') : undefined
  }
  const changed = readdirSync(copy, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(copy, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith('.git/') && file !== 'way-back.ts' && text(copy, file) !== text(root, file))
  expect(changed.filter((file) => !generated.has(file)).toSorted()).toEqual(BY_HAND)
})

it('what is generated is in step, and the quick tests that know the tables pass', () => {
  expect(tool('scripts/generate.mjs', '--check')).toMatchObject({ status: 0 })
  const quick = ['scripts', 'test/unit/{action-files,arrows,docs,language,unread,verbs}.test.ts']
  const files = quick.flatMap((pattern) =>
    globSync(pattern.includes('.') ? pattern : `${pattern}/*.test.ts`, { cwd: copy }),
  )
  expect(files.length).toBeGreaterThan(6)
  const { status, all } = tool('node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', ...files)
  expect(status, all).toBe(0)
})

describe('a new target', () => {
  it('is in the action files, the pages and the schema of the configuration file', () => {
    for (const file of ['action.yml', 'release/action.yml', 'rollback/action.yml', 'docs/inputs.md', 'README.md']) {
      expect(read(file), file).toContain('toy-box')
    }
    expect(read('docs/inputs.md')).toContain('Toy: names of toys')
    expect(read('docs/inputs.md')).toContain('a list of toys (Toy)')
    const schema = JSON.parse(read('schema/config.schema.json')) as { definitions: Record<string, { enum?: string[] }> }
    expect(schema.definitions['key:toy-box']).toBeDefined()
    expect(schema.definitions['key:deploy-to']?.enum).toContain('toy')
  })

  it('is in the help', () => {
    for (const verb of ['release', 'rollback', 'list']) {
      const { stdout } = command(verb, '--help')
      expect(stdout).toContain('--toy-box TEXT')
      expect(stdout).toMatch(/--deploy-to none\|.*\|toy/)
    }
  })

  it('is in what is said of wrong inputs', () => {
    const known = ['--image', 'acme/app', '--json']
    const faults = (...args: readonly string[]) => {
      const { faults: found } = JSON.parse(command('rollback', ...known, ...args).stdout) as { faults: object[] }
      return found
    }
    expect(JSON.stringify(faults())).toMatch(/is needed: the target to roll back, one of [a-z, ]*toy/)
    expect(faults('--deploy-to', 'plaything')).toContainEqual(expect.objectContaining({ suggestion: 'toy' }))
    expect(faults('--deploy-to', 'toy')).toContainEqual(expect.objectContaining({ name: 'workload', example: 'robot' }))
    expect(faults('--deploy-to', 'swarm', '--workload', 'web', '--toy-box', 'attic')).toContainEqual(
      expect.objectContaining({ name: 'toy-box', example: 'deploy-to: toy' }),
    )
    expect(faults('--deploy-to', 'toy', '--workload', 'robot', '--toy-box', 'cellar')).toContainEqual(
      expect.objectContaining({ name: 'toy-box', problem: 'must be dry' }),
    )
  })

  it('is in the command that brings an environment back', () => {
    expect(tool('way-back.ts').stdout).toContain(
      '--deploy-to toy --environment production --workload robot --toy-box attic',
    )
  })

  it('is opened with the context that every target gets', () => {
    const { stdout, all } = command(
      'list',
      '--image',
      '127.0.0.1:1/app',
      '--deploy-to',
      'toy',
      '--workload',
      'robot',
      '--json',
    )
    expect(all).not.toContain('internal-error')
    expect(JSON.parse(stdout)).toMatchObject({ action: 'list', target: 'toy' })
  })

  it('goes through the contract suite', () => {
    const { status, all } = tool(
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      'real',
      'test/contract/toy.test.ts',
    )
    expect(status, all).toBe(0)
    expect(all).toMatch(/Tests .*passed/)
  })
})

describe('a new verb', () => {
  it('has its action file, its inputs, and its place in pages, schema and bundle', () => {
    expect(read('play/action.yml')).toContain('main: ../dist/play/index.js')
    expect(read('play/action.yml')).toContain('What is played.')
    expect(read('action.yml')).not.toContain('What is played.')
    expect(read('docs/inputs.md')).toContain('## Play')
    expect(read('schema/result.schema.json')).toContain('"play"')
    expect(
      tool('--input-type=module', '-e', `console.log((await import('./src/bundle.ts')).PUBLISHED)`).stdout,
    ).toContain('play')
  })

  it('is a command with a help of its own', () => {
    expect(command('--help').stdout).toContain('play with one image')
    expect(command('play', '--help').stdout).toContain('--game TEXT')
    expect(command('release', '--json', '--game', 'chess').stdout).toContain('is not an option of release')
  })

  it.each([
    [[], 0, 'checked'],
    [['--game', 'poker'], 1, 'failed'],
    [['--game', 'chess', '--deploy-to', 'nowhere'], 2, 'failed'],
  ])('prints a result that its schema knows %j', async (words, code, outcome) => {
    const { status, stdout } = command('play', '--json', '--image', 'acme/app', ...words)
    expect(status).toBe(code)
    const { Ajv } = (await import('ajv')).default
    const validate = new Ajv().compile(JSON.parse(read('schema/result.schema.json')) as object)
    const result = JSON.parse(stdout) as { outcome: string }
    expect(validate(result)).toBe(true)
    expect(result.outcome).toBe(outcome)
  })
})
