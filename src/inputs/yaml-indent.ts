// Text in quotes, and what stands in [ ] or { }, may go on at any column for the decoders that we follow, while the
// library wants it deeper than its key. Its further lines are moved to the right, where indentation means nothing.
import { Lexer } from 'yaml'

export function indentContinuations(text: string): string {
  let whole = text
  for (;;) {
    const start = endedEarly(whole)
    const end = start === undefined ? undefined : endOf(whole, start)
    if (start === undefined || end === undefined) return whole
    const column = start - whole.lastIndexOf('\n', start)
    const moved = whole.slice(start, end).replace(/\n[ \t]*(?=\S)/g, `\n${' '.repeat(column)}`)
    const next = whole.slice(0, start) + moved + whole.slice(end)
    if (next === whole) return whole
    whole = next
  }
}

const MARKS = { document: '\x02', flowEnd: '\x18', scalar: '\x1f' } as const

/** Where a quoted scalar or an outermost bracket begins that the library's lexer ends before its end. */
function endedEarly(text: string): number | undefined {
  let at = 0
  let isPlain = false
  const open: number[] = []
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === MARKS.scalar) isPlain = true
    else if (lexeme === MARKS.flowEnd) return open[0]
    else if (lexeme !== MARKS.document) {
      const quote = lexeme.charAt(0)
      if (!isPlain && (quote === "'" || quote === '"') && !(lexeme.length > 1 && lexeme.endsWith(quote))) {
        return open[0] ?? at
      }
      if (!isPlain && (lexeme === '[' || lexeme === '{')) open.push(at)
      if (!isPlain && (lexeme === ']' || lexeme === '}')) open.pop()
      isPlain = false
      at += lexeme.length
    }
  }
  return undefined
}

/** Behind the closing quote or bracket; undefined where there is none. */
function endOf(text: string, start: number): number | undefined {
  const tokens = /(?<=[\s,[{:])(?:'(?:[^']|'')*'|"(?:[^"\\]|\\[\s\S])*")|(?<=\s)#[^\n]*|\[|\]|\{|\}/g
  tokens.lastIndex = start
  let depth = 0
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    if (depth === 0 && token.index !== start) return undefined
    if (token[0] === '[' || token[0] === '{') depth++
    if (token[0] === ']' || token[0] === '}') depth--
    if (depth === 0) return tokens.lastIndex
  }
  return undefined
}
