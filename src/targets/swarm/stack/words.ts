/**
 * Splits a command line as Docker's client does (a shell's quotes, nothing is expanded, `#` begins a comment).
 * undefined when a quote or a backslash is left open.
 */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index)
    if (quote === '' && ' \t\r\n'.includes(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (quote === '' && word === undefined && char === '#') {
      const end = text.indexOf('\n', index)
      index = end < 0 ? text.length : end
    } else if (quote === '' && (char === '"' || char === "'")) {
      quote = char
      word ??= ''
    } else if (char === quote) {
      quote = ''
    } else if (char === '\\' && quote !== "'") {
      index += 1
      if (index >= text.length) return undefined
      word = (word ?? '') + text.charAt(index)
    } else {
      word = (word ?? '') + char
    }
  }
  if (quote !== '') return undefined
  return word === undefined ? words : [...words, word]
}
