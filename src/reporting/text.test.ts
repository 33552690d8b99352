import { describe, expect, it } from 'vitest'
import { cleanLine, cleanText, cut, shellWord } from './text.ts'

describe('cleanLine', () => {
  it.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['an 8-bit introducer', '\u009b31mred', 'red'],
    ['a window title', '\u001b]0;evil\u0007shown', 'shown'],
    ['a hyperlink', '\u001b]8;;https://evil.example\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['an unfinished sequence only up to the line end', '\u001b]0;evil\nnext', ' next'],
    ['a charset switch and a reset', '\u001b(B\u001bcx', 'x'],
    ['a carriage return that would overwrite', 'good\rbad', 'good bad'],
    ['line breaks, also exotic ones', 'a\nb\u2028c', 'a b c'],
    ['backspaces and bells', 'a\u0008\u0007b', 'ab'],
    ['reordering marks', 'user\u202etxt.exe', 'usertxt.exe'],
  ])('takes out %s', (_, hostile, clean) => {
    expect(cleanLine(hostile)).toBe(clean)
  })

  it('leaves tabs, accents and emoji alone', () => {
    expect(cleanLine('a\tü 🚀')).toBe('a\tü 🚀')
  })
})

it('keeps line breaks where text may have several lines', () => {
  expect(cleanText('a\r\nb\rc\n')).toBe('a\nb\nc\n')
})

it('cuts without splitting a character', () => {
  expect(cut('abcdef', 4)).toBe('abc…')
  expect(cut('ab🚀cd', 4)).toBe('ab…')
  expect(cut('abcd', 4)).toBe('abcd')
})

it('quotes a word for the shell only where needed', () => {
  expect(shellWord('ghcr.io/acme/app@sha256:ab')).toBe('ghcr.io/acme/app@sha256:ab')
  expect(shellWord("it's; rm -rf /")).toBe(`'it'\\''s; rm -rf /'`)
  expect(shellWord('')).toBe("''")
})
