/** The pull request that a preview is about: from the event, or from GitHub where the event does not describe it. */
import { asDeployError } from '../errors/deploy-error.ts'
import type { PullHead, PullRequest } from '../ports.ts'
import type { Wanted } from './preview-wanted.ts'
import type { ConfigContext } from './read.ts'
import type { Opened } from './reading.ts'

/**
 * Asks GitHub for a pull request that the event does not describe. undefined: no open one has that head; of a number:
 * GitHub cannot be asked.
 */
export type PullFor = (
  configContext: ConfigContext,
  githubToken: string | undefined,
  which: number | PullHead,
) => Promise<PullRequest | undefined>

/** The pull request that it is about, and the event as it is seen from there. */
export interface Subject {
  readonly configContext: ConfigContext
  readonly number: number | undefined
  readonly head: PullRequest['head'] | undefined
  readonly isForeign: boolean
  readonly nothing: string | undefined
}

export async function subjectOf(
  asked: Wanted,
  { values, configContext, faults }: Opened,
  pullFor: PullFor,
): Promise<Subject> {
  const { event } = configContext
  const { number, mode } = asked
  const isForeign = event.pull?.isForeign ?? false
  const known = { configContext, number, head: event.pull ? event.revision : undefined, isForeign, nothing: undefined }
  if (event.pull?.number === number && number !== undefined) return known
  if (mode !== 'deploy' || asked.nothing !== undefined) return { ...known, head: undefined }
  const which = number ?? endedHead(configContext)
  if (which === undefined) return known
  try {
    const pull = await pullFor(configContext, values.text('github-token'), which)
    if (!pull && number !== undefined) return { ...known, head: undefined }
    if (!pull) return { ...known, nothing: 'no open pull request has the head of the run that ended' }
    return seenFrom(pull, configContext)
  } catch (error) {
    faults.throwIfAny()
    throw asDeployError(error)
  }
}

function endedHead({ event: { ended } }: ConfigContext): PullHead | undefined {
  const { head, branch, owner } = ended ?? {}
  return head === undefined || branch === undefined || owner === undefined ? undefined : { head, branch, owner }
}

/** Its head is the commit that is meant; whether it may be built is decided by the rule for previews. */
function seenFrom(pull: PullRequest, configContext: ConfigContext): Subject {
  const event = {
    ...configContext.event,
    revision: pull.head,
    ref: `refs/pull/${String(pull.number)}/head`,
    foreign: undefined,
  }
  return {
    configContext: { ...configContext, event },
    number: pull.number,
    head: pull.head,
    isForeign: pull.isForeign,
    nothing: undefined,
  }
}
