/** A preview on Amazon ECS: the target's verbs over services and a family of its own, in the same cluster. */
import { once } from '../../../async/once.ts'
import { formatDuration } from '../../../domain/duration.ts'
import type { PreviewSettings } from '../../../domain/preview.ts'
import type { Reason } from '../../../errors/deploy-error.ts'
import { asDeployError } from '../../../errors/deploy-error.ts'
import type { Readiness, Running, Target } from '../../../ports.ts'
import { chooseContainer } from '../definition.ts'
import { readFiles } from '../manifests.ts'
import { createReader } from '../reader.ts'
import type { EcsRequest } from '../request.ts'
import { tagsOf } from '../running.ts'
import type { EcsSpec } from '../snapshot.ts'
import type { EcsContext } from '../target.ts'
import { createEcsTarget } from '../target.ts'
import { adapted } from './adapt.ts'
import { publicAddress } from './address.ts'
import { isSame } from './fingerprint.ts'
import { isOfPreview } from './marks.ts'
import type { SignedClient } from './signed.ts'
import { deployPreview } from './write.ts'

export interface PreviewContext extends EcsContext {
  readonly openSigned: () => Promise<SignedClient>
}

export function createPreviewTarget(
  request: EcsRequest,
  preview: PreviewSettings,
  context: PreviewContext,
): Target<EcsSpec> {
  const { client: api, clock, repository, openSigned } = context
  const { cluster, pauseStage } = request
  const files = once(async () => adapted(await readFiles(request.manifests), preview))
  const own = { ...request, workloads: [], strategy: 'rolling' } as const
  const reader = createReader(api, cluster, () => undefined)
  const writing = { api, reader, cluster, clock, pauseStage, preview, files }
  const base = createEcsTarget(own, {
    ...context,
    files,
    replace: (image, stamp, before) => deployPreview(writing, image, stamp, before),
  })

  let last: Running<EcsSpec> | undefined

  async function check(image: Parameters<Target['check']>[0]): Promise<Readiness> {
    try {
      const [found, { notes }, taken] = await Promise.all([base.check(image), files(), takenFaults()])
      const time = formatDuration(preview.ttl)
      const headline = `preview ${preview.name} of pull request ${String(preview.number)}, until ${time} after its last deployment`
      return { ...found, faults: [...found.faults, ...taken], plan: [headline, ...found.plan, ...notes] }
    } catch (error) {
      return { faults: [asDeployError(error)], warnings: [], plan: [] }
    }
  }

  /** Somebody's own service of the same name: nothing of it may be touched. */
  async function takenFaults(): Promise<Reason[]> {
    const names = [...(await files()).services.keys()]
    const services = await reader.services(names).catch(() => new Map<string, never>())
    return [...services].flatMap(([name, service]) => {
      if (isOfPreview(tagsOf(service), name, preview)) return []
      const what = `the service ${name} is there already and is not part of the preview ${preview.name}`
      return [{ code: 'name-taken' as const, what }]
    })
  }

  return {
    name: base.name,
    locking: base.locking,
    check,
    async current() {
      last = await base.current()
      return last
    },
    place: () => base.place(),
    replace: (image, stamp, before) => base.replace(image, stamp, before),
    observe: (rollout, options) => base.observe(rollout, options),
    changed: (rollout, ms, wait) => base.changed(rollout, ms, wait),
    restore: (to, stamp) => base.restore(to, stamp),
    // The expiry is a tag, and no reason to replace a task; what else the files say is written whole.
    async pendingChanges(image) {
      return last && isSame(await files(), image, last) ? [] : 'sent-anyway'
    },
    async address() {
      const { definition, services } = await files()
      const [service] = services.keys()
      const chosen = chooseContainer(definition.document, request.container, repository)
      if (service === undefined || !('container' in chosen)) return undefined
      const asked = { service, container: chosen.container, definition: definition.document }
      return publicAddress({ reader, open: openSigned }, asked)
    },
    close: () => base.close(),
  }
}
