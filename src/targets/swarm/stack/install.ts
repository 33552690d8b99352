/** What must be on the engine before a stack's services can be created, and how it is removed again. */
import { LABEL } from '../../../domain/labels.ts'
import { fail } from '../../../errors/deploy-error.ts'
import type { Clock, EngineApi } from '../../../ports.ts'
import { accepted, codeOf } from '../engine.ts'
import type { ServiceSpec } from '../schema.ts'
import type { Part, Present } from './parts.ts'
import { absentParts, contentOf, LISTS, missingParts, presentOn } from './parts.ts'
import type { FileReference, Resource } from './resources.ts'
import type { Stack, StackService } from './stack.ts'
import { labelsOf, listOf, nodeOf, textOf } from './values.ts'

export interface InstallOptions {
  /** For everything that is made. */
  readonly labels?: Readonly<Record<string, string>>
  /** What is there, where it was just read. */
  readonly present?: Present
}

/** Creates what is missing, and gives the specs with their ids filled in. */
export async function install(
  api: EngineApi,
  stack: Stack,
  services: readonly StackService[],
  { labels = {}, present: known }: InstallOptions = {},
): Promise<ReadonlyMap<string, ServiceSpec>> {
  const before = known ?? (await presentOn(api, stack.resources))
  const [fault] = missingParts(stack, before)
  if (fault) throw fail(fault)
  const absent = absentParts(stack, before)
  await Promise.all(absent.map((part) => createPart(api, part, { stackFile: stack.file, labels })))
  const present = absent.length === 0 ? before : await presentOn(api, stack.resources)
  return new Map(services.map((service) => [service.name, withFiles(service, present)]))
}

interface CreateContext {
  readonly stackFile: string
  readonly labels: Readonly<Record<string, string>>
}

async function createPart(api: EngineApi, part: Resource, { stackFile, labels }: CreateContext): Promise<void> {
  const data = part.file === undefined ? {} : { Data: (await contentOf(part.file, stackFile)).toString('base64') }
  const body = { Name: part.name, ...part.body, Labels: { ...(part.body.Labels as object), ...labels }, ...data }
  const answer = await api.request('POST', LISTS[part.kind].create, { body })
  // Another run may have been faster; of a network the engine says so with status 500.
  const isThere = answer.status >= 400 && codeOf(answer) === 'another-rollout'
  if (!isThere) accepted(api, answer, `create the ${part.kind} ${part.name}`)
}

/** A network is free only when the last task has left it. */
const RELEASED_WITHIN_MS = 30_000
const ASK_EVERY_MS = 500

export interface UninstallContext {
  readonly api: EngineApi
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
}

/** Removes what `install` made for that run; gives the names of what is still used. */
export async function uninstall(stack: Stack, run: string, context: UninstallContext): Promise<string[]> {
  const { api, clock, signal } = context
  const until = clock.now() + RELEASED_WITHIN_MS
  const present = await presentOn(api, stack.resources)
  let left = [...present.values()].filter(({ labels }) => labels[LABEL.run] === run)
  while (left.length > 0) {
    const removed = await Promise.all(left.map((part) => removePart(api, part)))
    left = left.filter((_, index) => removed[index] !== true)
    if (left.length === 0 || clock.now() >= until || signal?.aborted) break
    await clock.sleep(ASK_EVERY_MS, signal)
  }
  return left.map(({ kind, name }) => `${kind} ${name}`)
}

/** Named volumes of the stack: the node of a task makes them. External ones and those without a name are not among them. */
export function volumesMadeBy(stack: Stack, services: readonly string[]): string[] {
  const mounts = services.flatMap((name) =>
    listOf(nodeOf(stack.services.get(name)?.spec.TaskTemplate.ContainerSpec).Mounts).map(nodeOf),
  )
  const names = mounts
    .filter(({ Type, VolumeOptions }) => Type === 'volume' && STACK_LABEL in labelsOf(nodeOf(VolumeOptions).Labels))
    .flatMap(({ Source }) => textOf(Source) ?? [])
  return [...new Set(names)].filter((name) => name !== '').sort()
}

const STACK_LABEL = 'com.docker.stack.namespace'

async function removePart(api: EngineApi, { kind, id }: Part): Promise<boolean> {
  const { status } = await api.request('DELETE', `${LISTS[kind].path}/${id}`)
  return status < 400 || status === 404
}

/** The spec with the ids of its secrets and configs, which only the engine knows. */
function withFiles({ spec, secrets, configs }: StackService, present: Present): ServiceSpec {
  const container = spec.TaskTemplate.ContainerSpec
  if (container === undefined) return spec
  const idOf = (kind: 'secret' | 'config', name: string) => present.get(`${kind} ${name}`)?.id
  const refer = (kind: 'secret' | 'config', idKey: string, nameKey: string) => (reference: FileReference) => ({
    ...(reference.file === undefined ? { Runtime: {} } : { File: reference.file }),
    [idKey]: idOf(kind, reference.name),
    [nameKey]: reference.name,
  })
  const runtime = configs.find(({ file }) => file === undefined)
  const files = {
    ...(secrets.length === 0 ? {} : { Secrets: secrets.map(refer('secret', 'SecretID', 'SecretName')) }),
    ...(configs.length === 0 ? {} : { Configs: configs.map(refer('config', 'ConfigID', 'ConfigName')) }),
    ...(runtime ? { Privileges: { CredentialSpec: { Config: idOf('config', runtime.name) } } } : {}),
  }
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, ContainerSpec: { ...container, ...files } } }
}
