/** Rules of Traefik's routers, as far as they say for whom a router is: ``Host(`a`) && (PathPrefix(`/b`) || !Path(`/c`))``. Pure. */

export type Rule =
  | { readonly is: 'and' | 'or'; readonly of: readonly Rule[] }
  | { readonly is: 'not'; readonly of: readonly [Rule] }
  | { readonly is: 'match'; readonly name: string; readonly args: readonly string[] }

const TOKEN = /\s*(?:(&&|\|\||!|\(|\)|,)|(\w+)|`([^`]*)`|"([^"]*)"|'([^']*)')/y

type Token = { readonly sign: string } | { readonly word: string } | { readonly text: string }

/** undefined: it is not understood. */
export function parseRule(text: string): Rule | undefined {
  const tokens = tokensOf(text.trim())
  if (tokens === undefined) return undefined
  const parser = new Parser(tokens)
  const rule = parser.alternatives()
  return parser.isAtEnd() ? rule : undefined
}

function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text)
    if (!match) return undefined
    const [, sign, word, ...texts] = match
    if (sign !== undefined) tokens.push({ sign })
    else if (word !== undefined) tokens.push({ word })
    else tokens.push({ text: texts.find((each) => each !== undefined) ?? '' })
  }
  return tokens
}

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  isAtEnd(): boolean {
    return this.#at === this.#tokens.length
  }

  alternatives(): Rule | undefined {
    return this.#joined('||', 'or', () => this.#joined('&&', 'and', () => this.#single()))
  }

  #joined(sign: string, is: 'and' | 'or', part: () => Rule | undefined): Rule | undefined {
    const parts = [part()]
    while (this.#takes(sign)) parts.push(part())
    const of = parts.filter((each) => each !== undefined)
    if (of.length < parts.length) return undefined
    return of.length === 1 ? of[0] : { is, of }
  }

  #single(): Rule | undefined {
    if (this.#takes('!')) {
      const inner = this.#single()
      return inner && { is: 'not', of: [inner] }
    }
    if (this.#takes('(')) {
      const inner = this.alternatives()
      return this.#takes(')') ? inner : undefined
    }
    return this.#matcher()
  }

  #matcher(): Rule | undefined {
    const name = this.#tokens[this.#at]
    if (name === undefined || !('word' in name)) return undefined
    this.#at += 1
    if (!this.#takes('(')) return undefined
    const args: string[] = []
    do {
      const arg = this.#tokens[this.#at]
      if (arg === undefined || !('text' in arg)) return undefined
      args.push(arg.text)
      this.#at += 1
    } while (this.#takes(','))
    return this.#takes(')') ? { is: 'match', name: name.word, args } : undefined
  }

  #takes(sign: string): boolean {
    const token = this.#tokens[this.#at]
    const isIt = token !== undefined && 'sign' in token && token.sign === sign
    if (isIt) this.#at += 1
    return isIt
  }
}

/** Several values of it are alternatives. */
const HOSTS = /^Host(?:Header|SNI)?(?:Regexp)?$/i
/** Name and exact value. A path is not enough: `/7` also takes production's `/70`, and anybody may ask for it. */
const HEADERS = /^Headers?$/i

/**
 * Whether a rule takes requests for this preview alone: every alternative of it demands a host, or the
 * exact value of a header, that another preview's rule does not demand.
 * @param other the same rule as it would be for another preview
 */
export function isOwnRule(rule: Rule, other: Rule): boolean {
  switch (rule.is) {
    case 'match': {
      if (other.is !== 'match') return false
      const differs = (arg: string, index: number): boolean => arg !== other.args[index]
      return HOSTS.test(rule.name) ? rule.args.every(differs) : HEADERS.test(rule.name) && rule.args.some(differs)
    }
    case 'not':
      return false
    case 'and':
    case 'or': {
      if (other.is !== rule.is) return false
      const isOwn = (part: Rule, index: number): boolean => {
        const beside = other.of[index]
        return beside !== undefined && isOwnRule(part, beside)
      }
      return rule.is === 'or' ? rule.of.every(isOwn) : rule.of.some(isOwn)
    }
  }
}

/** Values of the matchers of that name, in their order. */
export function valuesOf(rule: Rule, name: RegExp): string[] {
  if (rule.is === 'match') return name.test(rule.name) ? [...rule.args] : []
  return rule.is === 'not' ? [] : rule.of.flatMap((part) => valuesOf(part, name))
}
