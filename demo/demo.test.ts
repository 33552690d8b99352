import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readCommandFile } from './actions.ts'
import { isStatic } from './busybox.ts'
import { withoutEngine } from './network.ts'
import { exec, must, which } from './shell.ts'
import { Home } from './state.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'imd-demo-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('what the demo remembers', () => {
  it('survives from one start to the next, and is forgotten key by key', () => {
    const env = { XDG_STATE_HOME: path.join(folder, 'state') }
    const home = new Home(env)
    expect(home.exists).toBe(false)
    home.note({ swarm: true, packages: ['git'] })
    home.note({ dockerHost: 'unix:///x' })
    expect(new Home(env).state).toEqual({ swarm: true, packages: ['git'], dockerHost: 'unix:///x' })
    home.forget('swarm', 'dockerHost')
    expect(new Home(env).state).toEqual({ packages: ['git'] })
    home.remove()
    expect(new Home(env).exists).toBe(false)
  })
})

describe('command files', () => {
  it('are read as the runner reads them', () => {
    const file = path.join(folder, 'OUTPUT')
    writeFileSync(file, 'a=1\nb<<END\nline one\nc=inside\nEND\nd=x=y\na=2\nempty<<E\nE\n')
    expect([...readCommandFile(file)]).toEqual([
      ['a', '2'],
      ['b', 'line one\nc=inside'],
      ['d', 'x=y'],
      ['empty', ''],
    ])
    expect(readCommandFile(path.join(folder, 'absent')).size).toBe(0)
  })
})

describe('a static program', () => {
  const elf = (type: number) => {
    const file = Buffer.alloc(64 + 56)
    file.write('\u007fELF', 'latin1')
    file[4] = 2
    file[5] = 1
    file.writeBigUInt64LE(64n, 32)
    file.writeUInt16LE(1, 56)
    file.writeUInt32LE(type, 64)
    return file
  }

  it('is one that names no loader', () => {
    expect(isStatic(elf(1))).toBe(true)
    expect(isStatic(elf(3))).toBe(false)
    expect(isStatic(Buffer.from('#!/bin/sh\n'))).toBe(false)
    expect(isStatic(Buffer.alloc(0))).toBe(false)
  })

  it('is not the node that runs this test', () => {
    expect(isStatic(readFileSync(process.execPath))).toBe(false)
  })
})

describe('programs', () => {
  it('end with their code and lines, and a missing one with 127', async () => {
    const lines: string[] = []
    const args = ['-e', 'console.log("a\\nb"); process.exit(3)']
    expect(await exec(process.execPath, args, { onLine: (line) => lines.push(line) })).toMatchObject({ code: 3 })
    expect(lines).toEqual(['a', 'b'])
    expect(await exec('no-such-program', [])).toMatchObject({ code: 127 })
  })

  it('fail with their last words', async () => {
    const failing = must(process.execPath, ['-e', 'console.error("why"); process.exit(1)'])
    await expect(failing).rejects.toThrow(/ended with 1:\n {2}why/)
  })

  it('are found on PATH and where root has them', () => {
    expect(which('sh')).toMatch(/\/sh$/)
    expect(which('no-such-program')).toBeUndefined()
  })
})

describe('the firewall after an engine', () => {
  const before = ['*filter', ':INPUT ACCEPT [1:2]', ':FORWARD ACCEPT [0:0]', '-A INPUT -i lo -j ACCEPT', 'COMMIT']
  const now = [
    '*mangle',
    ':FORWARD ACCEPT [7:8]',
    'COMMIT',
    '*filter',
    ':INPUT ACCEPT [9:9]',
    ':FORWARD DROP [3:4]',
    ':DOCKER - [0:0]',
    '-A INPUT -i lo -j ACCEPT',
    '-A INPUT -p tcp --dport 22 -j ACCEPT',
    '-A FORWARD -o docker0 -j DOCKER',
    'COMMIT',
  ]

  it('keeps what others added, loses what the engine added', () => {
    expect(withoutEngine(now, before)).toEqual([
      '*mangle',
      ':FORWARD ACCEPT [7:8]',
      'COMMIT',
      '*filter',
      ':INPUT ACCEPT [9:9]',
      ':FORWARD ACCEPT [0:0]',
      '-A INPUT -i lo -j ACCEPT',
      '-A INPUT -p tcp --dport 22 -j ACCEPT',
      'COMMIT',
    ])
  })

  it('keeps what an engine of before had', () => {
    expect(withoutEngine(now, now)).toEqual(now)
  })

  it('allows forwarding where there were no rules before', () => {
    expect(withoutEngine(now, [])).toContain(':FORWARD ACCEPT [0:0]')
  })
})
