/** One way of logging in that a registry offers in `WWW-Authenticate`. */
export interface Challenge {
  /** Lower case: `bearer`, `basic`, … */
  readonly scheme: string
  readonly parameters: Readonly<Record<string, string>>
}

// One step of the header: a parameter (quoted or not), else a scheme, else a separator.
const STEP =
  /\s*(?:([!#$%&'*+.^_`|~\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([!#$%&'*+.^_`|~\w-]+)(?![!#$%&'*+.^_`|~\w-]|\s*=)|,)/gy

/** All challenges of the header, in order; several headers arrive joined by commas. Text that is not a challenge is skipped. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = []
  STEP.lastIndex = 0
  for (let step = STEP.exec(header); step; step = STEP.exec(header)) {
    const [, name, quoted, plain, scheme] = step
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: {} })
    const current = challenges.at(-1)
    if (name !== undefined && current) {
      current.parameters[name.toLowerCase()] = quoted === undefined ? (plain ?? '') : quoted.replace(/\\(.)/g, '$1')
    }
  }
  return challenges
}

/** The one to answer: tokens before passwords; undefined when neither is offered. */
export function pickChallenge(challenges: readonly Challenge[]): Challenge | undefined {
  return (
    challenges.find((one) => one.scheme === 'bearer' && one.parameters['realm']) ??
    challenges.find((one) => one.scheme === 'basic')
  )
}
