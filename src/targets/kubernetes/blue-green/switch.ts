/** Moves the traffic to the new version, and shows it to checks before that. */
import { DeployError } from '../../../errors/deploy-error.ts'
import type { TrafficSwitch } from '../../../ports.ts'
import type { KubeSpec } from '../spec.ts'
import type { BlueGreenRun } from './move.ts'
import { destination, warnOfChanges } from './move.ts'
import { sleepOthers, toRest } from './rest.ts'
import { activeService, removeShadow, routed, select, showShadow } from './traffic.ts'

export function createSwitch(blueGreen: BlueGreenRun): TrafficSwitch<KubeSpec> {
  const { run, rolling, active } = blueGreen
  return {
    bakesItself: false,
    async beforeTraffic(rollout) {
      const move = blueGreen.moveOf(rollout)
      const { api } = run.deps
      if (!move || !api.forward) return undefined
      const cluster = await run.cluster()
      const service = await activeService(cluster, active)
      blueGreen.shown = service
      const to = await destination(cluster, move)
      const name = await showShadow(cluster, service, run.request.previewService, to)
      await routed(await blueGreen.waiting(), name, to)
      const port = String(service.spec.ports?.[0]?.port ?? 80)
      // The Service goes with `finish`: removed now, it would make every node's routing busy right before the switch.
      return api.forward(`${cluster.paths.service(name)}:${port}/proxy`)
    },
    async shift(rollout, signal) {
      const move = blueGreen.moveOf(rollout)
      if (!move) return
      const { workloads } = await rolling.observe(rollout, { confirms: true })
      const state = workloads[0]?.state
      if (state?.is !== 'settled') {
        const what = state?.is === 'failed' ? state.reason.what : `${move.green.label} is not ready any more`
        throw new DeployError('unhealthy', `not switched: ${what}`)
      }
      const cluster = await run.cluster()
      const [to] = await Promise.all([destination(cluster, move), warnOfChanges(run, move)])
      blueGreen.movedTo(rollout, move, to)
      await select(cluster, active, move.from, to)
      try {
        await routed(await blueGreen.waiting(signal), active, to)
      } catch (error) {
        await select(cluster, active, to, move.from)
        throw error
      }
    },
    async finish(rollout) {
      const handle = rollout.workloads[0]?.handle
      const { service, live } = await run.colours()
      if (!handle || live.workload.metadata.uid !== handle.uid) {
        const what = `the Service ${active} serves ${live.id.name} by now: nothing is scaled down`
        throw new DeployError('another-rollout', what)
      }
      const move = blueGreen.moveOf(rollout)
      if (move) await warnOfChanges(run, move)
      await removeShadow(await run.cluster(), service)
      await sleepOthers(blueGreen, service, live.workload)
      await toRest(blueGreen, live.workload)
    },
  }
}
