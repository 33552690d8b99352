import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventually, tempDir } from '../../../test/harness/temp.ts'
import { findTool } from './find.ts'
import { createPrivateFolder, sweepLeftovers } from './leftovers.ts'
import { endingText, run } from './run.ts'

const node = process.execPath
const script = (text: string): readonly [string, readonly string[]] => [node, ['-e', text]]

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('run', () => {
  test('gives code, both outputs and whole lines', async () => {
    const lines: string[] = []
    const result = await run(
      ...script(
        "process.stdout.write('a\\nb'); process.stderr.write('e\\r\\n'); process.stdin.pipe(process.stdout).on('unpipe', () => process.exit(3))",
      ),
      { stdin: 'c\n', onLine: (line, from) => lines.push(`${from}:${line}`) },
    )
    expect(result).toMatchObject({ code: 3, signal: null, stdout: 'a\nbc\n', stderr: 'e\r\n', timedOut: false })
    expect(lines.sort()).toEqual(['stderr:e', 'stdout:a', 'stdout:bc'])
  })

  test('gives arguments to the program as they are', async () => {
    const args = ['$(touch /tmp/never)', '`id`', ';', '"', "'", 'a b']
    const { stdout } = await run(node, ['-p', 'JSON.stringify(process.argv.slice(1))', ...args])
    expect(JSON.parse(stdout)).toEqual(args)
  })

  test('an abort ends the whole group, also one that ignores SIGTERM', async () => {
    const abort = new AbortController()
    let grandchild = 0
    const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"
    const parent = `
      const { spawn } = require('node:child_process')
      const child = spawn(process.execPath, ['-e', ${JSON.stringify(`console.log('ready');${stubborn}`)}], { stdio: ['ignore', 'pipe', 'inherit'] })
      child.stdout.on('data', () => console.log(child.pid)); ${stubborn}`
    const running = run(...script(parent), {
      signal: abort.signal,
      grace: 100,
      onLine: (line) => {
        grandchild = Number(line)
        abort.abort()
      },
    })
    await expect(running).rejects.toMatchObject({ code: 'cancelled' })
    expect(grandchild).toBeGreaterThan(0)
    // Killed; whoever inherited it needs a moment to collect it.
    for (let tries = 0; tries < 200 && alive(grandchild); tries++) await new Promise((done) => setTimeout(done, 25))
    expect(alive(grandchild)).toBe(false)
  })

  test('a time-out says so', async () => {
    const result = await run(...script('setInterval(() => {}, 1000)'), { timeout: 200 })
    expect(result).toMatchObject({ code: null, signal: 'SIGTERM', timedOut: true })
  })

  test('does not wait for outputs that somebody else holds open', async () => {
    // As a credential helper that starts an agent: it ends, its outputs do not.
    const agent =
      "require('node:child_process').spawn('sleep', ['5'], { detached: true, stdio: 'inherit' }).unref(); console.log('answer')"
    const started = performance.now()
    expect((await run(...script(agent))).stdout).toBe('answer\n')
    expect(performance.now() - started).toBeLessThan(3000)
  })

  test('an abort is obeyed within two seconds whatever the program ignores', async () => {
    const abort = new AbortController()
    const agent = "require('node:child_process').spawn('sleep', ['20'], { detached: true, stdio: 'inherit' }).unref()"
    const deaf = `${agent}; process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)`
    let at = 0
    const running = run(...script(deaf), {
      signal: abort.signal,
      onLine: () => {
        at = performance.now()
        abort.abort()
      },
    })
    await expect(running).rejects.toMatchObject({ code: 'cancelled' })
    expect(performance.now() - at).toBeLessThan(2000)
  })

  test('a child that ignores its first signal does not outlive a run that ends before the second', async () => {
    const url = JSON.stringify(new URL('./run.ts', import.meta.url).href)
    const deaf = "process.on('SIGTERM', () => {}); console.log(process.pid); setInterval(() => {}, 1000)"
    const program = `
      const { run } = await import(${url})
      const abort = new AbortController()
      const onLine = (line) => { console.log(line); abort.abort(); setImmediate(() => process.exit(0)) }
      await run(process.execPath, ['-e', ${JSON.stringify(deaf)}], { signal: abort.signal, onLine })`
    const ended = await run(node, ['--experimental-strip-types', '--input-type=module', '-e', program])
    expect(ended.code).toBe(0)
    expect(ended.stdout).toMatch(/^\d+\n$/)
    await eventually('the child is gone', () => !alive(Number(ended.stdout)) || undefined, 2000)
  })

  test('a program that does not exist is a missing tool', async () => {
    await expect(run('/nowhere/tool', [])).rejects.toMatchObject({ code: 'tool-missing' })
  })

  test('keeps the end of a long output', async () => {
    const { stdout } = await run(
      ...script("for (let i = 0; i < 60000; i++) console.log('x'.repeat(99)); console.log('end')"),
    )
    expect(stdout.length).toBeLessThan(3 * 1024 * 1024)
    expect(stdout.endsWith('end\n')).toBe(true)
  })
})

describe('with a private folder', () => {
  const place = tempDir('private')
  const url = (file: string) => JSON.stringify(new URL(file, import.meta.url).href)
  /** Another process of this machine that runs a child with a folder of its own, and what it printed. */
  async function other(child: string): Promise<{ process: ChildProcess; home: string; child: number }> {
    const script = `
      const { run } = await import(${url('./run.ts')})
      const { createPrivateFolder } = await import(${url('./leftovers.ts')})
      const home = createPrivateFolder(${JSON.stringify(place)}, 'imd-build-')
      await run(process.execPath, ['-e', ${JSON.stringify(child)}, home], { folder: home, onLine: (line) => console.log(JSON.stringify({ home, child: Number(line) })) })`
    const flags = ['--experimental-strip-types', '--input-type=module', '-e', script]
    const started = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] })
    const line = await new Promise<string>((resolve) =>
      started.stdout.once('data', (data: Buffer) => resolve(String(data))),
    )
    return { process: started, ...(JSON.parse(line) as { home: string; child: number }) }
  }
  const stubborn = "process.on('SIGTERM', () => {}); console.log(process.pid); setInterval(() => {}, 1000)"

  test('a child and its folder do not outlive a run that is killed outright', async () => {
    const { process: running, home, child } = await other(stubborn)
    writeFileSync(join(home, 'config.json'), 'a credential')
    running.kill('SIGKILL')
    await eventually('the child is gone', () => !alive(child) || undefined, 2000)
    await eventually('the credential is gone', () => !existsSync(home) || undefined, 2000)
  })

  test('what is left nevertheless is ended and removed by the next run, what lives is left alone', async () => {
    const { process: running, home, child } = await other(stubborn)
    expect(sweepLeftovers(place)).toBe(0)
    // As if the watcher had been killed too: it is the shell beside the child, in the child's group.
    for (const pid of groupOf(child)) if (pid !== child) process.kill(pid, 'SIGKILL')
    running.kill('SIGKILL')
    await new Promise((resolve) => running.once('exit', resolve))
    expect(alive(child)).toBe(true)
    expect(sweepLeftovers(place)).toBe(1)
    expect(existsSync(home)).toBe(false)
    await eventually('the child is gone', () => !alive(child) || undefined, 2000)
  })

  test('after a normal end nothing is removed or left running', async () => {
    const home = createPrivateFolder(place, 'imd-build-')
    const result = await run(...script('console.log(process.pid)'), { folder: home })
    expect(result.code).toBe(0)
    await eventually('the watcher is gone', () => groupOf(Number(result.stdout)).length === 0 || undefined, 2000)
    expect(existsSync(home)).toBe(true)
  })

  test('a program that does not exist is a missing tool here too', async () => {
    const home = createPrivateFolder(place, 'imd-build-')
    await expect(run('/nowhere/tool', [], { folder: home })).rejects.toMatchObject({ code: 'tool-missing' })
  })
})

/** Members of a process group; its leader has its id. */
function groupOf(leader: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
        const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        return Number(group) === leader && state !== 'Z'
      } catch {
        return false
      }
    })
}

test('findTool looks along PATH, for files that may run', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'find-'))
  writeFileSync(join(folder, 'thing'), '')
  expect(await findTool('thing', { PATH: `/nowhere:${folder}` })).toBeUndefined()
  chmodSync(join(folder, 'thing'), 0o755)
  expect(await findTool('thing', { PATH: `/nowhere:${folder}` })).toBe(join(folder, 'thing'))
  expect(await findTool('thing', {})).toBeUndefined()
  rmSync(folder, { recursive: true })
})

test('a short call', async () => {
  const result = await run(node, ['-e', 'console.log(process.env.A); process.exit(2)'], { env: { A: 'b', PATH: '' } })
  expect(result).toMatchObject({ code: 2, stdout: 'b\n', stderr: '' })
})

test.each([
  [{ code: 3, signal: null }, 'exit code 3'],
  [{ code: null, signal: 'SIGKILL' }, 'ended by SIGKILL'],
] as const)('says how a program ended: %o', (ended, text) => {
  expect(endingText(ended)).toBe(text)
})
