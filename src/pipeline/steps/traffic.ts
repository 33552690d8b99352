import type { Duration } from '../../domain/duration.ts'
import { formatDuration } from '../../domain/duration.ts'
import type { PinnedImage } from '../../domain/image.ts'
import { fail } from '../../errors/deploy-error.ts'
import type { Checks, Ports, Rollout, SmokeReport, Target, TrafficSwitch } from '../../ports.ts'
import type { Stage } from '../step.ts'
import { step } from '../step.ts'
import type { Verdict } from './verify.ts'
import { replicasText, verify } from './verify.ts'

export type Tools = Stage &
  Pick<Ports, 'signal'> & { readonly target: Target; readonly checks: Pick<Checks, 'live' | 'beforeTraffic'> }

/**
 * Blue-green: the version that was proven beside the old one is checked there from outside, and only then gets the
 * traffic. @throws DeployError live-check-failed, and what the shift throws: the traffic is on the old version then
 */
export async function moveTraffic(
  traffic: TrafficSwitch<unknown>,
  { rollout, image, changed }: { rollout: Rollout<unknown>; image: PinnedImage; changed: boolean },
  tools: Tools,
): Promise<void> {
  const { beforeTraffic } = tools.checks
  const door = changed && beforeTraffic ? await traffic.beforeTraffic(rollout) : undefined
  if (door && beforeTraffic) {
    try {
      await checked(tools, 'Check the new version before it has traffic', () =>
        beforeTraffic(image, door.url, tools.signal),
      )
    } finally {
      await door.close()
    }
  }
  await step(
    tools,
    { name: 'rollout', title: 'Move the traffic' },
    () => traffic.shift(rollout, tools.signal),
    () => 'moved',
  )
}

/**
 * Watches the new version while the old one stays at full size, then lets the old one go. Without `timeout` nothing was
 * changed by this run and there is nothing to watch. Returns the verdict of the watch, if there was one.
 */
export async function bake(
  traffic: TrafficSwitch<unknown>,
  rollout: Rollout<unknown>,
  timeout: Duration | undefined,
  tools: Tools,
): Promise<Verdict | undefined> {
  if (timeout === undefined || traffic.bake === 0) {
    await traffic.finish(rollout)
    return undefined
  }
  const clocks = { timeout: traffic.bake + timeout, stability: traffic.bake }
  const verdict = await step(
    tools,
    { name: 'verify', title: `Keep the old version at full size for ${formatDuration(traffic.bake)}` },
    () => verify(tools.target, rollout, { ...clocks, step: 'verify', anew: true }, tools),
    (value) => (value.is === 'healthy' ? replicasText(value.workloads) : value.reason.what),
  )
  if (verdict.is === 'healthy') await traffic.finish(rollout)
  return verdict
}

/** Runs checks from outside. @throws DeployError live-check-failed */
export async function checked(tools: Tools, title: string, run: () => Promise<SmokeReport>): Promise<SmokeReport> {
  return step(
    tools,
    { name: 'live-checks', title },
    async () => {
      const report = await run()
      if (report.passed) return report
      throw fail({ ...(report.reason ?? { what: 'a live check failed' }), code: 'live-check-failed' })
    },
    (report) => `${String(report.checks.length)} checks passed`,
  )
}
