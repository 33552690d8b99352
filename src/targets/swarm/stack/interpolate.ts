/** `${NAME}`, `${NAME:-default}`, `${NAME:?why}`, `${NAME:+other}` and `$$` in the texts of a stack file. */
import type { Faults } from './faults.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const PATTERN = /\$(?:\$|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])([^}]*))?\}|(.?))/g

/** A copy in which every text value is interpolated; keys stay as they are. */
export function interpolate(value: unknown, env: Environment, faults: Faults, path = ''): unknown {
  if (typeof value === 'string') return interpolated(value, env, faults, path)
  if (Array.isArray(value)) {
    return value.map((item, index) => interpolate(item, env, faults, `${path}[${String(index)}]`))
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => {
    return [key, interpolate(item, env, faults, path === '' ? key : `${path}.${key}`)]
  })
  return Object.fromEntries(entries)
}

function interpolated(text: string, env: Environment, faults: Faults, path: string): string {
  return text.replace(PATTERN, (...match: (string | undefined)[]) => {
    const [whole, plain, braced, operator, operand = '', stray] = match
    if (whole === '$$') return '$'
    const name = plain ?? braced
    if (name === undefined) {
      faults.add(path, `"$${stray ?? ''}" is no variable; write $$ for a dollar sign`)
      return ''
    }
    return valueOf(name, operator, operand, env, (problem) => {
      faults.add(path, problem)
    })
  })
}

function valueOf(
  name: string,
  operator: string | undefined,
  operand: string,
  env: Environment,
  fault: (problem: string) => void,
): string {
  const value = env[name]
  // With a colon an empty value counts as missing.
  const present = operator?.startsWith(':') ? Boolean(value) : value !== undefined
  switch (operator?.at(-1) ?? '') {
    case '-':
      return present ? (value ?? '') : operand
    case '+':
      return present ? operand : ''
    case '?':
      if (!present) fault(`the variable ${name} is required${operand === '' ? '' : `: ${operand}`}`)
      return value ?? ''
    default:
      // Docker would put an empty text in silently; what was meant is not known.
      if (value === undefined) fault(`the variable ${name} is not set; give it a default: \${${name}:-…}`)
      return value ?? ''
  }
}
