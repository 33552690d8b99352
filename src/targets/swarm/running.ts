/** What a service runs now, in the port's terms. */
import type { Digest } from '../../domain/digest.ts'
import type { RunningWorkload } from '../../ports.ts'
import { notFound } from './check.ts'
import { classify } from './classify.ts'
import { desiredOf, isServing } from './parts.ts'
import { hasFailed } from './failure.ts'
import type { TaskInspection } from './inspection.ts'
import type { Snapshot } from './snapshot.ts'
import type { SwarmSpec } from './spec.ts'
import { imageOf, runThatFits, stampedRevision } from './spec.ts'
import type { Stack } from './stack/stack.ts'

/** @throws DeployError workload-not-found for a service that is neither there nor in the stack file */
export function running(
  name: string,
  snapshot: Snapshot,
  now: number,
  stack: Stack | undefined,
): RunningWorkload<SwarmSpec> {
  const service = snapshot.services.get(name)
  if (!service) return absent(name, stack)
  const tasks = snapshot.tasks.get(service.ID) ?? []
  const serving = tasks.filter(isServing)
  const digests = distinct(serving)
  const revision = stampedRevision(service.Spec, digests)
  const ended = tasks.filter(hasFailed).map(({ task }) => task.ID)
  const handle = { id: service.ID, version: service.Version.Index, spec: service.Spec, ended }
  const state = classify({ name, handle, service, tasks, now, startedAt: now }).state
  return {
    name,
    exists: true,
    image: imageOf(service.Spec),
    digests,
    ...(revision === undefined ? {} : { revision }),
    ...runThatFits(service.Spec),
    desired: desiredOf(service, tasks),
    ready: serving.length,
    stable: state.is === 'settled',
    spec: { ...handle, ...pinOf(serving, digests) },
  }
}

function absent(name: string, stack: Stack | undefined): RunningWorkload<SwarmSpec> {
  const spec = stack?.services.get(name)?.spec
  if (!spec) throw notFound(name)
  const handle = { id: undefined, version: 0, spec }
  return { name, exists: false, digests: [], desired: 0, ready: 0, stable: true, spec: handle }
}

function distinct(tasks: readonly TaskInspection[]): Digest[] {
  return [...new Set(tasks.map(({ digest }) => digest).filter((digest) => digest !== undefined))]
}

function pinOf(serving: readonly TaskInspection[], digests: readonly Digest[]): Pick<SwarmSpec, 'ran' | 'local'> {
  const [ran] = digests
  if (ran === undefined || digests.length > 1) return {}
  return { ran, ...(serving.every(({ evidence }) => evidence === 'local-image') ? { local: true } : {}) }
}
