/** The version that a change named is not the newest any more; `error` is what to say when no attempt is left. */
export class Outdated {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}

/** An engine changes versions by itself while it works: so many attempts before it counts as somebody else's change. */
const ATTEMPTS = 10

/**
 * Compare-and-swap: every attempt reads (the first one may begin with what was read already), decides and writes on top of
 * the version that it read. It throws what ends the attempts, such as a change by somebody else.
 */
export async function compareAndSwap<T>(attempt: (number: number) => Promise<T | Outdated>): Promise<T> {
  for (let number = 1; ; number += 1) {
    const result = await attempt(number)
    if (!(result instanceof Outdated)) return result
    if (number === ATTEMPTS) throw result.error
  }
}
