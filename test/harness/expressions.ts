// The part of GitHub's expression language that action.yml files use: contexts, literals, ! && || == != and functions.

export type Value = string | number | boolean | null | undefined | { readonly [key: string]: Value }
export interface Scope {
  contexts: { readonly [name: string]: Value }
  functions?: Record<string, () => boolean>
}

const text = (value: Value): string =>
  value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)

export function evaluate(expression: string, scope: Scope): Value {
  const tokens = [...expression.matchAll(/\s*(&&|\|\||==|!=|[!()]|'(?:[^']|'')*'|[\w.-]+|\S)/g)].map(
    (match) => match[1]!,
  )
  let at = 0
  const take = (token: string): boolean => tokens[at] === token && ++at > 0
  const unary = (): Value => {
    if (take('!')) return !unary()
    if (take('(')) {
      const inner = or()
      if (!take(')')) throw new Error(`missing ) in: ${expression}`)
      return inner
    }
    const token = tokens[at++] ?? ''
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'")
    if (/^-?\d+(\.\d+)?$/.test(token)) return Number(token)
    if (token === 'true' || token === 'false') return token === 'true'
    if (token === 'null') return null
    if (take('(')) {
      const call = scope.functions?.[token.toLowerCase()]
      if (!call || !take(')')) throw new Error(`the double does not know this function call: ${expression}`)
      return call()
    }
    if (!/^[A-Za-z_]/.test(token)) throw new Error(`the double can't read this expression: ${expression}`)
    return token
      .split('.')
      .reduce<Value>((value, key) => (typeof value === 'object' ? value?.[key] : undefined), scope.contexts)
  }
  const equality = (): Value => {
    const left = unary()
    const same = (other: Value) => text(left).toLowerCase() === text(other).toLowerCase()
    if (take('==')) return same(unary())
    if (take('!=')) return !same(unary())
    return left
  }
  // Both sides are always read; which one counts is decided after.
  const and = (): Value => {
    let left = equality()
    while (take('&&')) {
      const right = equality()
      left = left ? right : left
    }
    return left
  }
  const or = (): Value => {
    let left = and()
    while (take('||')) {
      const right = and()
      left = left ? left : right
    }
    return left
  }
  const value = or()
  if (at < tokens.length) throw new Error(`the double can't read this expression: ${expression}`)
  return value
}

/** Text with `${{ … }}` in it. */
export function interpolate(template: string, scope: Scope): string {
  return template.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => text(evaluate(expression, scope)))
}

/** An `if`, `pre-if` or `post-if`: a bare expression; without a status function, `success()` is meant as well. */
export function condition(expression: string, scope: Scope): boolean {
  if (expression.includes('${{')) throw new Error(`expressions in \${{ }} are refused here: ${expression}`)
  const asks = /\b(success|failure|cancelled|always)\s*\(/i.test(expression)
  return Boolean(evaluate(asks ? expression : `success() && (${expression})`, scope))
}
