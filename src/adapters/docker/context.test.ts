import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readContext } from './context.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'context-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
}

async function names(file?: string, context = root): Promise<string[]> {
  return (await readContext(context, file)).entries.map(({ name }) => name)
}

describe('what a build may read', () => {
  test('files, folders and links, parents first, in the order of their bytes', async () => {
    write({ 'b/run.sh': '#!', 'a.txt': 'a', 'b.txt': '', '\u{1f680}': '', '\uffee': '', Dockerfile: 'FROM x' })
    symlinkSync('../outside', join(root, 'link'))
    mkdirSync(join(root, 'empty'))
    const sorted = ['Dockerfile', 'a.txt', 'b', 'b/run.sh', 'b.txt', 'empty', 'link', '\uffee', '\u{1f680}']
    expect(await names()).toEqual(sorted)
  })

  test('leaves out what .dockerignore says, and keeps its exceptions with their folders', async () => {
    write({
      '.dockerignore': '# comment\nnode_modules\n**/*.log\ndocs\n!docs/api/keep.md\n',
      Dockerfile: 'FROM x',
      'node_modules/a/index.js': '',
      'src/deep/x.log': '',
      'src/deep/x.ts': '',
      'docs/api/keep.md': '',
      'docs/api/drop.md': '',
      'docs/other/drop.md': '',
    })
    expect(await names()).toEqual([
      '.dockerignore',
      'Dockerfile',
      'docs',
      'docs/api',
      'docs/api/keep.md',
      'src',
      'src/deep',
      'src/deep/x.ts',
    ])
  })

  test("the Dockerfile's own ignore file wins", async () => {
    write({ '.dockerignore': 'a', 'deploy/Prod': 'FROM x', 'deploy/Prod.dockerignore': 'b', a: '', b: '' })
    const { entries, dockerfile } = await readContext(root, join(root, 'deploy/Prod'))
    const found = entries.map(({ name }) => name)
    expect(found).toContain('a')
    expect(found).not.toContain('b')
    expect(dockerfile.name).toBe('Prod')
  })

  test('a Dockerfile may be ignored, outside, or a link', async () => {
    write({ '.dockerignore': 'Dockerfile\n', Dockerfile: 'FROM ignored', 'app/a': '', other: 'FROM outside' })
    expect(await names()).not.toContain('Dockerfile')
    expect((await readContext(root, undefined)).dockerfile.path).toBe(join(root, 'Dockerfile'))
    expect(await names(join(root, 'other'), join(root, 'app'))).toEqual(['a'])
    symlinkSync('a', join(root, 'app/Dockerfile'))
    expect((await readContext(join(root, 'app'), undefined)).dockerfile.stats.isFile()).toBe(true)
  })

  test('a Dockerfile that is a link does not lead out of the context', async () => {
    write({ 'app/a': '', 'app/sub/b': '', other: 'FROM outside', 'docker/Dockerfile': 'FROM outside' })
    const refused = { code: 'build-failed', what: expect.stringContaining('leads out of') as string }
    symlinkSync('../other', join(root, 'app/Dockerfile'))
    await expect(readContext(join(root, 'app'), undefined)).rejects.toMatchObject(refused)
    symlinkSync('/etc/hostname', join(root, 'app/absolute'))
    await expect(readContext(join(root, 'app'), join(root, 'app/absolute'))).rejects.toMatchObject(refused)
    symlinkSync('../docker', join(root, 'app/folder'))
    await expect(readContext(join(root, 'app'), join(root, 'app/folder/Dockerfile'))).rejects.toMatchObject(refused)
    symlinkSync('app/a', join(root, 'beside'))
    expect((await readContext(join(root, 'docker'), join(root, 'beside'))).dockerfile.name).toBe('beside')
  })

  test('a Dockerfile may be written in lower case, and has its own ignore file then', async () => {
    write({ dockerfile: 'FROM x', 'dockerfile.dockerignore': 'a', a: '', b: '' })
    const { dockerfile, entries } = await readContext(root, undefined)
    expect(dockerfile.name).toBe('dockerfile')
    expect(entries.map(({ name }) => name)).toEqual(['b', 'dockerfile', 'dockerfile.dockerignore'])
    write({ Dockerfile: 'FROM y' })
    expect((await readContext(root, undefined)).dockerfile.name).toBe('Dockerfile')
  })

  test('says which Dockerfile is missing', async () => {
    await expect(readContext(root, undefined)).rejects.toMatchObject({ code: 'build-failed' })
  })
})

describe('the key under which BuildKit keeps what it was given', () => {
  const key = async () => (await readContext(root, undefined)).key

  test('stays while times tell what has changed', async () => {
    write({ Dockerfile: 'FROM x', a: '1' })
    const before = await key()
    write({ a: '2', b: '' })
    expect(await key()).toBe(before)
  })

  test('changes with the folder', async () => {
    write({ Dockerfile: 'FROM x', 'sub/Dockerfile': 'FROM x' })
    expect((await readContext(join(root, 'sub'), undefined)).key).not.toBe(await key())
  })

  test('changes with every write of a file whose time was set by hand', async () => {
    write({ Dockerfile: 'FROM x', a: '1' })
    utimesSync(join(root, 'a'), 1000, 1000)
    const before = await key()
    expect(await key()).toBe(before)
    await new Promise((resolve) => setTimeout(resolve, 20))
    write({ a: '2' })
    utimesSync(join(root, 'a'), 1000, 1000)
    expect(await key()).not.toBe(before)
  })
})
