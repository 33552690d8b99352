/** What happened to the target: the one word that users read first. */
export type Outcome =
  | 'healthy'
  | 'unchanged'
  | 'released'
  | 'checked'
  | 'planned'
  | 'removed'
  | 'skipped'
  | 'failed'
  | 'rolled-back'
  | 'timed-out'
  | 'rollback-failed'
  | 'superseded'
  | 'cancelled'

const GREEN: ReadonlySet<Outcome> = new Set([
  'healthy',
  'unchanged',
  'released',
  'checked',
  'planned',
  'removed',
  'skipped',
])

/** The wanted version runs and is proven. */
export function isProven(outcome: Outcome): boolean {
  return outcome === 'healthy' || outcome === 'unchanged'
}

export function isGreen(outcome: Outcome): boolean {
  return GREEN.has(outcome)
}

/**
 * The CLI's exit code.
 * @param touched whether the target was changed and left so: a failure before that is 1, after it 3
 * @param misuse  whether the inputs were at fault
 */
export function exitCode(outcome: Outcome, facts: { touched: boolean; misuse?: boolean }): number {
  if (facts.misuse && !isGreen(outcome)) return 2
  switch (outcome) {
    case 'healthy':
    case 'unchanged':
    case 'released':
    case 'checked':
    case 'planned':
    case 'removed':
    case 'skipped':
      return 0
    case 'rolled-back':
      return 1
    case 'failed':
      return facts.touched ? 3 : 1
    case 'rollback-failed':
      return 3
    case 'timed-out':
      return 4
    case 'superseded':
      return 5
    case 'cancelled':
      return 130
  }
}
