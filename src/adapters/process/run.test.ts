import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findTool } from './find.ts'
import { run } from './run.ts'
import { tool } from './tool.ts'

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

test('findTool looks along PATH, for files that may run', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'find-'))
  writeFileSync(join(folder, 'thing'), '')
  expect(await findTool('thing', { PATH: `/nowhere:${folder}` })).toBeUndefined()
  chmodSync(join(folder, 'thing'), 0o755)
  expect(await findTool('thing', { PATH: `/nowhere:${folder}` })).toBe(join(folder, 'thing'))
  expect(await findTool('thing', {})).toBeUndefined()
  rmSync(folder, { recursive: true })
})

test('tool: a short call', async () => {
  const result = await tool(node, ['-e', 'console.log(process.env.A); process.exit(2)'], { A: 'b', PATH: '' })
  expect(result).toEqual({ code: 2, stdout: 'b\n', stderr: '' })
})
