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
    const opened = {
      ...context,
      client: openEcs(context),
      lastClient: () => openLastEcs(context),
      logs: openLogs(context),
    }
    if (!request.preview) return createEcsTarget(request, opened)
    const { createPreviewTarget } = await import('./preview/target.ts')
    const openSigned = async () => (await import('./preview/signed.ts')).openSigned(context)
    return createPreviewTarget(request, request.preview, { ...opened, openSigned })
  },
  async previews({ cluster }, context) {
    const [{ createPreviewHost }, { createTagIndex }, { openSigned }, { openEcs }] = await Promise.all([
      import('./preview/host.ts'),
      import('./preview/tag-index.ts'),
      import('./preview/signed.ts'),
      import('./client.ts'),
    ])
    return createPreviewHost({ ...context, cluster, api: openEcs(context), index: createTagIndex(openSigned(context)) })
  },
} as const satisfies TargetKind<EcsRequest, (typeof ECS_INPUTS)[number]>
