/**
 * List inputs as docker/build-push-action reads them: the text is CSV. A quote that opens a field may hold commas, line
 * breaks and doubled quotes; a quote elsewhere is an ordinary character. Empty items fall away.
 */
export interface ListOptions {
  /** Commas belong to the value (`build-args`), instead of separating items (`platforms`). */
  readonly keepCommas: boolean
  /** White space around an item belongs to it: secrets. */
  readonly keepSpace?: boolean
}

export class UnclosedQuote extends Error {
  /** 1-based line where the quote opens. */
  readonly line: number

  constructor(line: number) {
    super(`the quote that opens in line ${line} never closes`)
    this.line = line
  }
}

/** @throws UnclosedQuote */
export function parseList(text: string, options: ListOptions): string[] {
  const items = records(text).flatMap((fields) => {
    if (options.keepCommas) return [fields.join(',')]
    return fields.length === 1 ? fields.join('').split(',') : fields
  })
  const trimmed = options.keepSpace ? items : items.map((item) => item.trim())
  return trimmed.filter((item) => item.trim() !== '')
}

const RECORD_END = /^\r\n|^[\r\n]/

function records(text: string): string[][] {
  const all: string[][] = []
  let fields: string[] = []
  let at = 0
  while (at < text.length) {
    const field = fieldAt(text, at)
    fields.push(field.value)
    at = field.end
    if (text[at] === ',') {
      at += 1
      if (at < text.length) continue
      fields.push('')
    }
    at += RECORD_END.exec(text.slice(at, at + 2))?.[0].length ?? 0
    all.push(fields)
    fields = []
  }
  return all
}

/** The field that begins at `start`; `end` is at its separator, its record's end or the text's. */
function fieldAt(text: string, start: number): { value: string; end: number } {
  let value = ''
  let at = start
  if (text[at] === '"') {
    const quoted = quotedAt(text, at)
    value = quoted.value
    at = quoted.end
  }
  const rest = /[,\r\n]/g
  rest.lastIndex = at
  const end = rest.exec(text)?.index ?? text.length
  return { value: value + text.slice(at, end), end }
}

/** Text after the closing quote makes the quotes ordinary characters: `"a" b` is `"a" b`. */
function quotedAt(text: string, start: number): { value: string; end: number } {
  let value = ''
  let at = start + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) throw new UnclosedQuote(text.slice(0, start).split(/\r\n|[\r\n]/).length)
    value += text.slice(at, quote)
    at = quote + 1
    const next = text[at]
    if (next === '"') {
      value += '"'
      at += 1
    } else if (next === undefined || next === ',' || next === '\n' || next === '\r') {
      return { value, end: at }
    } else {
      return { value: `"${value}"`, end: at }
    }
  }
}
