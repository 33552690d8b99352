/** The end of a preview: its services, and the revisions of its own family; nothing else is touched. */
import type { Service } from '@aws-sdk/client-ecs'
import { openDeadline } from '../../../async/deadline.ts'
import type { Preview } from '../../../domain/preview.ts'
import { asDeployError, DeployError, throwIfAborted } from '../../../errors/deploy-error.ts'
import type { Removal } from '../../../ports.ts'
import { Refused } from '../api.ts'
import type { EcsReader } from '../reader.ts'
import { createReader } from '../reader.ts'
import { tagsOf } from '../running.ts'
import { removeService } from '../write.ts'
import { servicesOf } from './found.ts'
import type { HostContext } from './host.ts'
import { isOfPreview, partIn } from './marks.ts'

/** Tasks have up to two minutes to end on Fargate, and load balancers up to five to drain. */
const REMOVED_WITHIN_MS = 600_000
const ASK_EVERY_MS = 1500

/** @throws DeployError target-denied, target-unreachable, removal-timeout, cancelled */
export async function removePreview(preview: Preview, context: HostContext): Promise<Removal> {
  const { api, cluster } = context
  const reader = createReader(api, cluster, () => undefined)
  const found = [...(await servicesOf({ api, reader, cluster }, preview.name))]
  const own = found.filter(([name, service]) => isOfPreview(tagsOf(service), name, preview))
  const left = found.filter(
    ([name, service]) => !own.some(([other]) => other === name) && isNear(name, service, preview),
  )
  await Promise.all(own.map(([name]) => removeService({ api, reader, cluster }, name)))
  const [family] = await Promise.all([removeFamily(preview, context, reader), gone(own, reader, context)])
  const candidates = own.flatMap(([, service]) => partIn(tagsOf(service))?.candidates ?? [])
  return {
    removed: [...own.map(([name]) => `service ${name}`), ...family.removed],
    left: [...left.map(([name]) => `service ${name}`), ...family.left],
    candidates: [...new Set(candidates)],
  }
}

/** `shop-pr-7-x` may be another app's preview: only what has the very name, or tags of this one, is worth a word. */
function isNear(name: string, service: Service, preview: Preview): boolean {
  const isMeant = name === preview.name || partIn(tagsOf(service))?.name === preview.name
  return isMeant && service.status === 'ACTIVE'
}

/** Resolves when the last task has ended. */
async function gone(
  own: readonly [string, Service][],
  reader: EcsReader,
  { clock, signal }: HostContext,
): Promise<void> {
  const deadline = openDeadline({ ms: REMOVED_WITHIN_MS, signal })
  try {
    for (let names = own.map(([name]) => name); names.length > 0;) {
      const services = await reader.services(names)
      names = names.filter((name) => services.has(name))
      if (names.length === 0) return
      await clock.sleep(ASK_EVERY_MS, deadline.signal)
      throwIfAborted(signal)
      if (!deadline.signal.aborted) continue
      const what = `the tasks of ${names.join(', ')} have not ended yet; Amazon ECS goes on to end them`
      throw new DeployError('removal-timeout', what)
    }
  } finally {
    deadline.close()
  }
}

/**
 * The family is the preview's own, and so are its revisions where their tags say it: without a service nobody uses them
 * any more. A role that may not deregister leaves them; they cost nothing.
 */
async function removeFamily(
  preview: Preview,
  { api }: HostContext,
  reader: EcsReader,
): Promise<{ readonly removed: string[]; readonly left: string[] }> {
  const revisions: string[] = []
  let nextToken: string | undefined
  try {
    do {
      const page = await api.read('ListTaskDefinitions', { familyPrefix: preview.name, status: 'ACTIVE', nextToken })
      revisions.push(...(page.taskDefinitionArns ?? []))
      nextToken = page.nextToken
    } while (nextToken !== undefined)
    let count = 0
    // One after the other: nobody waits for it, since the tasks of the service take longer to end.
    for (const arn of revisions) {
      const { definition, tags } = await reader.definition(arn)
      if (definition.family !== preview.name || !isOfPreview(tags, definition.family, preview)) continue
      await api.write('DeregisterTaskDefinition', { taskDefinition: arn }, () => Promise.resolve(undefined))
      count += 1
    }
    return { removed: count === 0 ? [] : [`${String(count)} revisions of ${preview.name}`], left: [] }
  } catch (error) {
    const isRefused = error instanceof Refused || asDeployError(error).code === 'target-denied'
    if (!isRefused) throw error
    return { removed: [], left: [`task definitions of the family ${preview.name}, which this role may not deregister`] }
  }
}
