// What a reader sees is plain English: "is not a duration", never "is no duration".
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../harness/node.ts'

const TEXTS = ['src', 'demo', 'docs', 'scripts', 'schema', 'examples', 'action.yml', 'release', 'rollback', '*.md']
const NEGATION = /(?<!\bthere )\b(?:is|are|was|were) no (?!longer\b|more\b|such\b)[a-z][\w-]*/gi

function faults(text: string): string[] {
  return [...text.matchAll(NEGATION)].map(([words]) => words)
}

it.each([
  ['"5" is no duration', ['is no duration']],
  ['these are no keys of the file', ['are no keys']],
  ['there is no service web, and it is no longer known', []],
  ['"5" is not a duration', []],
])('the rule: %s', (text, found) => {
  expect(faults(text)).toEqual(found)
})

it('says "is not a …" wherever a reader may look', () => {
  const files = execFileSync('git', ['ls-files', '--', ...TEXTS], { cwd: root, encoding: 'utf8' })
  const found = files
    .trim()
    .split('\n')
    .flatMap((file) => faults(readFileSync(path.join(root, file), 'utf8')).map((words) => `${file}: ${words}`))
  expect(found).toEqual([])
})
