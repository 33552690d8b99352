import { describe, expect, it } from 'vitest'
import { parseList, UnclosedQuote } from './list.ts'

const split = (text: string) => parseList(text, { keepCommas: false })
const lines = (text: string) => parseList(text, { keepCommas: true })

describe('a list whose commas separate', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['a,b\nc', ['a', 'b', 'c']],
    ['a, b ,c', ['a', 'b', 'c']],
    ['a\r\nb\rc', ['a', 'b', 'c']],
    ['\n\na\n\n', ['a']],
    ['a,,b,', ['a', 'b']],
    ['"a,b",c', ['a,b', 'c']],
    // A line that is one quoted field is split after all, as docker/build-push-action does.
    ['"a,b"', ['a', 'b']],
    ['"say ""hi""",b', ['say "hi"', 'b']],
  ])('%j', (text, items) => expect(split(text)).toEqual(items))
})

describe('a list whose commas stay', () => {
  it.each([
    ['A=1,2\nB=3', ['A=1,2', 'B=3']],
    ['type=gha,mode=max', ['type=gha,mode=max']],
    ['"A=one\ntwo"\nB=3', ['A=one\ntwo', 'B=3']],
    ['"A=one\n\nthree"', ['A=one\n\nthree']],
    ['A="quoted"', ['A="quoted"']],
    ['A={"a":"b"}', ['A={"a":"b"}']],
    ['"JSON={""a"":""b""}"', ['JSON={"a":"b"}']],
    ['"a" b', ['"a" b']],
    ['"a"b,c', ['"a"b,c']],
    ['"" b', ['"" b']],
    ['  A=1  ', ['A=1']],
  ])('%j', (text, items) => expect(lines(text)).toEqual(items))
})

it('keeps the white space of secrets', () => {
  expect(parseList('A= x \n"B=\n y\n"', { keepCommas: true, keepSpace: true })).toEqual(['A= x ', 'B=\n y\n'])
})

it('names the line of a quote that never closes', () => {
  expect(() => lines('A=1\n"B=2\nC=3')).toThrow(UnclosedQuote)
  try {
    lines('A=1\n"B=2\nC=3')
  } catch (thrown) {
    expect(thrown).toMatchObject({ line: 2 })
  }
})

describe('random texts', () => {
  const random = seeded(7)
  const alphabet = ['"', '"', ',', '\n', 'a', 'b', ' ', '=']
  const text = () => Array.from({ length: Math.floor(random() * 12) }, () => pick(alphabet)).join('')
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T

  it('mean the same to a parser that goes character by character', () => {
    for (let round = 0; round < 20_000; round += 1) {
      const sample = text()
      expect(
        outcome(() => lines(sample)),
        JSON.stringify(sample),
      ).toEqual(outcome(() => slow(sample)))
    }
  })

  it('come back when every item is quoted', () => {
    for (let round = 0; round < 2_000; round += 1) {
      const items = Array.from({ length: 1 + Math.floor(random() * 4) }, () => `x${text()}x`)
      const quoted = items.map((item) => `"${item.replaceAll('"', '""')}"`).join('\n')
      expect(lines(quoted)).toEqual(items)
    }
  })
})

function outcome(parse: () => string[]): string[] | 'unclosed' {
  try {
    return parse()
  } catch {
    return 'unclosed'
  }
}

/** CSV with relaxed quotes, written for plainness. */
function slow(text: string): string[] {
  const items: string[] = []
  let record: string[] = []
  let field = ''
  let quoting = false
  const endField = () => {
    record.push(field)
    field = ''
  }
  const endRecord = () => {
    endField()
    items.push(record.join(','))
    record = []
  }
  for (let at = 0; at < text.length; at += 1) {
    const [character = '', next] = [text[at], text[at + 1]]
    if (quoting && character === '"' && next === '"') {
      field += '"'
      at += 1
    } else if (quoting && character === '"') {
      quoting = false
      if (next !== undefined && next !== ',' && next !== '\n') field = `"${field}"`
    } else if (quoting) {
      field += character
    } else if (character === '"' && field === '' && closedBefore(text, at)) {
      quoting = true
    } else if (character === ',') {
      endField()
    } else if (character === '\n') {
      endRecord()
    } else {
      field += character
    }
  }
  if (quoting) throw new Error('unclosed')
  endRecord()
  return items.map((item) => item.trim()).filter((item) => item !== '')
}

/** A field begins here, and is not the rest of one whose quotes have closed. */
function closedBefore(text: string, at: number): boolean {
  const before = text[at - 1]
  return before === undefined || before === ',' || before === '\n'
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}
