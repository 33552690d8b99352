/** What comes between the proof of every replica and the record: the traffic, the gates, the bake. */
import type { Duration } from '../../domain/duration.ts'
import type { PinnedImage } from '../../domain/image.ts'
import type { DeployError } from '../../errors/deploy-error.ts'
import { asDeployError, fail } from '../../errors/deploy-error.ts'
import type { CheckResult, Gate, GateAnswer, GateMoment, Ports, Rollout, Target, TrafficSwitch } from '../../ports.ts'
import type { StepContext } from '../step.ts'
import { step } from '../step.ts'
import type { Verdict } from './verify.ts'
import { replicasText, verify } from './verify.ts'

export type RolloutContext = StepContext & Pick<Ports, 'signal' | 'gates'> & { readonly target: Target }

/** A version whose replicas are all proven. */
export interface Proposed {
  readonly rollout: Rollout<unknown>
  readonly image: PinnedImage
  /** Whether this run sent it: only then there is something to bake. */
  readonly changed: boolean
  /** What the watch may take beside the time that it watches. */
  readonly timeout: Duration
}

export type Passage =
  | { readonly is: 'passed'; readonly checks: readonly CheckResult[]; readonly url: string | undefined }
  | {
      readonly is: 'failed' | 'timed-out' | 'superseded'
      readonly reason: DeployError
      readonly verdict?: Verdict
      readonly checks: readonly CheckResult[]
    }

/** Moves the traffic where that is a step of its own, and asks every gate at its moments. Cancelled, it has failed. */
export async function passGates(proposed: Proposed, context: RolloutContext): Promise<Passage> {
  const { traffic } = context.target
  const { rollout, changed } = proposed
  const checks = new Map<string, readonly CheckResult[]>()
  const verdicts: Verdict[] = []
  let found: string | undefined
  const asked = async (moment: GateMoment, url?: string): Promise<void> => {
    for (const answer of await askAll(proposed, { moment, url, verdicts, checks }, context)) found = answer.url ?? found
  }
  const isBaking = changed && context.gates.some((gate) => isOf(gate, 'baking'))
  try {
    if (traffic) await moveTraffic(traffic, proposed, asked, context)
    await asked('rolled-out')
    if (traffic?.bakesItself) await traffic.finish(rollout)
    if (isBaking) {
      await asked('baking')
      await asked('baked')
    }
    if (traffic && !traffic.bakesItself) await traffic.finish(rollout)
    return { is: 'passed', checks: [...checks.values()].flat(), url: found }
  } catch (error) {
    const failed = { reason: asDeployError(error), checks: [...checks.values()].flat() }
    const watched = verdicts.find(({ is }) => is !== 'healthy')
    if (watched && watched.is !== 'healthy') return { is: watched.is, ...failed, verdict: watched }
    return { is: failed.reason.code === 'another-rollout' ? 'superseded' : 'failed', ...failed }
  }
}

function isOf({ moments }: Gate, moment: GateMoment): boolean {
  return moments.includes(moment)
}

/**
 * Blue-green: the version that was proven beside the old one is checked there from outside, and only then gets the
 * traffic. @throws DeployError live-check-failed, and what the shift throws: the traffic is on the old version then
 */
async function moveTraffic(
  traffic: TrafficSwitch<unknown>,
  { rollout, changed }: Proposed,
  asked: (moment: GateMoment, url: string) => Promise<void>,
  context: RolloutContext,
): Promise<void> {
  const isAsked = changed && context.gates.some((gate) => isOf(gate, 'before-traffic'))
  const door = isAsked ? await traffic.beforeTraffic(rollout) : undefined
  if (door) {
    try {
      await asked('before-traffic', door.url)
    } finally {
      await door.close()
    }
  }
  await step(
    context,
    { name: 'rollout', title: 'Move the traffic' },
    () => traffic.shift(rollout, context.signal),
    () => 'the proven version has it',
  )
}

interface When {
  readonly moment: GateMoment
  readonly url: string | undefined
  /** Where the verdicts of the gates' watches are kept: they say more than the reason alone. */
  readonly verdicts: Verdict[]
  /** What each gate checked last, passed or not. */
  readonly checks: Map<string, readonly CheckResult[]>
}

/** All gates of a moment side by side: the first that closes ends the others, and its reason is thrown. */
async function askAll(proposed: Proposed, when: When, context: RolloutContext): Promise<readonly GateAnswer[]> {
  const closed = new AbortController()
  const signal = AbortSignal.any([context.signal, closed.signal])
  const errors: unknown[] = []
  const answers = await Promise.all(
    context.gates
      .filter((gate) => isOf(gate, when.moment))
      .map(async (gate) => {
        try {
          return await askOne(gate, proposed, when, { ...context, signal })
        } catch (error) {
          errors.push(error)
          closed.abort()
          return undefined
        }
      }),
  )
  if (errors.length > 0) throw errors[0]
  return answers.filter((answer) => answer !== undefined)
}

async function askOne(
  gate: Gate,
  proposed: Proposed,
  { moment, url, verdicts, checks }: When,
  context: RolloutContext,
): Promise<GateAnswer> {
  const { image, rollout, timeout } = proposed
  const watch = async (time: Duration) => {
    const options = { timeout: time + timeout, stability: time, step: 'verify', anew: true } as const
    const verdict = await verify(context.target, rollout, options, context)
    verdicts.push(verdict)
    return verdict.is === 'healthy' ? undefined : verdict.reason
  }
  return step(
    context,
    { name: gate.step, title: gate.title(moment) },
    async () => {
      const answer = await gate.ask({ image, url, signal: context.signal, watch })
      if (answer.checks) checks.set(gate.name, answer.checks)
      if (answer.reason) throw fail(answer.reason)
      return answer
    },
    (answer) =>
      answer.checks ? `${String(answer.checks.length)} checks passed` : replicasText(verdicts.at(-1)?.workloads ?? []),
  )
}
