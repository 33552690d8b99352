/** A preview in a Swarm: the target's verbs over a stack of its own. */
import { once } from '../../../async/once.ts'
import type { PreviewSettings } from '../../../domain/preview.ts'
import { asDeployError, DeployError } from '../../../errors/deploy-error.ts'
import type { Target } from '../../../ports.ts'
import { putBackAfter } from '../../shared/change-all.ts'
import { createSwarm } from '../engine.ts'
import type { SwarmRequest } from '../request.ts'
import type { SwarmSpec } from '../spec.ts'
import type { SwarmDeps } from '../target.ts'
import { createSwarmTarget } from '../target.ts'
import { addressOf } from './address.ts'
import { checkPreview } from './check.ts'
import { restorePreview } from './restore.ts'
import { readPreviewStack } from './stack.ts'
import type { PreviewWriteContext } from './write.ts'
import { deployPreview } from './write.ts'

export function createPreviewTarget(
  request: SwarmRequest,
  preview: PreviewSettings,
  deps: SwarmDeps,
): Target<SwarmSpec> {
  const { api, clock, registry, signal, repository, env = {} } = deps
  const swarm = createSwarm(api)
  const plan = once(async () => {
    if (request.manifests.length > 0) return readPreviewStack({ ...request, preview }, { env, repository })
    throw new DeployError('manifest-invalid', 'no stack file is named', { fix: 'Name the stack file with manifests.' })
  })
  const base = createSwarmTarget(request, {
    ...deps,
    plan: async () => ({ names: (await plan()).names, stack: await plan() }),
  })
  const writing: PreviewWriteContext = {
    api,
    swarm,
    clock,
    registry,
    signal,
    preview,
    plan,
    leave: deps.onFailure === 'leave',
    touched: new Map(),
    removed: new Set(),
  }

  return {
    name: base.name,
    locking: base.locking,
    current: () => base.current(),
    place: () => base.place(),
    observe: (rollout, options) => base.observe(rollout, options),
    changed: (rollout, ms, wait) => base.changed(rollout, ms, wait),
    close: () => base.close(),
    async check({ image }) {
      const stack = await plan().catch(asDeployError)
      if (stack instanceof DeployError) return { faults: [stack], warnings: [], plan: [] }
      return checkPreview({ api, swarm, clock, request, preview, stack, repository, image })
    },
    async replace(image, stamp, before) {
      try {
        return await deployPreview(writing, image, stamp, before)
      } catch (error) {
        const refusal = asDeployError(error)
        const isContested = refusal.code === 'another-rollout'
        throw await putBackAfter(refusal, () => restorePreview(writing, before, stamp, { isContested }))
      }
    },
    async restore(to, stamp) {
      return restorePreview(writing, to, stamp)
    },
    // Every deployment writes all that the files say, and the expiry.
    pendingChanges: () => Promise.resolve('sent-anyway'),
    async address(wait) {
      return addressOf({ api, swarm, clock, stack: await plan() }, wait)
    },
  }
}
