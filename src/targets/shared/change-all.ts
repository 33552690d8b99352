/** Workloads of one release stand or fall together: all are changed at once, and what was changed goes back when one is refused. */
import type { DeployError } from '../../errors/deploy-error.ts'
import { asDeployError, fail } from '../../errors/deploy-error.ts'

export interface Outcome<Workload, Result> {
  readonly workload: Workload
  /** undefined where it was refused. */
  readonly result?: Result
  readonly refusal?: DeployError
}

export interface AllChanged<Workload, Result> {
  /** In the order of the workloads; one that was never tried is left out. */
  readonly outcomes: readonly Outcome<Workload, Result>[]
  /** Of those that were not refused. */
  readonly results: readonly Result[]
  readonly refusals: readonly DeployError[]
  /** What has to be put back: changed, or sent without an answer, which counts as if it had been carried out. */
  readonly changed: readonly Workload[]
}

interface Order {
  /** Who changes the first one has won: two runs at once never hold a part of the workloads each. */
  readonly firstAlone?: boolean
}

/** Tries every workload; a refusal is part of the answer. */
export async function changeAll<Workload, Result>(
  workloads: readonly Workload[],
  change: (workload: Workload) => Promise<Result>,
  { firstAlone = false }: Order = {},
): Promise<AllChanged<Workload, Result>> {
  const tryOne = async (workload: Workload): Promise<Outcome<Workload, Result>> => {
    try {
      return { workload, result: await change(workload) }
    } catch (error) {
      return { workload, refusal: asDeployError(error) }
    }
  }
  const [first, ...others] = workloads
  if (!firstAlone || first === undefined) return summary(await Promise.all(workloads.map(tryOne)))
  const won = await tryOne(first)
  return summary(won.refusal ? [won] : [won, ...(await Promise.all(others.map(tryOne)))])
}

function summary<Workload, Result>(outcomes: readonly Outcome<Workload, Result>[]): AllChanged<Workload, Result> {
  return {
    outcomes,
    results: outcomes.flatMap(({ result }) => (result === undefined ? [] : [result])),
    refusals: outcomes.flatMap(({ refusal }) => refusal ?? []),
    changed: outcomes.filter(({ refusal }) => !refusal || isUnanswered(refusal)).map(({ workload }) => workload),
  }
}

/** The request was sent, and nobody knows whether it was carried out. */
export function isUnanswered(error: unknown): boolean {
  return asDeployError(error).code === 'target-unreachable'
}

/** @returns the refusal, with the state in which the workloads are left once `putBack` is done */
export async function putBackAfter(refusal: DeployError, putBack: () => Promise<unknown>): Promise<DeployError> {
  try {
    await putBack()
    return fail(refusal, { state: 'this run left no workload changed: all are as they were before', cause: refusal })
  } catch (error) {
    const state = `not every workload could be put back: ${asDeployError(error).what}`
    return fail(refusal, { state, cause: refusal })
  }
}
