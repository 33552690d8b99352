// Markdown out of foreign text: shown as it is, never interpreted as links, images, HTML, mentions or table borders.
import { cut, oneLine, printable } from '../domain/text.ts'

/** Text in a sentence: everything that Markdown or GitHub could read as syntax becomes a character reference. */
export function plain(text: string): string {
  return oneLine(text).replace(/[!"#$&'()*<>@[\\\]^_`{|}~]/g, (character) => `&#${String(character.charCodeAt(0))};`)
}

/** A code span that its content cannot end, safe inside a table cell too. Empty text is a dash. */
export function code(text: string, max = 300): string {
  const content = cut(oneLine(text), max).trim()
  if (content === '') return '–'
  // A pipe ends a cell even within a code span, and its escape is not honoured everywhere: as HTML it is only a character.
  if (content.includes('|')) return `<code>${plain(content)}</code>`
  const tick = '`'.repeat(longestRun(content) + 1)
  const pad = content.startsWith('`') || content.endsWith('`') ? ' ' : ''
  return `${tick}${pad}${content}${pad}${tick}`
}

/** A fenced block that its lines cannot close. */
export function fence(lines: readonly string[], language = 'text'): string {
  const content = lines.map((line) => printable(line)).join('\n')
  const ticks = '`'.repeat(Math.max(3, longestRun(content) + 1))
  return `${ticks}${language}\n${content}\n${ticks}`
}

/** @param rows cells are Markdown already */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length))
}
