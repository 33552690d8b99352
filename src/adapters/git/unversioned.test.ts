import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { git } from '../../../test/harness/images.ts'
import { removeDir, tempDir } from '../../../test/harness/temp.ts'
import { createSource } from './index.ts'

const { signal } = new AbortController()

let root: string
beforeEach(() => {
  root = tempDir('unversioned')
  git(root, 'init', '--quiet')
  write(root, { Dockerfile: 'FROM scratch', 'app.js': '', '.gitignore': '.env\nnode_modules/\ndist\n' })
  commit(root)
})
afterEach(() => removeDir(root))

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
}

function commit(folder: string): void {
  git(folder, 'add', '--all')
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'x')
}

async function sent(build: { context?: string; file?: string; buildContexts?: readonly string[] } = {}) {
  const source = createSource({ cwd: root, env: process.env, signal })
  const { context = root, buildContexts = [], ...file } = build
  return source.unversioned({ context, buildContexts, ...file })
}

describe('what a build sends that is not in the commit', () => {
  it('is nothing in a clean checkout', async () => {
    expect(await sent()).toEqual({ files: [], gitCredentials: false })
  })

  it('is what Git does not track and what it ignores, file by file', async () => {
    write(root, { 'gha-creds-39c413352e4b4825.json': '{}', '.env': '', 'node_modules/a/x.js': '', 'dist/b': '' })
    const files = ['.env', 'dist/b', 'gha-creds-39c413352e4b4825.json', 'node_modules/a/x.js']
    expect((await sent()).files).toEqual(files)
  })

  it('leaves out what .dockerignore keeps out, and keeps its exceptions', async () => {
    write(root, { '.dockerignore': '.env\nnode_modules\n!node_modules/a/keep\ndist\n' })
    commit(root)
    write(root, { '.env': '', 'node_modules/a/x.js': '', 'node_modules/a/keep': '', 'dist/b': '', 'sub/.env': '' })
    expect((await sent()).files).toEqual(['node_modules/a/keep', 'sub/.env'])
    write(root, { 'own/Dockerfile': 'FROM scratch', 'own/Dockerfile.dockerignore': '*\n!.env' })
    expect((await sent({ file: path.join(root, 'own/Dockerfile') })).files).toEqual(['.env'])
  })

  it('is looked for no longer than the run goes on', async () => {
    write(root, Object.fromEntries(Array.from({ length: 1500 }, (_, index) => [`many/${String(index)}`, ''])))
    const run = new AbortController()
    const source = createSource({ cwd: root, env: process.env, signal: run.signal })
    await source.facts(root)
    const asked = source.unversioned({ context: root, buildContexts: [] })
    setImmediate(() => run.abort())
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('is relative to a context that is a folder of the work tree', async () => {
    write(root, { 'app/.env': '', 'other/.env': '' })
    expect((await sent({ context: path.join(root, 'app') })).files).toEqual(['.env'])
  })

  it('is everything in a folder that is ignored, or in no work tree', async () => {
    write(root, { 'dist/app/a': '', 'dist/app/b/c': '' })
    expect([...(await sent({ context: path.join(root, 'dist/app') })).files].sort()).toEqual(['a', 'b/c'])
    const outside = tempDir('outside')
    write(outside, { a: '', '.dockerignore': 'b', b: '' })
    expect([...(await sent({ context: outside })).files].sort()).toEqual(['.dockerignore', 'a'])
    removeDir(outside)
  })

  it('has named contexts, by their own ignore files', async () => {
    write(root, { 'assets/.dockerignore': 'b', 'assets/logo.svg': '' })
    commit(root)
    write(root, { 'assets/.env': '', 'assets/b': '' })
    write(root, { '.dockerignore': 'assets' })
    commit(root)
    write(root, { 'assets/new': '' })
    const buildContexts = ['assets=assets', 'base=docker-image://alpine', 'src=https://github.com/a/b.git#main']
    expect((await sent({ buildContexts })).files).toEqual(
      ['assets: .env', 'assets: b'].slice(0, 1).concat('assets: new'),
    )
  })

  it('has what a repository inside and a submodule hold', async () => {
    const library = tempDir('library')
    git(library, 'init', '--quiet')
    write(library, { code: '', '.gitignore': '.env' })
    commit(library)
    git(root, '-c', 'protocol.file.allow=always', 'submodule', 'add', '--quiet', library, 'lib')
    commit(root)
    write(root, { 'lib/.env': '', 'lib/new': '' })
    write(path.join(root, 'clone'), { x: '' })
    git(path.join(root, 'clone'), 'init', '--quiet')
    const files = (await sent()).files.filter((name) => !name.startsWith('clone/.git/'))
    expect(files).toEqual(['clone/x', 'lib/.env', 'lib/new'])
    removeDir(library)
  })

  it('has what a repository inside holds that no file names as a submodule', async () => {
    write(root, { 'inside/code': '', 'inside/.gitignore': '*.key' })
    git(path.join(root, 'inside'), 'init', '--quiet')
    commit(path.join(root, 'inside'))
    commit(root)
    write(root, { 'inside/id.key': '' })
    expect((await sent()).files.filter((name) => !name.startsWith('inside/.git/'))).toEqual(['inside/id.key'])
  })

  it('has what lies behind a link that is the context', async () => {
    write(root, { 'services/web/Dockerfile': 'FROM scratch' })
    symlinkSync('services/web', path.join(root, 'web'))
    const outside = tempDir('outside')
    write(outside, { Dockerfile: 'FROM scratch', 'key.pem': '' })
    symlinkSync(outside, path.join(root, 'elsewhere'))
    commit(root)
    write(root, { 'services/web/.env': '' })
    expect((await sent({ context: path.join(root, 'web') })).files).toEqual(['.env'])
    expect((await sent({ context: path.join(root, 'elsewhere') })).files).toEqual(['Dockerfile', 'key.pem'])
    expect((await sent({ buildContexts: ['a=web'] })).files).toContain('a: .env')
    removeDir(outside)
  })

  it.each([
    ['in the address of a remote', ['remote.origin.url', 'https://x-access-token:ghs_1@github.com/acme/app']],
    ['as the name in it', ['remote.origin.pushurl', 'https://ghp_abcdefghijklmnopqrstuvwxyz0123@github.com/acme/app']],
    ['in a rule that rewrites addresses', ['url.https://x:ghs_1@github.com/.insteadOf', 'https://github.com/']],
  ] as const)('has a token %s', async (_, setting) => {
    git(root, 'config', 'remote.origin.url', 'https://someone@bitbucket.org/acme/app')
    expect((await sent()).gitCredentials).toBe(false)
    git(root, 'config', ...setting)
    expect((await sent()).gitCredentials).toBe(true)
  })

  it('has the token of a submodule, and that of a named context', async () => {
    const library = tempDir('library')
    git(library, 'init', '--quiet')
    commit(library)
    const submodule = ['submodule', 'add', '--quiet', '--name', 'vendor/lib', library, 'lib']
    git(root, '-c', 'protocol.file.allow=always', ...submodule)
    commit(root)
    git(path.join(root, 'lib'), 'config', 'http.https://github.com/.extraheader', 'AUTHORIZATION: basic eDp5')
    expect((await sent()).gitCredentials).toBe(true)
    write(root, { '.dockerignore': '.git/modules' })
    expect((await sent()).gitCredentials).toBe(false)
    write(root, { 'web/Dockerfile': 'FROM scratch' })
    git(root, 'config', 'http.https://github.com/.extraheader', 'AUTHORIZATION: basic eDp5')
    const context = path.join(root, 'web')
    expect((await sent({ context })).gitCredentials).toBe(false)
    expect((await sent({ context, buildContexts: ['all=.'] })).gitCredentials).toBe(true)
    removeDir(library)
  })

  it('has the token that a checkout keeps', async () => {
    git(root, 'config', 'http.https://github.com/.extraheader', 'AUTHORIZATION: basic eDp5')
    expect((await sent()).gitCredentials).toBe(true)
    write(root, { '.dockerignore': '.git' })
    expect((await sent()).gitCredentials).toBe(false)
  })

  it('follows no link', async () => {
    mkdirSync(path.join(root, 'node_modules'))
    symlinkSync('/etc', path.join(root, 'node_modules/etc'))
    expect((await sent()).files).toEqual(['node_modules/etc'])
  })
})
