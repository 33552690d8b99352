import type { Ledger, LedgerContext } from '../ports.ts'
import { registryLedger } from './registry-tags.ts'
import { targetLedger } from './target-stamp.ts'

/** The ledgers of a place, the first to be asked first. Adding one: a file, a name in `LedgerName`, a line here. */
export function openLedgers(context: LedgerContext): Ledger[] {
  return [targetLedger(context), registryLedger(context)].filter((ledger) => ledger !== undefined)
}
