import type { TargetKind } from '../shared/kind.ts'
import { SWARM_INPUTS } from './inputs.ts'
import type { SwarmRequest } from './request.ts'
import { readSwarm } from './request.ts'

/** A manager under load answers within a second or two; one that is silent must not outlive the rollout's own time. */
const ANSWER_WITHIN = 10_000

export const swarm = {
  name: 'swarm',
  title: 'Swarm',
  aliases: ['docker-swarm'],
  workload: { about: 'service names', example: 'web' },
  manifests: 'a stack file',
  inputs: SWARM_INPUTS,
  read: readSwarm,
  async open(request, context) {
    const { dockerHost: host, dockerContext, dockerCertPath: certPath } = request
    const onWarning = (text: string) => context.reporter.emit({ type: 'warning', text })
    const endpoint = { host, context: dockerContext, certPath, unreachable: 'target-unreachable', onWarning } as const
    const limits = { within: ANSWER_WITHIN, signal: context.signal }
    const [{ createSwarmTarget }, { connect }] = await Promise.all([
      import('./target.ts'),
      import('../../adapters/docker/connection.ts'),
    ])
    return createSwarmTarget(request, { ...context, api: await connect({ ...endpoint, ...limits }, context.env) })
  },
} as const satisfies TargetKind<SwarmRequest, (typeof SWARM_INPUTS)[number]>
