/** One deployment of a preview: everything that the files say, in place where it is there already. */
import { equal } from '../../../domain/equal.ts'
import type { PinnedImage } from '../../../domain/image.ts'
import { parseReference } from '../../../domain/image.ts'
import { LABEL } from '../../../domain/labels.ts'
import type { PreviewSettings } from '../../../domain/preview.ts'
import type { Stamp } from '../../../domain/stamp.ts'
import type { Clock, EngineApi, Registry, Rollout, Running } from '../../../ports.ts'
import { authFor } from '../auth.ts'
import type { Swarm } from '../engine.ts'
import { changeAll } from '../../shared/change-all.ts'
import type { SwarmSpec } from '../spec.ts'
import { imageOf, released } from '../spec.ts'
import { install } from '../stack/install.ts'
import type { Present } from '../stack/parts.ts'
import { presentOn } from '../stack/parts.ts'
import type { Change } from '../swap.ts'
import { anotherRollout, swap } from '../swap.ts'
import type { Service, ServiceSpec } from '../schema.ts'
import { createOne, replaceOne } from '../write.ts'
import { refuseOthersFiles, withFileNames } from './files.ts'
import { liveServices } from './live.ts'
import type { Marks } from './marks.ts'
import { marked, marksFor, marksOf } from './marks.ts'
import { changesMode } from './mode.ts'
import { pruneFiles } from './prune.ts'
import type { PreviewStack } from './stack.ts'

export interface PreviewWriteContext {
  readonly api: EngineApi
  readonly swarm: Swarm
  readonly clock: Clock
  readonly registry: Pick<Registry, 'engineAuth'>
  readonly signal: AbortSignal | undefined
  readonly preview: PreviewSettings
  readonly leave: boolean
  readonly plan: () => Promise<PreviewStack>
  /** Services that this run may have changed or removed, as they were before; undefined: it was not there. */
  readonly touched: Map<string, Service | undefined>
  /** Those that this run removed, by id. */
  readonly removed: Set<string>
}

type Handle = Rollout<SwarmSpec>['workloads'][number]

interface Writing extends PreviewWriteContext {
  readonly image: PinnedImage
  readonly stamp: Stamp
  readonly marks: Marks
  readonly live: ReadonlyMap<string, Service>
  readonly before: Running<SwarmSpec>
}

/** Rejects with what was refused; what was changed until then is in `touched`. */
export async function deployPreview(
  context: PreviewWriteContext,
  image: PinnedImage,
  stamp: Stamp,
  before: Running<SwarmSpec>,
): Promise<Rollout<SwarmSpec>> {
  const { api, swarm, clock, preview } = context
  // It may be the second time, after another run was faster.
  context.touched.clear()
  const startedAt = clock.now()
  const [stack, { services, others: foreign, now }] = await Promise.all([
    context.plan(),
    liveServices(swarm, preview, clock),
  ])
  if (foreign[0]) throw anotherRollout(foreign[0].Spec.Name, foreign[0])
  const live = new Map(services.map((service) => [service.Spec.Name, service]))
  const marks = marksOf(preview, stamp, services, now)
  const writing: Writing = { ...context, image, stamp, marks, live, before }
  const prepared = await prepare(writing, stack)
  const { specs } = prepared
  // Who changes the first service that carries the image has won: another run at the same time changes nothing then.
  const others = [...stack.services.keys()].filter((name) => !stack.names.includes(name))
  const change = (name: string): Promise<Handle | undefined> =>
    stack.names.includes(name) ? deployReleased(writing, name, specs) : deployOther(writing, name, specs)
  const { results, refusals } = await changeAll([...stack.names.toSorted(), ...others], change, { firstAlone: true })
  if (refusals[0]) throw refusals[0]
  await Promise.all([
    removeLeft(writing, stack),
    pruneFiles({ api, preview, live: live.values(), stack: prepared.stack, present: prepared.present }),
  ])
  const workloads = results.filter((handle) => handle !== undefined)
  return { accepted: image.accepted, startedAt, workloads }
}

type Specs = ReadonlyMap<string, ServiceSpec>

interface Prepared {
  readonly specs: Specs
  readonly stack: PreviewStack
  /** What was there before. */
  readonly present: Present
}

/** Networks, secrets and configs in place; the specs of all services with their ids. */
async function prepare({ api, preview, marks }: Writing, read: PreviewStack): Promise<Prepared> {
  const present = await presentOn(api, read.resources)
  const stack = await withFileNames(read, preview, { api, present })
  const labels = marksFor(undefined, marks)
  const specs = await install(api, stack, [...stack.services.values()], { labels, present })
  await refuseOthersFiles(api, stack, { before: present, run: labels[LABEL.run] })
  return { specs, stack, present }
}

async function deployReleased(writing: Writing, name: string, specs: Specs): Promise<Handle> {
  const { swarm, registry, image, live, before, leave, marks } = writing
  const auth = await authFor(registry, image.repository)
  const { history: _, ...stamp } = writing.stamp
  const toSpec = (spec: ServiceSpec): ServiceSpec => marked(released(spec, image, stamp, leave), marks, live.get(name))
  const seen = before.workloads.find((workload) => workload.name === name)
  writing.touched.set(name, live.get(name))
  const made = specs.get(name)
  const isOther = seen?.exists === true && made !== undefined && changesMode(seen.spec.spec, made)
  if (isOther && seen.spec.id !== undefined) await takeAway(writing, seen.spec.id)
  if (!seen?.exists || isOther) return createOne(creating(writing), name, stamp, { auth, toSpec, prepared: specs })
  return replaceOne(swarm, seen, toSpec(specs.get(name) ?? seen.spec.spec), auth)
}

/** A service that does not carry the image: as the file says, with the credentials of its own registry. */
async function deployOther(writing: Writing, name: string, specs: Specs): Promise<undefined> {
  const { swarm, registry, live, marks } = writing
  const image = imageOf(specs.get(name) ?? { TaskTemplate: {} })
  const repository = parseReference(image)?.repository
  const auth = repository ? await authFor(registry, repository) : ({ from: 'spec' } as const)
  const toSpec = (spec: ServiceSpec): ServiceSpec => marked(spec, marks, live.get(name))
  const there = live.get(name)
  writing.touched.set(name, there)
  const own = specs.get(name)
  const isOther = there !== undefined && own !== undefined && changesMode(there.Spec, own)
  if (isOther) await takeAway(writing, there.ID)
  if (there === undefined || own === undefined || isOther) {
    await createOne(creating(writing), name, writing.stamp, { auth, toSpec, prepared: specs })
    return undefined
  }
  const spec = toSpec(own)
  const plan = async (now: Service | undefined): Promise<Change | undefined> => {
    return now && equal(now.Spec, spec) ? undefined : { id: there.ID, spec, auth }
  }
  await swap(swarm, name, { plan, live: there })
  return undefined
}

/** A network that is just being removed is made again. */
function creating(writing: Writing): Parameters<typeof createOne>[0] {
  const { swarm, clock, signal, plan } = writing
  return {
    swarm,
    clock,
    ...(signal ? { signal } : {}),
    prepare: async () => (await prepare(writing, await plan())).specs,
  }
}

/** Services of the preview that the files do not have any more. */
async function removeLeft(writing: Writing, { services }: PreviewStack): Promise<void> {
  const gone = [...writing.live.values()].filter(({ Spec }) => !services.has(Spec.Name))
  await Promise.all(
    gone.map(async (service) => {
      writing.touched.set(service.Spec.Name, service)
      await takeAway(writing, service.ID)
    }),
  )
}

async function takeAway({ swarm, removed }: Writing, id: string): Promise<void> {
  removed.add(id)
  await swarm.remove(id)
}
