/** The target Amazon ECS: the port's verbs over one snapshot, one classification and the few writes. */
import { once } from '../../async/once.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { Running, Target } from '../../ports.ts'
import type { TargetContext } from '../shared/kind.ts'
import type { EcsApi } from './api.ts'
import { checkEcs } from './check.ts'
import { classify } from './classify.ts'
import { explain } from './explain.ts'
import type { LogReader } from './logs.ts'
import type { EcsFiles } from './manifests.ts'
import { readFiles } from './manifests.ts'
import { createObserver } from './observer.ts'
import { createReader } from './reader.ts'
import { recordAll } from './record.ts'
import type { EcsRequest } from './request.ts'
import { restoreAll } from './restore.ts'
import type { RunningContext } from './running.ts'
import { namesOf, runningNow, tagsOf } from './running.ts'
import type { EcsSpec } from './snapshot.ts'
import { isManaged } from './snapshot.ts'
import { historiesIn } from './tags.ts'
import { createTraffic } from './traffic.ts'
import { versionOf } from './version.ts'
import { replaceAll } from './write.ts'

export interface EcsContext extends Pick<TargetContext, 'clock' | 'signal' | 'repository' | 'reporter'> {
  readonly client: EcsApi
  /** Sends what a cancelled run still has to send; ends by itself. */
  readonly lastClient: () => EcsApi
  readonly logs: LogReader
  /** Instead of those that `manifests` names. */
  readonly files?: () => Promise<EcsFiles>
  /** Instead of one new revision and one update a service. */
  readonly replace?: Target<EcsSpec>['replace']
}

export function createEcsTarget(request: EcsRequest, context: EcsContext): Target<EcsSpec> {
  const { client: api, logs, clock, repository, reporter } = context
  const { cluster } = request
  const reader = createReader(api, cluster, missingOnce(reporter))
  const observer = createObserver(reader, clock, request)
  const files = context.files ?? once(() => readFiles(request.manifests))
  const reading: RunningContext = { reader, request, repository, files }
  const writing = { api, reader, cluster, clock, files, pauseStage: request.pauseStage }
  const traffic = createTraffic({ ...context, api, reader, observer, request })
  const servicesNow = async () => reader.services(await namesOf(reading))
  let last: Running<EcsSpec> | undefined
  let movesTraffic = false

  async function current(): Promise<Running<EcsSpec>> {
    const [running, services] = await Promise.all([runningNow(reading), servicesNow()])
    movesTraffic = [...services.values()].some(isManaged)
    last = running
    return running
  }

  return {
    name: 'ecs',
    locking: 'none',
    async check({ image }) {
      try {
        const [names, known] = await Promise.all([namesOf(reading), files()])
        return await checkEcs({ api, reader, request, names, files: known, repository, image })
      } catch (error) {
        return { faults: [asDeployError(error)], warnings: [], plan: [] }
      }
    },
    current,
    async place() {
      const { clusters = [] } = await api.read('DescribeClusters', { clusters: [cluster] })
      // It tells account, region and cluster.
      const arn = clusters[0]?.clusterArn
      return arn === undefined ? undefined : { cluster: arn, workloads: await namesOf(reading) }
    },
    async history() {
      return [...(await servicesNow()).values()].flatMap((service) => historiesIn(tagsOf(service)))
    },
    replace: (image, stamp, before) => {
      observer.forget()
      return context.replace?.(image, stamp, before) ?? replaceAll(writing, image, stamp, before)
    },
    async observe(rollout, options) {
      const snapshots = await observer.observe(rollout, options?.confirms ?? false)
      return { workloads: await Promise.all(snapshots.map((snapshot) => explain(logs, snapshot, classify(snapshot)))) }
    },
    async changed(_, ms, signal) {
      await clock.sleep(ms, signal)
    },
    async restore(to, stamp) {
      observer.forget()
      if (!context.signal.aborted) return restoreAll(writing, to, stamp)
      const last = context.lastClient()
      try {
        const lastReader = createReader(last, cluster, () => undefined)
        return await restoreAll({ ...writing, api: last, reader: lastReader }, to, stamp)
      } finally {
        last.close()
      }
    },
    record: (history, rollout) => recordAll({ api, reader }, history, rollout),
    // What was read for the plan: whatever changed since is refused by the restore itself.
    version: async (digest) => versionOf(reader, last ?? (await current()), digest),
    get traffic() {
      return movesTraffic ? traffic : undefined
    },
    close() {
      api.close()
      logs.close()
      return Promise.resolve()
    },
  }
}

/** One notice for each call that the role may not make and that can be done without. */
function missingOnce(reporter: EcsContext['reporter']): (operation: string) => void {
  const warned = new Set<string>()
  return (operation) => {
    if (warned.has(operation)) return
    warned.add(operation)
    const text = `The AWS role may not call ecs:${operation}: the deployment is followed with less detail. docs/ecs.md has the policy.`
    reporter.emit({ type: 'notice', text })
  }
}
