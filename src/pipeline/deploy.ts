import { asDeployError } from '../errors/deploy-error.ts'
import type { LedgerEnding, Target } from '../ports.ts'
import type { Stamp } from '../domain/stamp.ts'
import { announce, thrownEnding } from './steps/announce.ts'
import type { DeployContext, Deployed, Deployment } from './steps/deployment.ts'
import { stampOf } from './steps/deployment.ts'
import { rememberSome } from './steps/memory.ts'
import { replaceAndVerify } from './steps/rollout.ts'
import type { Replacement } from './steps/send.ts'
import { createdText, settleFailure } from './steps/settle-failure.ts'
import { settleHealthy } from './steps/settle-healthy.ts'
import { FEW_VERSIONS } from './steps/target-inspection.ts'
import { namesText, runsText } from './steps/workload-texts.ts'
import type { Ending, Trace } from './trace.ts'

/** Replaces, verifies, and settles whatever came of it. */
export async function deploy(planned: Deployment, context: DeployContext, trace: Trace): Promise<Deployed> {
  const deployment = await inTurn(planned, context)
  const reason = deployment === planned ? undefined : await deployment.recheck?.(deployment.before)
  if (reason) return { trace, ending: { outcome: 'superseded', reason, state: runsText(deployment.before) } }
  const announced = announce(deployment, trace.action === 'rollback' ? 'rollback' : 'release', context)
  try {
    const settled = await replaceAndSettle(deployment, context, trace)
    await announced.end(endingOf(settled.ending))
    return settled
  } catch (error) {
    await announced.end(thrownEnding(asDeployError(error), context.signal.aborted))
    throw error
  }
}

function endingOf({ outcome, reason }: Ending): LedgerEnding {
  return { outcome, text: reason?.what ?? outcome }
}

async function replaceAndSettle(deployment: Deployment, context: DeployContext, trace: Trace): Promise<Deployed> {
  const { image } = deployment
  const stamp = stampOf(deployment)
  let replacement: Replacement
  try {
    replacement = await replaceAndVerify(image, stamp, deployment, context)
  } catch (error) {
    if (!context.signal.aborted) throw error
    return { trace, ending: await cancelledEnding(deployment, stamp, context.target) }
  }
  if (replacement.is === 'healthy') return settleHealthy(deployment, replacement, context, trace)
  if (context.signal.aborted) {
    return { trace, ending: await cancelledEnding(deployment, stamp, context.target, replacement) }
  }
  return settleFailure(deployment, replacement, context, trace)
}

/** Waits for other runs where the target has a lock, and looks again where another version may run by now. */
async function inTurn(planned: Deployment, { target, ledgers }: DeployContext): Promise<Deployment> {
  const waited = (await target.lock?.()) ?? false
  if (!waited && !planned.stale) return planned
  const own = ledgers(planned.ledgers).filter(({ name }) => name === 'target')
  const [before, memory] = await Promise.all([target.current(), rememberSome(own, FEW_VERSIONS)])
  // What another ledger said is asked again with the record; until then it is all there is where the target forgot.
  const fresh = memory.history.verified.length > 0 ? memory : planned.memory
  return { ...planned, before, memory: fresh, pointsAt: undefined }
}

/** Only one request fits into the time that a cancelled run has left; nobody waits for what comes of it. */
async function cancelledEnding(
  { onCancel, before }: Deployment,
  stamp: Stamp,
  target: Target,
  replacement?: Exclude<Replacement, { is: 'healthy' }>,
): Promise<Ending> {
  const names = namesText(before)
  const ending = {
    outcome: 'cancelled',
    reason: { code: 'cancelled', what: `cancelled while ${names} was being replaced` },
    touched: true,
  } as const
  if (onCancel === 'leave') {
    const left = replacement?.rollout ? createdText(replacement.rollout) : ''
    if (replacement?.state !== undefined) return { ...ending, state: replacement.state }
    return { ...ending, state: `the rollout of ${names} goes on without this run; run again to prove it${left}` }
  }
  try {
    await target.restore(before, stamp)
    return { ...ending, state: `${names}: the restore was sent, and nobody waits for its result` }
  } catch (error) {
    return { ...ending, state: `${names}: the restore could not be sent: ${asDeployError(error).what}` }
  }
}
