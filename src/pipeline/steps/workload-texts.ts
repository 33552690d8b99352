/** The workloads of a run, for its result and its sentences. */
import { shortDigest } from '../../domain/digest.ts'
import type { WorkloadResult } from '../../domain/result.ts'
import type { Running } from '../../ports.ts'
import type { Judgement } from './verify.ts'

/** The workload table of the result. */
export function workloadResults(
  before: Running<unknown>,
  judgements: readonly Judgement[],
  verdictOf: (judgement: Judgement | undefined) => WorkloadResult['verdict'],
): WorkloadResult[] {
  return before.workloads.map(({ name, digests, namespace }) => {
    const judgement = judgements.find((entry) => entry.name === name)
    const digest = judgement ? judgement.digest : digests[0]
    return {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      verdict: verdictOf(judgement),
      ...(digest === undefined ? {} : { digest }),
      ...(judgement ? { replicas: judgement.replicas } : {}),
      ...(judgement?.reason ? { reasonCode: judgement.reason.code, reason: judgement.reason.what } : {}),
    }
  })
}

export function namesText(running: Running<unknown>): string {
  return running.workloads.map(({ name }) => name).join(', ') || 'the workloads'
}

/** `web runs sha256:0123…; worker runs …` */
export function runsText(running: Running<unknown>): string {
  return (
    running.workloads
      .map(
        ({ name, exists, digests }) =>
          `${name} ${exists ? `runs ${digests.map(shortDigest).join(' and ') || 'nothing'}` : 'does not exist'}`,
      )
      .join('; ') || 'nothing was changed'
  )
}
