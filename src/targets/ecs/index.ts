import type { TargetKind } from '../shared/kind.ts'
import { ECS_INPUTS } from './inputs.ts'
import type { EcsRequest } from './request.ts'
import { readEcs } from './request.ts'

export const ecs = {
  name: 'ecs',
  title: 'Amazon ECS',
  aliases: ['aws-ecs', 'fargate'],
  workload: { about: 'service names', example: 'web' },
  manifests: 'a service file and a task-definition file',
  inputs: ECS_INPUTS,
  read: readEcs,
  async open(request, context) {
    const [{ createEcsTarget }, { openEcs, openLastEcs }, { openLogs }] = await Promise.all([
      import('./target.ts'),
      import('./client.ts'),
      import('./logs.ts'),
    ])
    return createEcsTarget(request, {
      ...context,
      client: openEcs(context),
      lastClient: () => openLastEcs(context),
      logs: openLogs(context),
    })
  },
} as const satisfies TargetKind<EcsRequest, (typeof ECS_INPUTS)[number]>
