// Every verb of the table, as somebody meets it first: asked for help, and called without what it needs.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { USAGE } from '../../src/cli/usage.ts'
import { VERBS } from '../../src/verbs/index.ts'
import { node24, root } from '../harness/node.ts'
import { publishedResult } from '../harness/result-schema.ts'
import { tempDir } from '../harness/temp.ts'

const cwd = tempDir('verbs')
const command = (...args: readonly string[]) =>
  spawnSync(node24, ['--disable-warning=ExperimentalWarning', path.join(root, 'src/cli/index.ts'), ...args], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: cwd },
  })

describe.each(VERBS)('$name', ({ name, title, summary }) => {
  it('is in the list of commands, and has a help of its own', () => {
    expect(USAGE).toContain(`  ${name.padEnd(10)}${summary}\n`)
    expect(command(name, '--help').stdout).toContain(title)
  })

  it.each([[['--json']], [['--events']], [['--json', '--timeout', 'soon', '--image', '::']]])(
    'refuses %j with a result that the published schema knows',
    (args) => {
      const { status, stdout } = command(name, ...args)
      expect(status).toBe(2)
      const last: unknown = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
      const event = last as { readonly type?: string; readonly result?: unknown }
      const result = publishedResult(event.type === 'result' ? event.result : last)
      expect(result).toMatchObject({ action: name, outcome: 'failed', reasonCode: 'invalid-input' })
    },
  )
})

it('says that there is no such command', () => {
  expect(command('relase').stderr).toContain('there is no command "relase"')
})
