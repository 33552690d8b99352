/** Blue-green: the new version comes up beside the live one, is proven, and then the Service's selector moves. */
import { asDeployError } from '../../../errors/deploy-error.ts'
import type { CheckRequest, Readiness, Switchable } from '../../../ports.ts'
import { isSetTo, nextImage } from '../plan.ts'
import type { KubernetesRun } from '../run.ts'
import type { KubeSpec } from '../spec.ts'
import type { RollingTarget } from './move.ts'
import { BlueGreenRun } from './move.ts'
import { prepare } from './prepare.ts'
import { createSwitch } from './switch.ts'
import { removeShadow } from './traffic.ts'
import { restoreLive } from './undo.ts'

/** Wraps the rolling target: what is live is found by the Service, and a replacement prepares the other colour. */
export function withBlueGreen(rolling: RollingTarget, run: KubernetesRun): RollingTarget & Switchable<KubeSpec> {
  const blueGreen = new BlueGreenRun(rolling, run)
  return {
    ...rolling,
    traffic: createSwitch(blueGreen),
    check: (asked) => check(blueGreen, asked),
    async current() {
      const { workloads } = await rolling.current()
      return {
        workloads: workloads.map((workload) => ({
          ...workload,
          name: blueGreen.label,
          serving: workload.spec.id.label,
        })),
      }
    },
    replace: (image, stamp, before) => prepare(blueGreen, image, stamp, before),
    restore: (to) => restoreLive(blueGreen, to),
    async close() {
      if (blueGreen.shown) await removeShadow(await run.cluster(), blueGreen.shown).catch(() => undefined)
      await rolling.close()
    },
  }
}

async function check({ rolling, run, active }: BlueGreenRun, asked: CheckRequest): Promise<Readiness> {
  try {
    await run.colours()
  } catch (error) {
    const { code, what, evidence, fix } = asDeployError(error)
    return { faults: [{ code, what, evidence, fix }], warnings: [], plan: [] }
  }
  const readiness = await rolling.check(asked)
  const { service, live, idle, oddity } = await run.colours()
  const replicas = `${String(live.workload.spec.replicas ?? 1)} replicas of ${nextImage(asked.image)}`
  const serves = `the Service ${active} serves ${live.id.name}`
  const plan =
    readiness.plan.length === 0 && (await isLive(run, asked))
      ? [`${serves}, which is set to that image already: nothing is switched`]
      : [
          serves,
          `${idle.id.label} ${idle.workload ? 'comes up' : 'would be created'} with ${replicas}`,
          `then the Service ${active} is switched from ${live.id.name} to ${idle.id.name}`,
        ]
  const lag = `the Service ${active} is a LoadBalancer: one that sends to pods itself (an AWS target group of type ip) follows the switch later than the cluster does; set bake to at least 60s`
  const warnings = [
    ...readiness.warnings,
    ...(oddity === undefined ? [] : [oddity]),
    ...(service.spec.type === 'LoadBalancer' ? [lag] : []),
  ]
  return { ...readiness, warnings, plan: [...readiness.plan, ...plan] }
}

async function isLive(run: KubernetesRun, { image }: CheckRequest): Promise<boolean> {
  if (!image) return false
  const found = await run.findAll()
  return found.length > 0 && found.every(({ slots }) => isSetTo(slots, image))
}
