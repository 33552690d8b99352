import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { createRedactor, redacted } from './redact.ts'

it('takes secrets out of text and out of JSON, whole and line by line', () => {
  const redactor = createRedactor()
  redactor.add(['to"ken', 'line one\nline two', 'line', 'ab', '  '])
  expect(redactor.clean('x to"ken y')).toBe('x *** y')
  expect(redactor.clean(JSON.stringify({ a: 'to"ken' }))).toBe('{"a":"***"}')
  expect(redactor.clean('line two; line one')).toBe('***; ***')
  expect(redactor.clean('ab stays')).toBe('ab stays')
})

const SECRET = `pa"ss/w&rd+'42'\\ü zwei`
const { clean } = createRedactor([SECRET])

it.each([
  ['JSON', JSON.stringify({ value: SECRET })],
  ['JSON inside of JSON', JSON.stringify(JSON.stringify({ value: SECRET }))],
  ['an address', `https://example.com/?q=${encodeURIComponent(SECRET)}`],
  ['a form', new URLSearchParams({ q: SECRET }).toString()],
  ['XML', '<a b="pa&quot;ss/w&amp;rd+&#39;42&#39;\\ü zwei"/>'],
  ['JSON as Go writes it', String.raw`{"a":"pa\"ss/w\u0026rd+'42'\\ü zwei"}`],
  ['JSON as Python writes it', String.raw`{"a":"pa\"ss/w&rd+'42'\\\u00fc zwei"}`],
  ['JSON as PHP writes it', String.raw`{"a":"pa\"ss\/w&rd+'42'\\\u00fc zwei"}`],
  ['a text of Python', String.raw`'pa"ss/w&rd+\'42\'\ü zwei'`],
  ['a word of a shell', String.raw`pa\"ss/w\&rd+\'42\'\\\ü\ zwei`],
  ['base64', Buffer.from(SECRET).toString('base64')],
  ['base64 of a line', Buffer.from(`${SECRET}\n`).toString('base64')],
  ['base64 for addresses', Buffer.from(SECRET).toString('base64url')],
  ['the pair of a basic login', Buffer.from(`user:${SECRET}`).toString('base64')],
  ['another pair', Buffer.from(`me:${SECRET}`).toString('base64')],
  ['one more', Buffer.from(`you:${SECRET}`).toString('base64')],
])('knows the form: %s', (_, text) => {
  const shown = clean(text)
  expect(shown).toContain('***')
  expect(shown).not.toContain('zwei')
  const decoded = shown.split(/[^A-Za-z0-9+/_-]+/).map((word) => Buffer.from(word, 'base64').toString())
  expect(decoded.filter((word) => word.includes('ss/w'))).toEqual([])
})

it('knows the lines in which base64 prints a long secret', () => {
  const key = Array.from({ length: 9 }, (_, at) => `-----line ${String(at)} of a private key-----`).join('\n')
  const { clean: cleanKey } = createRedactor([key])
  for (const width of ['76', '64']) {
    const printed = execFileSync('base64', ['-w', width], { input: key }).toString()
    for (const line of printed.trim().split('\n')) expect(cleanKey(line)).toBe('***')
  }
})

it('knows the beginning of a secret that was cut off', () => {
  const redactor = createRedactor(['correct-horse-battery'])
  expect(redactor.clean('the token is correct-hors…')).toBe('the token is ***…')
  expect(redactor.clean('nothing of the corre…')).toBe('nothing of the corre…')
})

it('finds a secret that holds another one, and pattern characters as they are', () => {
  const redactor = createRedactor(['a.c$', 'xx a.c$ yy'])
  expect(redactor.clean('xx a.c$ yy, abc$, a.c$')).toBe('***, abc$, ***')
})

it('cleans data, but never what identifies something', () => {
  const digest = `sha256:${'abc'.repeat(21)}a`
  const redactor = createRedactor(['abc'])
  const value = { digest, reason: 'said abc', evidence: ['abc'], workloads: [{ name: 'abc', digest }], ms: 1 }
  expect(redacted(value, redactor)).toEqual({
    digest,
    reason: 'said ***',
    evidence: ['***'],
    workloads: [{ name: '***', digest }],
    ms: 1,
  })
})
