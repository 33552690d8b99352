import type { GitHubContext, Ledger, LedgerContext, OpenLedgers } from '../ports.ts'
import { gitHubLedger } from './github/index.ts'
import { registryLedger } from './registry-tags.ts'
import { targetLedger } from './target-stamp.ts'

/**
 * The ledgers of a place, the first to be asked first. Adding one: a file, a name in `LedgerName`, a line here.
 * @param github undefined: no records are kept on GitHub
 */
export function ledgersWith(github: GitHubContext | undefined): OpenLedgers {
  // A run has one place, and one record of it on GitHub.
  let records: Ledger | undefined
  const onGitHub = (context: LedgerContext) => github && (records ??= gitHubLedger(context, github))
  return (context) =>
    [targetLedger(context), registryLedger(context), onGitHub(context)].filter((ledger) => ledger !== undefined)
}

/** Without GitHub. */
export const openLedgers: OpenLedgers = ledgersWith(undefined)
