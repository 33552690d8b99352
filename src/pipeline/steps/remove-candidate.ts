/** A preview's candidate is removed by its tag. What cannot be removed is said: it proves nothing. */
import type { Repository } from '../../domain/image.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { Ports } from '../../ports.ts'

type RemovalContext = Pick<Ports, 'registry' | 'reporter' | 'signal'>

/** @returns whether it was there and is gone */
export async function removeCandidate(
  repository: Repository,
  tag: string,
  { registry, reporter, signal }: RemovalContext,
): Promise<boolean> {
  if (signal.aborted) return false
  try {
    return await registry.removeTag(repository, tag)
  } catch (error) {
    const { what, code } = asDeployError(error)
    const text = `${repository.name}:${tag} stays in the registry: a candidate, which proves nothing (${what}, ${code})`
    reporter.emit({ type: 'notice', text })
    return false
  }
}
