/** Blue-green, linear and canary: Amazon moves the traffic; this lets it through and follows it to its end. */
import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import { DeployError, throwIfAborted } from '../../errors/deploy-error.ts'
import type { Clock, Reporter, Rollout, TrafficSwitch } from '../../ports.ts'
import type { EcsApi } from './api.ts'
import { digestOf, isLive } from './replicas.ts'
import type { EcsObserver } from './observer.ts'
import type { EcsReader } from './reader.ts'
import { openHook } from './snapshot.ts'
import type { EcsSpec } from './snapshot.ts'

export interface TrafficContext {
  readonly api: EcsApi
  readonly reader: EcsReader
  readonly observer: EcsObserver
  readonly clock: Clock
  readonly reporter: Reporter
  readonly signal: AbortSignal
  readonly testUrl: string | undefined
}

const EVERY_MS = 2000
const MINUTE_MS = 60_000
/** For what Amazon does between the waiting times of the strategy, ms. */
const SLACK_MS = 30 * MINUTE_MS
const ENDED = new Set([
  'STOPPED',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
  'ROLLBACK_IN_PROGRESS',
  'ROLLBACK_REQUESTED',
  'STOP_REQUESTED',
])

type Handles = Rollout<EcsSpec>['workloads']

export function createTraffic(context: TrafficContext): TrafficSwitch<EcsSpec> {
  const { observer, testUrl, signal } = context
  return {
    // Amazon keeps the old version for the bake time of the service.
    bakesItself: true,
    beforeTraffic: () =>
      Promise.resolve(testUrl === undefined ? undefined : { url: testUrl, close: () => Promise.resolve() }),
    async shift({ workloads }, abort) {
      await Promise.all(workloads.map(({ handle }) => follow(context, handle, { until: hasTraffic, signal: abort })))
      observer.shifted()
    },
    async finish(rollout) {
      const { workloads } = rollout
      await Promise.all(workloads.map(({ handle }) => follow(context, handle, { until: isSuccessful, signal })))
      await proveAll(context, workloads, rollout)
    },
  }
}

interface Following {
  readonly until: (deployment: ServiceDeployment) => boolean
  readonly signal: AbortSignal
}

/** Answers the hooks that open and waits. @throws DeployError reverted, rollout-timeout, cancelled */
async function follow(context: TrafficContext, handle: EcsSpec, { until, signal }: Following): Promise<void> {
  const { observer, clock, reporter } = context
  let deadline: number | undefined
  let stage = ''
  for (;;) {
    throwIfAborted(signal)
    const deployment = await observer.deploymentOf(handle)
    // Nothing in flight that could be followed: what runs was proven already.
    if (!deployment || until(deployment)) return
    if (ENDED.has(deployment.status ?? '')) throw wentBack(handle.service, deployment)
    deadline ??= clock.now() + durationOf(deployment)
    if (clock.now() > deadline) {
      throw new DeployError(
        'rollout-timeout',
        `${handle.service}: the traffic was not moved in time; the stage is ${stage || 'unknown'}`,
      )
    }
    const hookId = openHook(deployment)?.hookId
    if (hookId !== undefined) await letThrough(context, deployment, hookId)
    const text = stageText(deployment)
    if (text !== stage)
      reporter.emit({ type: 'progress', step: 'rollout', text: `${handle.service}: ${(stage = text)}` })
    await clock.sleep(EVERY_MS, signal)
  }
}

function stageText({ lifecycleStage, targetServiceRevision }: ServiceDeployment): string {
  const weight = targetServiceRevision?.requestedProductionTrafficWeight ?? 0
  return `${(lifecycleStage ?? 'in progress').toLowerCase().replaceAll('_', ' ')}, ${String(weight)} % of the traffic`
}

async function letThrough(
  { api, observer }: TrafficContext,
  deployment: ServiceDeployment,
  hookId: string,
): Promise<void> {
  const { serviceDeploymentArn } = deployment
  await api.write('ContinueServiceDeployment', { serviceDeploymentArn, hookId, action: 'CONTINUE' }, () =>
    // Answering a hook twice is refused, and then the next look shows where the deployment is.
    Promise.resolve({ $metadata: {} }),
  )
  observer.forget()
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

/** How long the strategy itself waits, with slack. Amazon's defaults where the service does not say. */
function durationOf({ deploymentConfiguration: strategy }: ServiceDeployment): number {
  const linear = strategy?.linearConfiguration
  const steps =
    strategy?.strategy === 'LINEAR' ? (100 / (linear?.stepPercent ?? 10)) * (linear?.stepBakeTimeInMinutes ?? 6) : 0
  const canary = strategy?.strategy === 'CANARY' ? (strategy.canaryConfiguration?.canaryBakeTimeInMinutes ?? 10) : 0
  return (steps + canary + (strategy?.bakeTimeInMinutes ?? 0)) * MINUTE_MS + SLACK_MS
}

/** After the clean-up every live task must carry an accepted digest, not only the new ones. */
async function proveAll({ reader }: TrafficContext, workloads: Handles, rollout: Rollout<EcsSpec>): Promise<void> {
  await Promise.all(
    workloads.map(async ({ name, handle, accepted = rollout.accepted }) => {
      const live = (await reader.tasks(handle.service, 'RUNNING')).filter(isLive)
      const wrong = live.find((task) => {
        const digest = digestOf(task, handle.container)
        return digest === undefined || !accepted.has(digest)
      })
      if (!wrong) return
      const runs = digestOf(wrong, handle.container) ?? 'a digest that nobody reports'
      throw new DeployError(
        'wrong-digest',
        `${name}: task ${wrong.taskArn ?? ''} runs ${runs}, which is not of the released image`,
      )
    }),
  )
}
