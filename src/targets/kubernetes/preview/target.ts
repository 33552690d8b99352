/** The Kubernetes target of a preview: the same verbs over manifests that were made its own. */
import type { PreviewSettings } from '../../../domain/preview.ts'
import type { Target } from '../../../ports.ts'
import type { KubernetesDeps } from '../api/deps.ts'
import type { KubernetesRequest } from '../request.ts'
import type { KubeSpec } from '../spec.ts'
import { createRolling } from '../target.ts'
import { checkPreview } from './check.ts'
import { replacePreview } from './replace.ts'
import { PreviewSession } from './session.ts'

type PreviewTarget = Target<KubeSpec> & Required<Pick<Target<KubeSpec>, 'address' | 'lock'>>

export function createPreviewTarget(
  request: KubernetesRequest,
  preview: PreviewSettings,
  deps: KubernetesDeps,
): PreviewTarget {
  const session = new PreviewSession(request, preview, deps)
  const rolling = createRolling(session.run)
  return {
    ...rolling,
    check: (asked) => checkPreview(session, rolling, asked),
    async lock() {
      if (session.claim.isTaken) session.claim.reset()
      await session.claim.take()
      return session.run.acquireLock()
    },
    replace: (image, stamp, before) => replacePreview(session, rolling, image, { stamp, before }),
    async observe(rollout, options = { confirms: false }) {
      const observation = await rolling.observe(rollout, options)
      if (rollout.isRestore || !session.companions) return observation
      return session.companions.added(observation, options.confirms)
    },
    // The expiry is renewed by every deployment, also by one that changes nothing else.
    async pendingChanges(image) {
      const changes = (await rolling.pendingChanges?.(image)) ?? []
      return changes.length > 0 ? changes : 'sent-anyway'
    },
    address: (signal) => session.address(signal),
    async close() {
      session.companions?.stop()
      await rolling.close()
    },
  }
}
