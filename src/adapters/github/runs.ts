import { throwIfAborted } from '../../errors/deploy-error.ts'
import type { Asking } from './api.ts'
import { getFromRepository } from './api.ts'

/**
 * Whether a run, named `id-attempt`, is known to be over: what it still holds may be taken over at once.
 * False wherever GitHub does not say so. @throws DeployError cancelled
 */
export async function isRunOver(api: Asking, holder: string): Promise<boolean> {
  const match = /^(\d+)-(\d+)$/.exec(holder)
  if (!match) return false
  try {
    const run = await getFromRepository(
      api,
      `actions/runs/${match[1] ?? ''}/attempts/${match[2] ?? ''}`,
      'actions: read',
    )
    return typeof run === 'object' && run !== null && Reflect.get(run, 'status') === 'completed'
  } catch {
    throwIfAborted(api.signal)
    return false
  }
}
