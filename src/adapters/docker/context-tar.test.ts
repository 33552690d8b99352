import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { extract } from 'tar-stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { packContext } from './context-tar.ts'

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

interface Found {
  name: string
  type: string
  mode: number
  text: string
  link: string
  uid: number
  mtime: number
}

async function packed(
  file?: string,
  context = root,
): Promise<{ dockerfile: string; entries: Found[]; names: string[] }> {
  const { body, dockerfile } = await packContext(context, file)
  const entries: Found[] = []
  for await (const entry of body.pipe(extract() as unknown as NodeJS.ReadWriteStream) as unknown as ReturnType<
    typeof extract
  >) {
    const { name, type, mode, linkname, uid, mtime } = entry.header
    const chunks: Buffer[] = []
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    entries.push({ name, type: type ?? '', mode, text, link: linkname ?? '', uid, mtime: mtime.getTime() })
  }
  return { dockerfile, entries, names: entries.map(({ name }) => name.replace(/\/$/, '')) }
}

describe('the archive', () => {
  test('has files, folders and links, sorted, with modes and times, owned by root', async () => {
    write({ 'b/run.sh': '#!', 'a.txt': 'a', Dockerfile: 'FROM x' })
    chmodSync(join(root, 'b/run.sh'), 0o755)
    utimesSync(join(root, 'a.txt'), 1000, 1000)
    symlinkSync('../outside', join(root, 'link'))
    mkdirSync(join(root, 'empty'))
    const { entries, names, dockerfile } = await packed()
    expect(names).toEqual(['Dockerfile', 'a.txt', 'b', 'b/run.sh', 'empty', 'link'])
    expect(dockerfile).toBe('Dockerfile')
    const by = Object.fromEntries(entries.map((entry) => [entry.name.replace(/\/$/, ''), entry]))
    expect(by['b/run.sh']).toMatchObject({ mode: 0o755, text: '#!', uid: 0 })
    expect(by['a.txt']).toMatchObject({ mtime: 1_000_000 })
    expect(by['link']).toMatchObject({ type: 'symlink', link: '../outside' })
    expect(by['empty']?.type).toBe('directory')
  })

  test('streams large files whole', async () => {
    write({ Dockerfile: 'FROM x', big: 'x'.repeat(3_000_000), after: 'y' })
    const { entries } = await packed()
    expect(entries.find(({ name }) => name === 'big')?.text).toHaveLength(3_000_000)
    expect(entries.find(({ name }) => name === 'after')?.text).toBe('y')
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
    expect((await packed()).names).toEqual([
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
    write({
      '.dockerignore': 'a',
      'deploy/Prod': 'FROM x',
      'deploy/Prod.dockerignore': 'b',
      a: '',
      b: '',
    })
    const { names, dockerfile } = await packed(join(root, 'deploy/Prod'))
    expect(names).toContain('a')
    expect(names).not.toContain('b')
    expect(dockerfile).toBe('deploy/Prod')
  })

  test('a Dockerfile that is ignored or outside travels under a name of its own', async () => {
    write({ '.dockerignore': 'Dockerfile\n', Dockerfile: 'FROM ignored', 'app/a': '', other: 'FROM outside' })
    const ignored = await packed()
    expect(ignored.dockerfile).toMatch(/^\.dockerfile\.[0-9a-f]{12}$/)
    expect(ignored.names).not.toContain('Dockerfile')
    expect(ignored.entries.find(({ name }) => name === ignored.dockerfile)?.text).toBe('FROM ignored')
    const outside = await packed(join(root, 'other'), join(root, 'app'))
    expect(outside.names).toEqual([outside.dockerfile, 'a'])
  })

  test('says which Dockerfile is missing', async () => {
    await expect(packContext(root, undefined)).rejects.toMatchObject({ code: 'build-failed' })
  })
})
