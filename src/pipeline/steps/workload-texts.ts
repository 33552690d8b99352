/** The workloads of a run, for its result and its sentences. */
import { shortDigest } from '../../domain/digest.ts'
import type { WorkloadResult } from '../../domain/result.ts'
import type { Rollout, Running } from '../../ports.ts'
import type { Judgement } from './judge.ts'

/**
 * The workload table of the result.
 * @param done the rollout that has the traffic by now; without it what served before serves still
 */
export function workloadResults(
  before: Running<unknown>,
  judgements: readonly Judgement[],
  verdictOf: (judgement: Judgement | undefined) => WorkloadResult['verdict'],
  done?: Rollout<unknown>,
): WorkloadResult[] {
  return before.workloads.map(({ name, digests, namespace, ...was }) => {
    const judgement = judgements.find((entry) => entry.name === name)
    const serving = done?.workloads.find((entry) => entry.name === name)?.serving ?? was.serving
    const digest = judgement ? judgement.digest : digests[0]
    return {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      verdict: verdictOf(judgement),
      ...(digest === undefined ? {} : { digest }),
      ...(serving === undefined ? {} : { serving }),
      ...(judgement ? { replicas: judgement.replicas } : {}),
      ...(judgement?.reason ? { reasonCode: judgement.reason.code, reason: judgement.reason.what } : {}),
    }
  })
}

/** `; deployment/web-green serves`, where several stand for one workload. */
export function servingText(workloads: readonly { readonly serving?: string }[]): string {
  const serving = workloads.flatMap((workload) => workload.serving ?? [])
  return serving.length === 0 ? '' : `; ${serving.join(', ')} ${serving.length === 1 ? 'serves' : 'serve'}`
}

export function namesText(running: Running<unknown>): string {
  return running.workloads.map(({ name }) => name).join(', ') || 'the workloads'
}

/** `web runs sha256:0123…; worker runs …` */
export function runsText(running: Running<unknown>): string {
  return (
    running.workloads
      .map(
        ({ name, serving = name, exists, digests }) =>
          `${serving} ${exists ? `runs ${digests.map(shortDigest).join(' and ') || 'nothing'}` : 'does not exist'}`,
      )
      .join('; ') || 'nothing was changed'
  )
}
