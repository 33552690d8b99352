/**
 * `${NAME}`, `$NAME`, `${NAME:-default}`, `${NAME:?why}` and `$$` in the texts of a stack file, as Docker's client puts
 * values in; `${NAME:+other}` too. What an interpolated text says for a number or a boolean becomes one.
 */
import { isRunnerVariable, RUNNER_VARIABLE } from '../../../domain/runner-variables.ts'
import type { Faults } from './faults.ts'
import { isNode } from './values.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Docker's own pattern: an operand reaches to the next brace, in the form without braces too. */
const PATTERN = /\$(?:(\$)|([_a-z][_a-z0-9]*(?::?[-?][^}]*)?)|\{([_a-z][_a-z0-9]*(?::?[-?+][^}]*)?)\}|(.?))/gis

export interface InterpolateContext {
  readonly env: Environment
  readonly faults: Faults
}

/** A copy in which every text value is interpolated; keys stay as they are. */
export function interpolate(value: unknown, context: InterpolateContext, path: readonly string[] = []): unknown {
  if (typeof value === 'string') {
    const replaced = interpolated(value, context, nameOf(path))
    return replaced === value ? value : cast(replaced, path, context)
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => interpolate(item, context, [...path, `[${String(index)}]`]))
  }
  if (!isNode(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, interpolate(item, context, [...path, key])]),
  )
}

function nameOf(path: readonly string[]): string {
  return path.join('.').replaceAll('.[', '[')
}

function interpolated(text: string, { env, faults }: InterpolateContext, path: string): string {
  return text.replace(PATTERN, (...match: (string | undefined)[]) => {
    const [, escaped, plain, braced, stray = ''] = match
    if (escaped !== undefined) return '$'
    const substitution = plain ?? braced
    if (substitution !== undefined) return valueOf(substitution, { env, faults }, path)
    faults.add(path, `"$${stray}" is not a variable; write $$ for a dollar sign`)
    return ''
  })
}

/** The operators in the order in which Docker looks for them, wherever they stand in the text. */
const OPERATORS = [':-', '-', ':?', '?'] as const
const OTHER = /^\w+(:?\+)/

function valueOf(substitution: string, { env, faults }: InterpolateContext, path: string): string {
  const operator = OTHER.exec(substitution)?.[1] ?? OPERATORS.find((each) => substitution.includes(each))
  const cut = operator === undefined ? substitution.length : substitution.indexOf(operator)
  const name = substitution.slice(0, cut)
  const operand = substitution.slice(cut + (operator?.length ?? 0))
  if (isRunnerVariable(name)) {
    faults.add(path, `${name} ${RUNNER_VARIABLE}`)
    return ''
  }
  const value = env[name]
  // With a colon an empty value counts as missing.
  const present = operator?.startsWith(':') ? Boolean(value) : value !== undefined
  switch (operator?.at(-1) ?? '') {
    case '-':
      return present ? (value ?? '') : operand
    case '+':
      return present ? operand : ''
    case '?':
      if (!present) faults.add(path, `the variable ${name} is required${operand === '' ? '' : `: ${operand}`}`)
      return value ?? ''
    default:
      if (value === undefined) {
        faults.warn(`${path}: the variable ${name} is not set: an empty text stands there, as Docker puts it`)
      }
      return value ?? ''
  }
}

const WHOLE = [
  'configs.[].mode',
  'secrets.[].mode',
  'healthcheck.retries',
  'deploy.replicas',
  'deploy.update_config.parallelism',
  'deploy.rollback_config.parallelism',
  'deploy.restart_policy.max_attempts',
  'deploy.placement.max_replicas_per_node',
  'ports.[].target',
  'ports.[].published',
  'ulimits.*',
  'ulimits.*.hard',
  'ulimits.*.soft',
  'oom_score_adj',
].map((key) => `services.*.${key}`)

const NUMBERS = ['update_config', 'rollback_config'].map((key) => `services.*.deploy.${key}.max_failure_ratio`)

const BOOLEANS = [
  ...['healthcheck.disable', 'privileged', 'read_only', 'stdin_open', 'tty', 'volumes.[].read_only'].map(
    (key) => `services.*.${key}`,
  ),
  'services.*.volumes.[].volume.nocopy',
  ...['networks', 'volumes', 'secrets', 'configs'].map((kind) => `${kind}.*.external`),
  'networks.*.internal',
  'networks.*.attachable',
]

function cast(text: string, path: readonly string[], { faults }: InterpolateContext): unknown {
  const isOne = (pattern: string): boolean => matches(path, pattern.split('.'))
  let wanted: string | undefined
  if (WHOLE.some(isOne)) {
    if (/^[-+]?\d+$/.test(text)) return BigInt(text.replace('+', ''))
    wanted = 'a whole number'
  } else if (NUMBERS.some(isOne)) {
    if (text !== '' && Number.isFinite(Number(text))) return Number(text)
    wanted = 'a number'
  } else if (BOOLEANS.some(isOne)) {
    if (/^(?:y|yes|true|on)$/i.test(text)) return true
    if (/^(?:n|no|false|off)$/i.test(text)) return false
    wanted = 'true or false'
  }
  if (wanted === undefined) return text
  faults.add(nameOf(path), `"${text}" is not ${wanted}`)
  return undefined
}

function matches(path: readonly string[], pattern: readonly string[]): boolean {
  if (path.length !== pattern.length) return false
  return path.every((part, index) => {
    const wanted = pattern[index]
    return wanted === '*' || wanted === part || (wanted === '[]' && part.startsWith('['))
  })
}
