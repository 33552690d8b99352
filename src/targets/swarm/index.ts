import type { EngineApi } from '../../ports.ts'
import type { TargetContext, TargetKind } from '../shared/kind.ts'
import { SWARM_INPUTS } from './inputs.ts'
import type { SwarmRequest } from './request.ts'
import { readSwarm } from './request.ts'

/** A manager under load answers within a second or two; one that is silent must not outlive the rollout's own time. */
const ANSWER_WITHIN_MS = 10_000

async function connection(request: SwarmRequest, context: TargetContext): Promise<EngineApi> {
  const { dockerHost: host, dockerContext, dockerCertPath: certPath } = request
  const onWarning = (text: string) => context.reporter.emit({ type: 'warning', text })
  const endpoint = { host, context: dockerContext, certPath, unreachable: 'target-unreachable', onWarning } as const
  const { connect } = await import('../../adapters/docker/connection.ts')
  return connect({ ...endpoint, within: ANSWER_WITHIN_MS, signal: context.signal }, context.env)
}

export const swarm = {
  name: 'swarm',
  title: 'Swarm',
  aliases: ['docker-swarm'],
  workload: { about: 'service names', example: 'web' },
  manifests: 'a stack file',
  inputs: SWARM_INPUTS,
  read: readSwarm,
  async open(request, context) {
    const api = await connection(request, context)
    const { preview } = request
    if (preview) {
      const { createPreviewTarget } = await import('./preview/target.ts')
      return createPreviewTarget(request, preview, { ...context, api })
    }
    const { createSwarmTarget } = await import('./target.ts')
    return createSwarmTarget(request, { ...context, api })
  },
  async previews(request, context) {
    const { createPreviewHost } = await import('./preview/host.ts')
    return createPreviewHost({ ...context, api: await connection(request, context) })
  },
} as const satisfies TargetKind<SwarmRequest, (typeof SWARM_INPUTS)[number]>
