/** What all ledgers of a place remember, in one. */
import type { History } from '../../domain/history.ts'
import { EMPTY_HISTORY, mergeHistories } from '../../domain/history.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { Ledger, LedgerName } from '../../ports.ts'

export interface Memory {
  readonly history: History
  /** What each ledger that answered said by itself. */
  readonly by: ReadonlyMap<LedgerName, History>
  /** Why a ledger could not be asked. */
  readonly down: ReadonlyMap<LedgerName, Reason>
}

/** What each is called where it is said which of them was used. */
export const MEMORY_TITLES: Readonly<Record<LedgerName, string>> = {
  target: "the target's own stamp",
  registry: 'the registry’s history tags',
  github: 'the records on GitHub',
}

export const NO_MEMORY: Memory = { history: EMPTY_HISTORY, by: new Map(), down: new Map() }

/** Asks the ledgers that were not asked yet, one after the other: each gets what is known already. */
export async function remember(memory: Memory, ledgers: readonly Ledger[], limit: number): Promise<Memory> {
  let known = memory
  for (const ledger of ledgers) {
    if (known.by.has(ledger.name) || known.down.has(ledger.name)) continue
    const answer = await ledger.read({ known: known.history, limit })
    if (answer.is === 'unknown') {
      known = { ...known, down: new Map([...known.down, [ledger.name, answer.why]]) }
      continue
    }
    const by = new Map([...known.by, [ledger.name, answer.is === 'present' ? answer.value : EMPTY_HISTORY] as const])
    known = { ...known, by, history: mergeHistories([...by.values()]) }
  }
  return known
}

/**
 * Asks one ledger after the other until one remembers a verified version. A ledger that shows attempts to people, on
 * another service, is asked only where one before it does not answer: nothing before a rollout waits for it.
 */
export async function rememberSome(ledgers: readonly Ledger[], limit: number): Promise<Memory> {
  let known = NO_MEMORY
  for (const ledger of ledgers) {
    if (ledger.begin && known.down.size === 0) continue
    known = await remember(known, [ledger], limit)
    if (known.history.verified.length > 0) return known
  }
  return known
}
