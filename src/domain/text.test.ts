import { describe, expect, it } from 'vitest'
import { cut, oneLine, printable, printableLines } from './text.ts'

describe('oneLine', () => {
  it.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['an 8-bit introducer', '\u009b31mred', 'red'],
    ['a window title', '\u001b]0;evil\u0007shown', 'shown'],
    ['a hyperlink', '\u001b]8;;https://evil.example\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['an unfinished sequence only up to the line end', '\u001b]0;evil\nnext', 'next'],
    ['a charset switch and a reset', '\u001b(B\u001bcx', 'x'],
    ['a carriage return that would overwrite', 'good\rbad', 'good bad'],
    ['line breaks, also exotic ones', 'a\nb\u2028c', 'a b c'],
    ['backspaces and bells', 'a\u0008\u0007b', 'ab'],
    ['reordering marks', 'user\u202etxt.exe', 'usertxt.exe'],
    ['what has no width', 'pass\u200bword\ufeff', 'password'],
    ['what hides itself', 'a\u00ad\u061c\u180e\u{e0041}b', 'ab'],
  ])('takes out %s', (_, hostile, clean) => {
    expect(oneLine(hostile)).toBe(clean)
  })

  it('leaves tabs, accents and emoji alone', () => {
    expect(oneLine('a\tü 🚀')).toBe('a\tü 🚀')
  })
})

it('keeps line breaks where text may have several lines', () => {
  expect(printable('a\r\nb\rc\n')).toBe('a\nb\nc\n')
})

it('hides nothing that can be read', () => {
  const text = 'a\u001b[2J\u001b[1;31mred\u001b]0;title\u0007 and\rreturns\u0000\u202e\n\u009b31mx\u2028y\n'
  expect(printableLines(text)).toEqual(['ared and', 'returns', 'x', 'y'])
})

it('cuts without splitting a character', () => {
  expect(cut('abcdef', 4)).toBe('abc…')
  expect(cut('ab🚀cd', 4)).toBe('ab…')
  expect(cut('abcd', 4)).toBe('abcd')
})
