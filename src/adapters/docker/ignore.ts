/** `.dockerignore` as Docker's own matcher reads it, to the letter: what it keeps out here stays out there. */
import { posix } from 'node:path'

export interface IgnoreRules {
  readonly count: number
  /**
   * Whether a path is ignored, where its folder matched as `parent` says.
   * @param matched is filled with what the path itself matches: the `parent` of what is below it
   */
  ignores(path: string, parent: Uint8Array | undefined, matched: Uint8Array): boolean
  /** Whether something below an ignored folder may stay in. */
  mayKeepBelow(folder: string): boolean
}

interface Rule {
  readonly text: string
  /** `!`: takes back what was ignored. */
  readonly exception: boolean
  readonly matches: (path: string) => boolean
}

/** @throws SyntaxError where Docker refuses the file too */
export function ignoreRules(text: string): IgnoreRules | undefined {
  const rules = patternsOf(text).map(ruleOf)
  if (rules.length === 0) return undefined
  const exceptions = rules.filter(({ exception }) => exception).map(({ text: pattern }) => withoutGlob(pattern))
  const anywhere = exceptions.some((pattern) => /[*[\]?^\\]/.test(pattern))
  return {
    count: rules.length,
    ignores(path, parent, matched) {
      let ignored = false
      for (const [at, rule] of rules.entries()) {
        let match = parent?.[at] === 1
        // A rule that could not change the answer is not looked at, and is not inherited either: as Docker does it.
        if (!match) match = rule.exception === ignored && rule.matches(path)
        matched[at] = match ? 1 : 0
        if (match) ignored = !rule.exception
      }
      return ignored
    },
    mayKeepBelow: (folder) => anywhere || exceptions.some((pattern) => `${pattern}/`.startsWith(`${folder}/`)),
  }
}

/** Lines without comments, paths cleaned, a leading slash taken off. */
function patternsOf(text: string): string[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const inverted = line.startsWith('!')
      const pattern = inverted ? line.slice(1).trim() : line
      return (inverted ? '!' : '') + (pattern === '' ? '' : clean(pattern).replace(/^\/(?=.)/, ''))
    })
}

function clean(path: string): string {
  const normal = posix.normalize(path)
  return normal.length > 1 ? normal.replace(/\/$/, '') : normal
}

function ruleOf(line: string): Rule {
  const cleaned = clean(line)
  const exception = cleaned.startsWith('!')
  const text = exception ? cleaned.slice(1) : cleaned
  if (text === '') throw new SyntaxError('illegal exclusion pattern: "!"')
  checkClasses(text)
  return { text, exception, matches: matcherOf(text) }
}

/** A `[` without its end, a class or range without content, and a `\` at the end are refused. */
function checkClasses(pattern: string): void {
  if (WELL_FORMED.test(pattern)) return
  throw new SyntaxError(`syntax error in pattern: ${pattern}`)
}

const WELL_FORMED = /^(?:\\.|\[\^?(?:(?:\\.|[^\]\\-])(?:-(?:\\.|[^\]\\-]))?)+\]|[^[\\])*$/su

function withoutGlob(pattern: string): string {
  return pattern.replace(/\/\*\*$/, '').replace(/\/\*$/, '')
}

/** Without special characters a comparison does; a lone `**` at one end is a prefix or a suffix. */
function matcherOf(pattern: string): Rule['matches'] {
  if (!/[*?[\]\\]/.test(pattern)) return (path) => path === pattern
  if (pattern.startsWith('**') && !/[*?[\]\\]/.test(pattern.slice(2))) {
    const suffix = pattern.slice(2)
    return (path) => path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1))
  }
  if (pattern.endsWith('**') && !/[*?[\]\\]/.test(pattern.slice(0, -2))) {
    const prefix = pattern.slice(0, -2)
    return (path) => path.startsWith(prefix)
  }
  const expression = expressionOf(pattern)
  return (path) => expression.test(path)
}

function expressionOf(pattern: string): RegExp {
  const characters = Array.from(pattern)
  let source = '^'
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? ''
    if (character === '*' && characters[at + 1] === '*') {
      at += characters[at + 2] === '/' ? 2 : 1
      source += at + 1 >= characters.length ? '.*' : '(?:.*/)?'
    } else if (character === '*') source += '[^/]*'
    else if (character === '?') source += '[^/]'
    else if (character === '\\') source += escaped(characters[(at += 1)] ?? '\\')
    else source += '.+()|{}$'.includes(character) ? `\\${character}` : character
  }
  return compile(`${source}$`)
}

/** After a backslash a letter keeps the meaning that it has in Go's expressions; everything else stands for itself. */
function escaped(character: string): string {
  if (/[dDsSwWbBfnrtv]/.test(character)) return `\\${character}`
  return /[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character
}

function compile(source: string): RegExp {
  try {
    return new RegExp(source, 'su')
  } catch {
    return new RegExp(source, 's')
  }
}
