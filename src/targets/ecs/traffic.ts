/** Blue-green, linear and canary: Amazon moves the traffic; this lets it through and follows it to its end. */
import type { ServiceDeployment, Task } from '@aws-sdk/client-ecs'
import type { Digest } from '../../domain/digest.ts'
import { DeployError, throwIfAborted } from '../../errors/deploy-error.ts'
import type { Clock, Reporter, Rollout, TrafficSwitch } from '../../ports.ts'
import type { EcsApi } from './api.ts'
import type { EcsObserver } from './observer.ts'
import type { EcsReader } from './reader.ts'
import type { OpenHook } from './hooks.ts'
import { foreignHookText, openHook, stageText } from './hooks.ts'
import { digestOf, isLive, isOf } from './replicas.ts'
import type { EcsRequest } from './request.ts'
import type { EcsSpec } from './snapshot.ts'

export interface TrafficContext {
  readonly api: EcsApi
  readonly reader: EcsReader
  readonly observer: EcsObserver
  readonly clock: Clock
  readonly reporter: Reporter
  readonly signal: AbortSignal
  readonly request: Pick<EcsRequest, 'testUrl' | 'pauseStage' | 'timeout'>
}

const ASK_EVERY_MS = 2000
const MINUTE_MS = 60_000
const ENDED = new Set([
  'STOPPED',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
  'ROLLBACK_IN_PROGRESS',
  'ROLLBACK_REQUESTED',
  'STOP_REQUESTED',
])

export function createTraffic(context: TrafficContext): TrafficSwitch<EcsSpec> {
  const { observer, signal, request } = context
  const { testUrl } = request
  return {
    // Amazon keeps the old version for the bake time of the service.
    bakesItself: true,
    beforeTraffic: () =>
      Promise.resolve(testUrl === undefined ? undefined : { url: testUrl, close: () => Promise.resolve() }),
    async shift(rollout, abort) {
      await Promise.all(handlesOf(rollout).map((one) => follow(context, one, { until: hasTraffic, signal: abort })))
      observer.shifted()
    },
    async finish(rollout) {
      const all = handlesOf(rollout)
      await Promise.all(all.map((one) => follow(context, one, { until: isSuccessful, signal })))
      // After the clean-up every live task must carry an accepted digest, not only the new ones.
      await Promise.all(all.map((one) => prove(context, one, isLive)))
    },
  }
}

/** A service of the rollout, with the digests that its tasks may report. */
interface Followed {
  readonly name: string
  readonly handle: EcsSpec
  readonly accepted: ReadonlySet<Digest>
}

function handlesOf({ workloads, accepted }: Rollout<EcsSpec>): Followed[] {
  return workloads.map((workload) => ({ accepted, ...workload }))
}

interface Following {
  readonly until: (deployment: ServiceDeployment) => boolean
  readonly signal: AbortSignal
}

/** Answers the hooks that open and waits. @throws DeployError reverted, rollout-timeout, wrong-digest, cancelled */
async function follow(context: TrafficContext, followed: Followed, { until, signal }: Following): Promise<void> {
  const { observer, clock, reporter, request } = context
  const { service } = followed.handle
  let deadline: number | undefined
  let last = ''
  /** Since when somebody else's answer is waited for. */
  let foreignSince: number | undefined
  for (;;) {
    throwIfAborted(signal)
    const deployment = await observer.deploymentOf(followed.handle)
    // Nothing in flight that could be followed: what runs was proven already.
    if (!deployment || until(deployment)) return
    if (ENDED.has(deployment.status ?? '')) throw wentBack(service, deployment)
    const now = clock.now()
    deadline ??= now + durationOf(deployment) + request.timeout
    const hook = openHook(deployment, request.pauseStage)
    foreignSince = hook && !hook.isOurs ? (foreignSince ?? now) : undefined
    const text = textOf(deployment, hook)
    if (now > deadline || now - (foreignSince ?? now) > request.timeout) throw late(service, text)
    if (text !== last) reporter.emit({ type: 'progress', step: 'rollout', text: `${service}: ${(last = text)}` })
    if (hook?.isOurs) await letThrough(context, followed, { deployment, hook })
    await clock.sleep(ASK_EVERY_MS, signal)
  }
}

function late(service: string, text: string): DeployError {
  return new DeployError('rollout-timeout', `${service}: the traffic was not moved in time: ${text}`)
}

function textOf({ lifecycleStage, targetServiceRevision }: ServiceDeployment, hook: OpenHook | undefined): string {
  const weight = targetServiceRevision?.requestedProductionTrafficWeight ?? 0
  const stage = hook && !hook.isOurs ? foreignHookText(hook) : stageText(lifecycleStage ?? 'in progress')
  return `${stage}, ${String(weight)} % of the traffic`
}

interface Waiting {
  readonly deployment: ServiceDeployment
  readonly hook: OpenHook
}

/** The new tasks are proven once more right before: a strategy with steps opens a hook at each of them. */
async function letThrough(context: TrafficContext, followed: Followed, { deployment, hook }: Waiting): Promise<void> {
  await prove(context, followed, (task) => isLive(task) && isOf(task, followed.handle))
  const { serviceDeploymentArn } = deployment
  const answer = { serviceDeploymentArn, hookId: hook.hookId, action: 'CONTINUE' } as const
  await context.api.write('ContinueServiceDeployment', answer, () =>
    // Answering a hook twice is refused, and then the next observation shows where the deployment is.
    Promise.resolve({ $metadata: {} }),
  )
  context.observer.forget()
}

function hasTraffic(deployment: ServiceDeployment): boolean {
  return isSuccessful(deployment) || (deployment.targetServiceRevision?.requestedProductionTrafficWeight ?? 0) >= 100
}

function isSuccessful({ status }: ServiceDeployment): boolean {
  return status === 'SUCCESSFUL'
}

function wentBack(service: string, { status, statusReason, rollback, alarms }: ServiceDeployment): DeployError {
  const why = statusReason ?? rollback?.reason ?? 'no reason given'
  const evidence = (alarms?.triggeredAlarmNames ?? []).map((name) => `alarm ${name}`)
  return new DeployError('reverted', `${service}: Amazon ECS went back (${status ?? ''}): ${why}`, { evidence })
}

/** How long the strategy itself waits. Amazon's defaults where the service does not say. */
function durationOf({ deploymentConfiguration: strategy }: ServiceDeployment): number {
  const linear = strategy?.linearConfiguration
  const steps =
    strategy?.strategy === 'LINEAR' ? (100 / (linear?.stepPercent ?? 10)) * (linear?.stepBakeTimeInMinutes ?? 6) : 0
  const canary = strategy?.strategy === 'CANARY' ? (strategy.canaryConfiguration?.canaryBakeTimeInMinutes ?? 10) : 0
  return (steps + canary + (strategy?.bakeTimeInMinutes ?? 0)) * MINUTE_MS
}

/** @throws DeployError wrong-digest where one of these tasks does not report an accepted digest */
async function prove(
  { reader }: TrafficContext,
  { name, handle, accepted }: Followed,
  isMeant: (task: Task) => boolean,
): Promise<void> {
  const wrong = (await reader.tasks(handle.service, 'RUNNING')).filter(isMeant).find((task) => {
    const digest = digestOf(task, handle.container)
    return digest === undefined || !accepted.has(digest)
  })
  if (!wrong) return
  const runs = digestOf(wrong, handle.container) ?? 'a digest that nobody reports'
  throw new DeployError(
    'wrong-digest',
    `${name}: task ${wrong.taskArn ?? ''} runs ${runs}, which is not of the released image`,
  )
}
