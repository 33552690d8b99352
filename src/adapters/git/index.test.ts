import { execFileSync } from 'node:child_process'
import { mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tempDir } from '../../../test/harness/temp.ts'
import { createSource } from './index.ts'

const { signal } = new AbortController()

const env = { PATH: process.env['PATH'], HOME: tempDir('home') }

function git(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@invalid', '-c', 'init.defaultBranch=main']
  const options = ['-c', 'protocol.file.allow=always', '-c', 'commit.gpgSign=false']
  const dated = { ...env, GIT_COMMITTER_DATE: '2024-05-06T07:08:09Z' }
  return execFileSync('git', [...identity, ...options, ...args], { cwd: folder, env: dated, stdio: 'pipe' })
    .toString()
    .trim()
}

function write(folder: string, name: string, text = name): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
  writeFileSync(path.join(folder, name), text)
}

function commit(folder: string, name: string): string {
  write(folder, name)
  git(folder, 'add', '.')
  git(folder, 'commit', '-q', '-m', name)
  return git(folder, 'rev-parse', 'HEAD')
}

function repository(): string {
  const folder = realpathSync(tempDir('repository'))
  git(folder, 'init', '-q')
  return folder
}

function facts(folder: string, context = folder) {
  return createSource({ cwd: folder, env, signal }).facts(context)
}

describe('facts', () => {
  it('of a clean work tree', async () => {
    const folder = repository()
    const revision = commit(folder, 'a.txt')
    git(folder, 'remote', 'add', 'origin', 'https://token@github.com/acme/app.git')
    expect(await facts(folder)).toEqual({
      revision,
      committedAt: Date.parse('2024-05-06T07:08:09Z') / 1000,
      dirty: [],
      url: 'https://github.com/acme/app',
    })
  })

  it('name what differs', async () => {
    const folder = repository()
    commit(folder, 'app/a.txt')
    commit(folder, 'b é.txt')
    write(folder, '.gitignore', 'ignored\n')
    commit(folder, 'c.txt')
    write(folder, 'b é.txt', 'changed')
    write(folder, 'app/new/x.txt')
    write(folder, 'app/ignored')
    write(folder, 'outside.txt')
    const found = await facts(folder, path.join(folder, 'app'))
    expect(found).toMatchObject({ dirty: ['b é.txt'] })
    expect(found).not.toHaveProperty('url')
  })

  it('of staged, deleted and renamed files', async () => {
    const folder = repository()
    commit(folder, 'a.txt')
    commit(folder, 'b.txt')
    git(folder, 'rm', '-q', 'a.txt')
    git(folder, 'mv', 'b.txt', 'c.txt')
    write(folder, 'd.txt')
    git(folder, 'add', 'd.txt')
    expect((await facts(folder))?.dirty.toSorted()).toEqual(['a.txt', 'c.txt', 'd.txt'])
  })

  it('of files that Git was told not to look at', async () => {
    const folder = repository()
    for (const name of ['a.txt', 'b.txt', 'c.txt', 'd.txt', 'e.txt']) commit(folder, name)
    symlinkSync('a.txt', path.join(folder, 'link'))
    git(folder, 'add', 'link')
    git(folder, 'commit', '-q', '-m', 'link')
    git(folder, 'update-index', '--assume-unchanged', 'a.txt', 'e.txt', 'link')
    git(folder, 'update-index', '--skip-worktree', 'b.txt', 'c.txt', 'd.txt')
    expect((await facts(folder))?.dirty).toEqual([])
    writeFileSync(path.join(folder, 'a.txt'), 'changed')
    writeFileSync(path.join(folder, 'b.txt'), 'changed')
    // What a sparse checkout leaves out is not there to be sent.
    rmSync(path.join(folder, 'c.txt'))
    rmSync(path.join(folder, 'link'))
    symlinkSync('b.txt', path.join(folder, 'link'))
    rmSync(path.join(folder, 'e.txt'))
    symlinkSync('b.txt', path.join(folder, 'e.txt'))
    expect((await facts(folder))?.dirty.toSorted()).toEqual(['a.txt', 'b.txt', 'e.txt', 'link'])
  })

  it('of a submodule that the repository itself tells Git to ignore', async () => {
    const inner = repository()
    commit(inner, 'a.txt')
    const outer = repository()
    git(outer, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', `file://${inner}`, 'inner')
    git(outer, 'config', '-f', '.gitmodules', 'submodule.inner.ignore', 'all')
    git(outer, 'add', '.')
    git(outer, 'commit', '-q', '-m', 'inner')
    expect((await facts(outer))?.dirty).toEqual([])
    writeFileSync(path.join(outer, 'inner/a.txt'), 'changed')
    expect((await facts(outer))?.dirty).toEqual(['inner'])
  })

  it('of a folder that a link leads to', async () => {
    const folder = repository()
    const revision = commit(folder, 'app/a.txt')
    const elsewhere = repository()
    commit(elsewhere, 'b.txt')
    symlinkSync(path.join(folder, 'app'), path.join(elsewhere, 'link'))
    expect((await facts(path.join(elsewhere, 'link')))?.revision).toBe(revision)
  })

  it('of a worktree, a shallow clone and a submodule', async () => {
    const folder = repository()
    commit(folder, 'a.txt')
    const revision = commit(folder, 'b.txt')
    git(folder, 'remote', 'add', 'origin', 'git@github.com:acme/app.git')
    const beside = path.join(tempDir('beside'), 'tree')
    git(folder, 'worktree', 'add', '-q', beside)
    expect(await facts(beside)).toMatchObject({ revision, url: 'https://github.com/acme/app' })

    const shallow = path.join(tempDir('shallow'), 'clone')
    git(folder, 'clone', '-q', '--depth', '1', `file://${folder}`, shallow)
    expect(await facts(shallow)).toMatchObject({ revision, dirty: [] })

    const outer = repository()
    git(outer, 'submodule', '--quiet', 'add', `file://${folder}`, 'inner')
    const outerRevision = commit(outer, 'o.txt')
    expect(await facts(path.join(outer, 'inner'))).toMatchObject({ revision })
    write(outer, 'inner/untracked.txt')
    expect(await facts(outer)).toMatchObject({ revision: outerRevision, dirty: [] })
    write(outer, 'inner/a.txt', 'changed')
    expect(await facts(outer)).toMatchObject({ dirty: ['inner'] })
  })

  it('are none outside a work tree, before the first commit, and of a Git context', async () => {
    expect(await facts(tempDir('bare'))).toBeUndefined()
    expect(await facts(repository())).toBeUndefined()
    expect(await facts(repository(), 'https://github.com/acme/app.git')).toBeUndefined()
  })

  it('do not depend on where a hook points Git', async () => {
    const folder = repository()
    const revision = commit(folder, 'a.txt')
    const other = repository()
    const misled = { ...env, GIT_DIR: path.join(other, '.git'), GIT_INDEX_FILE: path.join(other, 'none') }
    expect(await createSource({ cwd: folder, env: misled, signal }).facts(folder)).toMatchObject({
      revision,
      dirty: [],
    })
  })

  it('are asked once', async () => {
    const folder = repository()
    commit(folder, 'a.txt')
    const source = createSource({ cwd: folder, env, signal })
    expect(source.facts(folder)).toBe(source.facts(folder))
    await source.facts(folder)
  })

  it('say what to do where Git distrusts the owner', async () => {
    const folder = repository()
    commit(folder, 'a.txt')
    // Git’s own test switch: behave as if another user owned the folder.
    const distrusting = { ...env, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' }
    await expect(createSource({ cwd: folder, env: distrusting, signal }).facts(folder)).rejects.toMatchObject({
      code: 'no-revision',
      fix: expect.stringContaining(`safe.directory ${folder}`) as string,
    })
  })

  it('say what to do where there is no git', async () => {
    const folder = repository()
    commit(folder, 'a.txt')
    const bare = { PATH: tempDir('empty') }
    await expect(createSource({ cwd: folder, env: bare, signal }).facts(folder)).rejects.toMatchObject({
      code: 'tool-missing',
    })
  })
})

describe('two commits', () => {
  const folder = repository()
  const first = commit(folder, 'a.txt')
  const second = commit(folder, 'b.txt')
  git(folder, 'checkout', '-q', '-b', 'side', first)
  const side = commit(folder, 'c.txt')
  git(folder, 'checkout', '-q', 'main')
  const absent = 'f'.repeat(40)
  const source = createSource({ cwd: folder, env, signal })

  it.each([
    ['the same', first, first, 'same'],
    ['older', first, second, 'older'],
    ['newer', second, first, 'newer'],
    ['diverged', second, side, 'diverged'],
    ['unknown', second, absent, 'unknown'],
  ])('%s', async (_, one, two, answer) => expect(await source.compare(one, two)).toBe(answer))

  it('are unknown where history was cut', async () => {
    const shallow = path.join(tempDir('shallow'), 'clone')
    git(folder, 'clone', '-q', '--depth', '1', '--no-single-branch', `file://${folder}`, shallow)
    expect(await createSource({ cwd: shallow, env, signal }).compare(second, side)).toBe('unknown')
    expect(await createSource({ cwd: shallow, env, signal }).compare(first, second)).toBe('unknown')
  })

  it('are unknown outside a work tree', async () => {
    expect(await createSource({ cwd: tempDir('bare'), env, signal }).compare(first, second)).toBe('unknown')
  })
})

describe('GitHub is asked where the local history does not say', () => {
  const asked: { url: string | undefined; authorization: string | undefined }[] = []
  let answer = { status: 200, body: '' }
  const server = createServer((request, response) => {
    asked.push({ url: request.url, authorization: request.headers.authorization })
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
  })
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => void server.close())

  const [one, two] = ['1'.repeat(40), '2'.repeat(40)]
  function compare() {
    const { port } = server.address() as AddressInfo
    const github = { apiUrl: `http://127.0.0.1:${String(port)}/api/v3`, repository: 'acme/app', token: 'secret' }
    return createSource({ cwd: tempDir('bare'), env, github, signal }).compare(one, two)
  }

  it.each([
    ['ahead', 'newer'],
    ['behind', 'older'],
    ['diverged', 'diverged'],
    ['identical', 'same'],
    ['new-word', 'unknown'],
  ])('%s', async (status, ancestry) => {
    answer = { status: 200, body: JSON.stringify({ status }) }
    expect(await compare()).toBe(ancestry)
    expect(asked.at(-1)).toEqual({
      url: `/api/v3/repos/acme/app/compare/${two}...${one}?per_page=1`,
      authorization: 'token secret',
    })
  })

  it.each([
    [404, '{}'],
    [500, 'oops'],
    [200, 'no JSON'],
  ])('%i is unknown, never an error', async (status, body) => {
    answer = { status, body }
    expect(await compare()).toBe('unknown')
  })

  it('is asked no longer than the run goes on', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    const github = { apiUrl: `http://127.0.0.1:${String(port)}`, repository: 'acme/app', token: 't' }
    const run = new AbortController()
    const source = createSource({ cwd: tempDir('bare'), env, github, signal: run.signal })
    silent.once('request', () => run.abort())
    await expect(source.compare(one, two)).rejects.toMatchObject({ code: 'cancelled' })
    silent.closeAllConnections()
    silent.close()
  })

  it('silence is unknown', async () => {
    const github = { apiUrl: 'http://127.0.0.1:9', repository: 'acme/app', token: 't' }
    expect(await createSource({ cwd: tempDir('bare'), env, github, signal }).compare(one, two)).toBe('unknown')
  })
})
