// One file, several documents: divided as kubectl divides them, by lines that begin with three dashes, or as JSON texts.
export interface Piece {
  readonly text: string
  /** The first line of the piece in the file. */
  readonly line: number
  readonly json: boolean
}

interface Fault {
  readonly line: number
  readonly problem: string
}

/** The text of a file, whichever of the encodings with a byte order mark it has; UTF-8 without. */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}

export function splitDocuments(text: string): { pieces: Piece[]; faults: Fault[] } {
  const whole = text.replace(/^\uFEFF/, '')
  const { pieces, rest } = jsonTexts(whole)
  if (rest >= whole.length) return { pieces, faults: [] }
  const yaml = yamlDocuments(whole.slice(rest), lineAt(whole, rest))
  return { pieces: [...pieces, ...yaml.pieces], faults: yaml.faults }
}

/** JSON texts at the beginning, one after the other; where something else comes, it is YAML from there on. */
function jsonTexts(text: string): { pieces: Piece[]; rest: number } {
  const pieces: Piece[] = []
  let rest = 0
  for (;;) {
    const start = rest + (/^\s*/.exec(text.slice(rest))?.[0].length ?? 0)
    if (start >= text.length) return { pieces, rest: text.length }
    const end = text.charAt(start) === '{' ? endOfObject(text, start) : undefined
    const piece = end === undefined ? '' : text.slice(start, end)
    if (end === undefined || !isJson(piece)) return { pieces, rest }
    pieces.push({ text: piece, line: lineAt(text, start), json: true })
    rest = end
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function endOfObject(text: string, start: number): number | undefined {
  let depth = 0
  for (const { 0: token, index } of text.slice(start).matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') depth++
    else if (token === '}' && --depth === 0) return start + index + 1
  }
  return undefined
}

function yamlDocuments(text: string, firstLine: number): { pieces: Piece[]; faults: Fault[] } {
  const pieces: Piece[] = []
  const lines = text.replace(/\r\n?|\u0085/g, '\n').split('\n')
  if (lines.at(-1) === '') lines.pop()
  let begin = 0
  const close = (end: number) => {
    const piece = lines.slice(begin, end).map((line) => `${line}\n`)
    if (piece.length > 0) pieces.push({ text: piece.join(''), line: firstLine + begin, json: false })
    begin = end + 1
  }
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith('---')) continue
    const behind = line.slice(3).trim()
    if (behind !== '' && !behind.startsWith('#')) {
      const problem = `only a comment may follow --- on its line, not ${behind.slice(0, 40)}`
      return { pieces, faults: [{ line: firstLine + index, problem }] }
    }
    close(index)
  }
  close(lines.length)
  return { pieces, faults: [] }
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
