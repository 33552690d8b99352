// Text from containers, registries and pull requests is hostile: it may move the cursor, hide itself or pose as ours.

const ESCAPES =
  /\u001b(?:\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b\n]*(?:\u001b\\)?|\[[0-?]*[ -/]*[@-~]?|[ -/]*[0-~]?)|\u009b[0-?]*[ -/]*[@-~]?/g
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g
/** Characters that reorder or hide what is shown around them. */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g

/** One printable line: escape sequences, control and reordering characters are gone, line breaks are spaces. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/[\n\u2028\u2029]+/g, ' ')
}

/** Printable text that keeps its line breaks and tabs. */
export function cleanText(text: string): string {
  return text.replace(ESCAPES, '').replace(/\r\n?/g, '\n').replace(CONTROLS, '').replace(INVISIBLE, '')
}

/** At most `max` characters (UTF-16 units), the last one an ellipsis when something was cut; never half a character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text
  const end = max - 1
  const code = text.charCodeAt(end - 1)
  const half = code >= 0xd800 && code <= 0xdbff
  return `${text.slice(0, half ? end - 1 : end)}…`
}

/** Characters of a finished step's detail: the whole story follows where there is one. */
export const DETAIL = 160

/** `1 check`, `3 checks`. */
export function count(amount: number, noun: string): string {
  return `${String(amount)} ${noun}${amount === 1 ? '' : 's'}`
}

/** A word as a POSIX shell reads it back: quoted only where it must be. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
