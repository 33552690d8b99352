/** The target Amazon ECS: the port's verbs over one look, one classification and the few writes. */
import type { Service } from '@aws-sdk/client-ecs'
import type { Digest } from '../../domain/digest.ts'
import { digestIn } from '../../domain/digest.ts'
import { LABEL } from '../../domain/labels.ts'
import { isRevision } from '../../domain/revision.ts'
import { asDeployError, DeployError } from '../../errors/deploy-error.ts'
import type { Running, RunningWorkload, Target } from '../../ports.ts'
import type { TargetContext } from '../shared/kind.ts'
import type { EcsApi } from './api.ts'
import { checkEcs } from './check.ts'
import { classify, revision } from './classify.ts'
import { chooseContainer, imageOf } from './definition.ts'
import type { EcsFiles } from './manifests.ts'
import { readFiles } from './manifests.ts'
import { explain } from './explain.ts'
import type { LogReader } from './logs.ts'
import { createObserver } from './observer.ts'
import { createReader } from './reader.ts'
import { digestOf, isHealthy, isLive } from './replicas.ts'
import type { EcsRequest } from './request.ts'
import { restoreAll } from './restore.ts'
import { differingSettings } from './settings.ts'
import type { EcsSpec } from './snapshot.ts'
import { primaryOf } from './snapshot.ts'
import { definitionFor, historiesIn, tagChange, tagOf } from './tags.ts'
import { createTraffic, movesTraffic } from './traffic.ts'
import type { WriteContext } from './write.ts'
import { replaceAll } from './write.ts'

export interface EcsContext extends Pick<TargetContext, 'clock' | 'signal' | 'repository' | 'reporter'> {
  readonly client: EcsApi
  readonly logs: LogReader
}

export function createEcsTarget(request: EcsRequest, context: EcsContext): Target<EcsSpec> {
  const { client: api, logs, clock, repository, reporter } = context
  const { cluster } = request
  const missing = new Set<string>()
  const reader = createReader(api, cluster, (operation) => {
    if (missing.has(operation)) return
    missing.add(operation)
    reporter.emit({
      type: 'notice',
      text: `The AWS role may not call ecs:${operation}: the deployment is followed with less detail. docs/ecs.md has the policy.`,
    })
  })
  const observer = createObserver(reader, clock, request)
  let files: Promise<EcsFiles> | undefined
  const manifests = () => (files ??= readFiles(request.manifests))
  const writing: WriteContext = { api, reader, cluster, clock, files: manifests }
  const traffic = createTraffic({ ...context, api, reader, observer, testUrl: request.testUrl })
  let isTrafficMoved = false
  let last: Running<EcsSpec> | undefined

  async function names(): Promise<readonly string[]> {
    if (request.workloads.length > 0) return request.workloads
    return [...(await manifests()).services.keys()]
  }

  async function running(name: string, service: Service | undefined): Promise<RunningWorkload<EcsSpec>> {
    const { definition: file } = await manifests()
    if (!service) return absent(name, file?.document)
    const taskDefinition = service.taskDefinition ?? ''
    const [{ definition, tags }, tasks] = await Promise.all([
      reader.definition(taskDefinition),
      reader.tasks(name, 'RUNNING'),
    ])
    if (movesTraffic(service)) isTrafficMoved = true
    const container = containerOf(definition)
    const live = tasks.filter(isLive)
    const digests = [...new Set(live.map((task) => digestOf(task, container)).filter((digest) => digest !== undefined))]
    const primary = primaryOf(service)
    const image = imageOf(definition, container)
    const stampedRevision = revisionIn(tags, image, digests)
    const [ran] = digests
    const ready = live.filter((task) => isHealthy(task, definition)).length
    const desired = service.desiredCount ?? 0
    return {
      name,
      exists: true,
      ...(image === undefined ? {} : { image }),
      digests,
      ...(stampedRevision === undefined ? {} : { revision: stampedRevision }),
      desired,
      ready,
      stable: primary?.rolloutState === 'COMPLETED' && ready >= desired && service.deployments?.length === 1,
      spec: {
        service: name,
        serviceArn: service.serviceArn,
        taskDefinition,
        definition,
        definitionTags: tags,
        serviceTags: tagsOf(service),
        container,
        deploymentId: primary?.id,
        ...(ran !== undefined && digests.length === 1 ? { ran } : {}),
      },
    }
  }

  function absent(name: string, definition: Parameters<typeof containerOf>[0] | undefined): RunningWorkload<EcsSpec> {
    const spec = {
      service: name,
      serviceArn: undefined,
      taskDefinition: undefined,
      definition,
      definitionTags: [],
      serviceTags: [],
      container: definition ? containerOf(definition) : '',
      deploymentId: undefined,
    }
    return { name, exists: false, digests: [], desired: 0, ready: 0, stable: true, spec }
  }

  function containerOf(definition: Parameters<typeof chooseContainer>[0]): string {
    const chosen = chooseContainer(definition, request.container, repository)
    // Several candidates are a fault of the check, which is reported there.
    return 'container' in chosen ? chosen.container : (request.container ?? chosen.names[0] ?? '')
  }

  async function current(): Promise<Running<EcsSpec>> {
    const all = await names()
    const services = await reader.services(all)
    last = { workloads: await Promise.all(all.map((name) => running(name, services.get(name)))) }
    return last
  }

  return {
    name: 'ecs',
    locking: 'none',
    async check({ image }) {
      try {
        const checking = { api, reader, request, names: await names(), files: await manifests(), repository, image }
        return await checkEcs(checking)
      } catch (error) {
        return { faults: [asDeployError(error)], warnings: [], plan: [] }
      }
    },
    current,
    async place() {
      const all = await names()
      const services = await reader.services(all)
      // `arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/NAME`: without the name it tells account, region and cluster.
      const arn = [...services.values()].flatMap(({ clusterArn }) => clusterArn ?? [])[0]
      return arn === undefined ? undefined : { cluster: arn, workloads: all }
    },
    async history() {
      const services = await reader.services(await names())
      return [...services.values()].flatMap((service) => historiesIn(tagsOf(service)))
    },
    replace: (image, stamp, before) => {
      observer.forget()
      return replaceAll(writing, image, stamp, before)
    },
    async observe(rollout, options) {
      const looks = await observer.look(rollout, options?.confirms ?? false)
      return { workloads: await Promise.all(looks.map((look) => explain(logs, look, classify(look)))) }
    },
    async changed(_, ms, signal) {
      await clock.sleep(ms, signal)
    },
    restore: (to, stamp) => {
      observer.forget()
      return restoreAll(writing, to, stamp)
    },
    async record(history, rollout) {
      const services = await reader.services(rollout.workloads.map(({ handle }) => handle.service))
      await Promise.all(
        rollout.workloads.map(async ({ handle }) => {
          const service = services.get(handle.service)
          if (!service?.serviceArn) return
          const image = handle.definition && imageOf(handle.definition, handle.container)
          const digest = image === undefined ? handle.ran : (digestIn(image) ?? handle.ran)
          const named =
            digest === undefined || handle.taskDefinition === undefined
              ? []
              : [[digest, revision(handle.taskDefinition)] as const]
          const { add, remove } = tagChange(tagsOf(service), history, new Map<string, string>(named))
          const resourceArn = service.serviceArn
          const again = () => Promise.resolve(undefined)
          if (remove.length > 0) await api.write('UntagResource', { resourceArn, tagKeys: remove }, again)
          if (add.length > 0) await api.write('TagResource', { resourceArn, tags: add }, again)
        }),
      )
    },
    async version(digest) {
      // What was read for the plan: whatever changed since is refused by the way back itself.
      const now = last ?? (await current())
      const workloads = await Promise.all(now.workloads.map((workload) => versionOf(workload, digest)))
      return workloads.some((workload) => workload === undefined)
        ? undefined
        : { workloads: workloads.filter((workload) => workload !== undefined) }
    },
    get traffic() {
      return isTrafficMoved ? traffic : undefined
    },
    close() {
      api.close()
      logs.close()
      return Promise.resolve()
    },
  }

  /** The exact revision that was verified with that digest. @throws DeployError revision-inactive */
  async function versionOf(
    workload: RunningWorkload<EcsSpec>,
    digest: Digest,
  ): Promise<RunningWorkload<EcsSpec> | undefined> {
    const known = definitionFor(workload.spec.serviceTags, digest)
    if (known === undefined) return undefined
    const { arn, definition, tags } = await reader.definition(known)
    const image = imageOf(definition, workload.spec.container)
    if (image === undefined || digestIn(image) !== digest) return undefined
    if (definition.status === 'INACTIVE') {
      throw new DeployError(
        'revision-inactive',
        `${workload.name}: the task definition ${known} was deregistered, so ECS does not start it any more`,
        {
          fix: 'Release that digest again with the input digest: it registers a new revision. Keep at least the last ten revisions.',
        },
      )
    }
    return {
      ...workload,
      image,
      digests: [digest],
      ...(workload.spec.definition
        ? { differingSettings: differingSettings(workload.spec.definition, definition, workload.spec.container) }
        : {}),
      spec: { ...workload.spec, taskDefinition: arn, definition, definitionTags: tags, ran: digest },
    }
  }
}

function tagsOf({ tags = [] }: Service) {
  return tags.flatMap(({ key, value = '' }) => (key === undefined ? [] : [{ key, value }]))
}

/** By our stamp, only while the stamp's digest is what the revision names. */
function revisionIn(
  tags: Parameters<typeof tagOf>[0],
  image: string | undefined,
  digests: readonly Digest[],
): string | undefined {
  const digest = tagOf(tags, LABEL.digest)
  const stampedRevision = tagOf(tags, LABEL.revision)
  if (digest === undefined || stampedRevision === undefined || !isRevision(stampedRevision)) return undefined
  const isNamed = image !== undefined && digestIn(image) === digest
  return isNamed && digests.length <= 1 ? stampedRevision : undefined
}
