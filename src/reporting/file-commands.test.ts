import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { tempDir } from '../../test/harness/temp.ts'
import { saveState, setOutputs, writeSummary } from './file-commands.ts'

const file = path.join(tempDir('file-commands'), 'file')
const read = () => readFileSync(file, 'utf8')

it('writes values as the runner reads them: whatever they hold, they end where they end', () => {
  setOutputs({ one: 'a', 'two-lines': 'end_1\n::error::b=c<<d', none: '' }, { GITHUB_OUTPUT: file })
  const entries = [...read().matchAll(/^([^<\n]+)<<(.+)\n([\s\S]*?)\n\2\n/gm)]
  expect(entries.map(([, name, , value]) => [name, value])).toEqual([
    ['one', 'a'],
    ['two-lines', 'end_1\n::error::b=c<<d'],
    ['none', ''],
  ])
  expect(entries.map(([text]) => text).join('')).toBe(read())
  expect(new Set(entries.map(([, , end]) => end)).size).toBe(3)
})

it('adds the summary after what is there, and writes nothing where the runner names no file', () => {
  const before = read()
  writeSummary('# Done', { GITHUB_STEP_SUMMARY: file })
  saveState('token', '7-ab', { GITHUB_STATE: file })
  expect(read()).toBe(`${before}# Done\ntoken=7-ab\n`)
  writeSummary('# Done', {})
  setOutputs({ a: 'b' }, { GITHUB_OUTPUT: '' })
})
