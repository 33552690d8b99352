/** The deployment on GitHub that stands for one attempt: the job's own, the one of an earlier attempt, or a new one. */
import { DeployError } from '../../errors/deploy-error.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { LedgerAttempt } from '../../ports.ts'
import type { Found, LookupContext } from './lookup.ts'
import { activeOf, isOpen } from './lookup.ts'
import type { Payload } from './payload.ts'
import { attemptText, payloadOf } from './payload.ts'

export interface OpenRecord {
  /** undefined: this version is the active one already, and nothing was changed. */
  readonly id: number | undefined
  /** GitHub made it for the job, without our payload. */
  readonly isOfJob: boolean
  /** To be retired when the attempt was verified. */
  readonly earlier: readonly number[]
}

export async function openRecord(
  found: Found,
  attempt: LedgerAttempt,
  context: LookupContext,
  names: { readonly app: string; readonly target: string },
): Promise<OpenRecord> {
  const { active, open } = activeOf(found, context.place)
  const others = (own: number) => open.filter((id) => id !== own)
  const { ofThisJob } = found
  if (ofThisJob !== undefined && ofThisJob !== 'several') {
    return { id: ofThisJob.id, isOfJob: true, earlier: others(ofThisJob.id) }
  }
  if (attempt.isSet && active?.digest === attempt.image.digest) {
    return { id: undefined, isOfJob: false, earlier: others(active.id) }
  }
  const begun = begunBefore(found, attempt, context.github.runId)
  const id = begun ?? (await create(attempt, context, { ...names, place: context.place, active: active?.id }))
  await context.deployments.setStatus(id, { state: 'in_progress', description: attemptText(attempt), url: attempt.url })
  return { id, isOfJob: false, earlier: others(id) }
}

/** A re-run, or an answer that was lost: the record of the same run and version that never ended. */
function begunBefore({ recent, own }: Found, { image, runKey }: LedgerAttempt, runId: string): number | undefined {
  const same = recent.find(({ payload }) => {
    const isOfRun = payload?.run === runKey || payload?.run.startsWith(`${runId}-`)
    return isOfRun === true && payload?.digest === image.digest
  })
  return same && isOpen(same) && own[0]?.id === same.id ? same.id : undefined
}

async function create(
  attempt: LedgerAttempt,
  { deployments, environment, task, github }: LookupContext,
  facts: Pick<Payload, 'app' | 'target' | 'place' | 'active'>,
): Promise<number> {
  const payload = payloadOf(attempt, { ...facts, actor: github.actor })
  const refs = [...new Set([attempt.image.revision, github.sha].filter((ref) => ref !== undefined))]
  const [first, fallback] = refs
  if (first === undefined)
    throw new DeployError('github-refused', 'neither the image nor the workflow names a commit to record')
  const wanted = { task, environment, payload, description: attemptText(attempt) }
  try {
    return await deployments.create({ ...wanted, ref: first })
  } catch (error) {
    // The image may be of a commit that this repository does not have: the workflow's own commit stands for it then.
    if (fallback === undefined || asDeployError(error).code !== 'github-refused') throw error
    return deployments.create({ ...wanted, ref: fallback })
  }
}
