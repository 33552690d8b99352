type Env = Readonly<Record<string, string | undefined>>

/** Inputs and saved state, the tokens of the job's own services, and the files in which later steps are told what to do. */
const WITHHELD = /^(?:INPUT_|STATE_|ACTIONS_|GITHUB_(?:TOKEN|ENV|PATH|OUTPUT|STATE|STEP_SUMMARY)$|GH_TOKEN$)/i

/**
 * What a child process sees of our environment. Every child is started with it: a program that is called for one thing
 * is not handed the secrets of all others.
 * @param keep names that this very program needs
 */
export function childEnvironment(env: Env, keep: readonly string[] = []): Record<string, string> {
  const kept = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value === undefined || (WITHHELD.test(name) && !keep.includes(name)) ? [] : [[name, value]],
  )
  return Object.fromEntries(kept)
}
