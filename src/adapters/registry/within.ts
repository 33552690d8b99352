import type { Duration } from '../../domain/duration.ts'
import { formatDuration } from '../../domain/duration.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { Existence, Registry } from '../../ports.ts'

/** A registry whose answers are waited for until one common deadline. */
export function withinTime(registry: Registry, ms: Duration): Registry {
  const deadline = AbortSignal.timeout(ms)
  const late = () => new DeployError('registry-unreachable', `the registry gave no answer within ${formatDuration(ms)}`)

  function before<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = () => reject(late())
      if (deadline.aborted) end()
      deadline.addEventListener('abort', end, { once: true })
      work.then(resolve, reject).finally(() => deadline.removeEventListener('abort', end))
    })
  }

  /** Only the deadline becomes an answer: what else is thrown, a cancelled run, stays thrown. */
  async function existence<T>(look: Promise<Existence<T>>): Promise<Existence<T>> {
    try {
      return await before(look)
    } catch (error) {
      if (!deadline.aborted || !(error instanceof DeployError) || error.code === 'cancelled') throw error
      return { is: 'unknown', why: error }
    }
  }

  return {
    resolve: (...asked) => existence(registry.resolve(...asked)),
    image: (...asked) => existence(registry.image(...asked)),
    tags: (...asked) => existence(registry.tags(...asked)),
    tagsWithPrefix: (...asked) => existence(registry.tagsWithPrefix(...asked)),
    canPush: (...asked) => existence(registry.canPush(...asked)),
    proof: (...asked) => existence(registry.proof(...asked)),
    prove: (...asked) => before(registry.prove(...asked)),
    removeTag: (...asked) => before(registry.removeTag(...asked)),
    promote: (...asked) => before(registry.promote(...asked)),
    engineAuth: (...asked) => before(registry.engineAuth(...asked)),
    within: (shorter) => withinTime(registry, Math.min(ms, shorter)),
  }
}
