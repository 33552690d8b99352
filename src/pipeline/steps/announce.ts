/** Shows a replacement while it lasts, on the ledgers that can, and how it ended. */
import { nextSequence } from '../../domain/history.ts'
import { runKey } from '../../domain/labels.ts'
import type { DeployError } from '../../errors/deploy-error.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { Ledger, LedgerEnding, OpenLedgers } from '../../ports.ts'
import type { Deployment } from './deployment.ts'
import type { StepContext } from '../step.ts'
import { unwritten } from './record.ts'
import { isAlreadySet } from './send.ts'
import { setDigests } from './versions.ts'

type Context = StepContext & { readonly ledgers: OpenLedgers }

export interface Announced {
  /** Never throws: what is not shown is one warning. */
  end(ending: LedgerEnding): Promise<void>
}

/** Nothing of the rollout waits for it. */
export function announce(deployment: Deployment, action: 'release' | 'rollback', context: Context): Announced {
  const { image, before, memory, run, abandoned, reason, url } = deployment
  const ledgers = context.ledgers(deployment.ledgers)
  const [workload] = before.workloads
  for (const ledger of ledgers) {
    ledger.begin?.({
      action,
      image,
      sequence: nextSequence(memory.history),
      runKey: runKey(run),
      previous: workload && setDigests(workload)[0],
      abandoned,
      reason,
      url,
      isSet: isAlreadySet(before, image),
    })
  }
  return {
    async end(ending) {
      const endOn = async (ledger: Ledger) => {
        try {
          await ledger.end?.(ending)
        } catch (error) {
          unwritten(context, ledger.name, asDeployError(error))
        }
      }
      await Promise.all(ledgers.map(endOn))
    },
  }
}

/** A run that throws on its way ends here too. */
export function thrownEnding(error: DeployError, isCancelled: boolean): LedgerEnding {
  return { outcome: isCancelled ? 'cancelled' : 'failed', text: error.what }
}
