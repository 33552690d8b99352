/** What ran before a run is the last proven state, not what a run that ended half-way left. */
import type { VerifiedVersion } from '../../domain/history.ts'
import { isBad } from '../../domain/history.ts'
import type { Running } from '../../ports.ts'
import type { Memory } from './memory.ts'
import { setDigests } from './versions.ts'

/**
 * The version to go back to where a release of ours put something in that was never proven: the last one that was.
 * undefined: what is set was verified here, or it is none of our doing, and is itself what ran before.
 */
export function lastProven({ workloads }: Running<unknown>, { history }: Memory): VerifiedVersion | undefined {
  const isUnproven = workloads.some((workload) => {
    const set = setDigests(workload)
    const isVerified = history.verified.some(({ digest, accepted = [] }) =>
      [digest, ...accepted].some((one) => set.includes(one)),
    )
    return workload.releasedBy !== undefined && set.length > 0 && !isVerified
  })
  return isUnproven ? history.verified.find(({ digest }) => !isBad(history, digest)) : undefined
}
