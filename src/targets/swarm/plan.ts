import type { Repository } from '../../domain/image.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { SwarmRequest } from './request.ts'
import type { Stack } from './stack/stack.ts'

/** Which services a request means, and the stack file that defines them where one is named. */
export interface Plan {
  /** Full names on the engine. */
  readonly names: readonly string[]
  readonly stack: Stack | undefined
}

interface PlanContext {
  readonly repository: Repository
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** @throws DeployError manifest-invalid, invalid-input */
export async function planOf(request: SwarmRequest, { env = {}, repository }: PlanContext): Promise<Plan> {
  if (request.manifests.length === 0) return { names: request.workloads, stack: undefined }
  const { fullName, readStack, servicesUsing } = await import('./stack/stack.ts')
  const stack = await readStack(request.manifests, request.app, env)
  const named = request.workloads.map((workload) => fullName(stack, request.app, workload))
  const names = named.length > 0 ? named : servicesUsing(stack, repository)
  if (names.length > 0) return { names, stack }
  const what = `no service of ${stack.file} uses ${repository.name}`
  throw new DeployError('manifest-invalid', what, { fix: 'Name the services that are released with workload.' })
}
