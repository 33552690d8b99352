import { isRevision } from '../../domain/revision.ts'
import { throwIfAborted } from '../../errors/deploy-error.ts'
import type { Ancestry } from '../../ports.ts'
import type { Asking } from '../github/api.ts'
import { getFromRepository } from '../github/api.ts'

const ANSWERS: Readonly<Record<string, Ancestry>> = {
  identical: 'same',
  behind: 'older',
  ahead: 'newer',
  diverged: 'diverged',
}

/** Asks GitHub how two commits stand to each other; whatever goes wrong is 'unknown', never an error. @throws DeployError cancelled */
export async function compareByApi(api: Asking, revision: string, other: string): Promise<Ancestry> {
  if (!isRevision(revision) || !isRevision(other)) return 'unknown'
  try {
    const answer = await getFromRepository(api, `compare/${other}...${revision}?per_page=1`, 'contents: read')
    const status: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'status') : undefined
    return (typeof status === 'string' ? ANSWERS[status] : undefined) ?? 'unknown'
  } catch {
    throwIfAborted(api.signal)
    return 'unknown'
  }
}
