// Time comes from the clock that is handed in: tests can move it, and every wait obeys cancellation.
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../harness/node.ts'

const src = path.join(root, 'src')

/** Where the machine's own time may be asked, and why. */
const MAY_ASK: Readonly<Record<string, string>> = {
  'compose/clock.ts': 'the clock itself',
  'async/': 'deadlines, sleep and patience are made of timers',
  'adapters/': 'sockets and processes',
  'smoke/probe/': 'sockets',
  'reporting/live-line.ts': 'redraws a line at a terminal; nothing depends on it',
}

const MACHINE_TIME =
  /\b(?:Date\.now\(|new Date\(\)|performance\.now\(|setTimeout\(|setInterval\(|AbortSignal\.timeout\()/

it('only the clock and those who talk to sockets ask the machine for the time', () => {
  const found = globSync('**/*.ts', { cwd: src })
    .filter((file) => !file.endsWith('.test.ts'))
    .filter((file) => !Object.keys(MAY_ASK).some((allowed) => file.startsWith(allowed)))
    .filter((file) => MACHINE_TIME.test(readFileSync(path.join(src, file), 'utf8')))
  expect(found).toEqual([])
})

it('the rule knows the ways to ask', () => {
  for (const text of ['Date.now()', 'new Date()', 'performance.now()', 'setTimeout(f, 1)', 'AbortSignal.timeout(5)']) {
    expect(MACHINE_TIME.test(text), text).toBe(true)
  }
  for (const text of ['new Date(at)', 'clock.now()', 'clock.sleep(1)'])
    expect(MACHINE_TIME.test(text), text).toBe(false)
})
