/** The target's own memory: one document on or beside the workloads. */
import { mergeHistories, takenOver } from '../domain/history.ts'
import type { History } from '../domain/history.ts'
import { placeScope } from '../domain/place.ts'
import { asDeployError } from '../errors/deploy-error.ts'
import type { Ledger, LedgerChange, LedgerContext } from '../ports.ts'

/** undefined: this target cannot remember. */
export function targetLedger({ target, place, adopted }: LedgerContext): Ledger | undefined {
  if (!target.history || !target.record) return undefined
  const scope = place && placeScope(place)
  const write = async ({ history, rollout }: LedgerChange) => {
    await target.record?.({ ...history, ...(scope === undefined ? {} : { place: scope }) }, rollout)
    return []
  }
  return {
    name: 'target',
    async read() {
      try {
        const all = (await target.history?.()) ?? []
        // A workload that was copied from elsewhere brings the history of that place along.
        const isOwn = (history: History) => history.place === undefined || history.place === scope
        const foreign = adopted === undefined ? [] : all.filter((history) => !isOwn(history)).map(takenOver)
        return { is: 'present', value: mergeHistories([...all.filter(isOwn), ...foreign]) }
      } catch (error) {
        const { code, what, evidence, fix } = asDeployError(error)
        return { is: 'unknown', why: { code, what, evidence, fix } }
      }
    },
    recordVerified: (_, change) => write(change),
    recordBad: write,
  }
}
