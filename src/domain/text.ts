/**
 * Text from containers, registries and pull requests is hostile: it may move the cursor, hide itself or pose as ours.
 * Whatever a person will read goes through here.
 */

const ESCAPES =
  /\u001b(?:\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b\n]*(?:\u001b\\)?|\[[0-?]*[ -/]*[@-~]?|[ -/]*[0-~]?)|\u009b[0-?]*[ -/]*[@-~]?/g
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g
/** Characters that reorder or hide what is shown around them. */
const INVISIBLE = /\p{Cf}/gu

/** Printable text that keeps its line breaks and tabs; a bare carriage return ends a line too. */
export function printable(text: string): string {
  return text.replace(ESCAPES, '').replace(/\r\n?/g, '\n').replace(CONTROLS, '').replace(INVISIBLE, '')
}

/** The printable lines of a text; a last line break ends the last line. */
export function printableLines(text: string): string[] {
  const lines = printable(text).split(/[\n\u2028\u2029]/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** A text as one printable line: spaces stand for its line breaks. */
export function oneLine(text: string): string {
  return printableLines(text)
    .filter((line) => line !== '')
    .join(' ')
}

/** At most `max` characters (UTF-16 units), the last one an ellipsis when something was cut; never half a character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text
  const end = max - 1
  const code = text.charCodeAt(end - 1)
  const half = code >= 0xd800 && code <= 0xdbff
  return `${text.slice(0, half ? end - 1 : end)}…`
}

/** Words as a sentence has them: `a`, `a or b`, `a, b or c`. */
export function listed(words: readonly string[], conjunction: 'and' | 'or'): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${conjunction} ${last}`
}
