/** What must be on the engine before a stack's services can be created: its networks, secrets and configs. */
import { readFile, realpath } from 'node:fs/promises'
import { isProcessFile } from '../../../domain/runner-variables.ts'
import * as v from 'valibot'
import type { Reason } from '../../../errors/deploy-error.ts'
import { DeployError, fail } from '../../../errors/deploy-error.ts'
import type { EngineApi } from '../../../ports.ts'
import { accepted } from '../engine.ts'
import type { ServiceSpec } from '../wire.ts'
import type { FileReference, Resource } from './resources.ts'
import type { Stack, StackService } from './stack.ts'

const LISTS = {
  network: { path: '/networks', create: '/networks/create' },
  secret: { path: '/secrets', create: '/secrets/create' },
  config: { path: '/configs', create: '/configs/create' },
} as const

/** Networks have `Id` and `Name`, secrets and configs `ID` and `Spec.Name`. */
const Listed = v.array(
  v.object({
    Id: v.optional(v.string()),
    ID: v.optional(v.string()),
    Name: v.optional(v.string()),
    Spec: v.optional(v.object({ Name: v.optional(v.string()) })),
  }),
)

/** `kind name` → id of what is there. */
export type Present = ReadonlyMap<string, string>

export async function presentOn(api: EngineApi, resources: readonly Resource[]): Promise<Present> {
  const kinds = [...new Set(resources.map(({ kind }) => kind))]
  const lists = await Promise.all(kinds.map(async (kind) => listOf(api, kind)))
  return new Map(lists.flat())
}

async function listOf(api: EngineApi, kind: Resource['kind']): Promise<[string, string][]> {
  const answer = await api.request('GET', LISTS[kind].path)
  const listed = v.parse(Listed, accepted(api, answer, `list its ${kind}s`))
  return listed.map((item) => [`${kind} ${item.Name ?? item.Spec?.Name ?? ''}`, item.Id ?? item.ID ?? ''])
}

/** External parts that nobody has made. */
export function missingParts(stack: Stack, present: Present): Reason[] {
  return stack.resources
    .filter((part) => part.external && !present.has(`${part.kind} ${part.name}`))
    .map((part) => ({
      code: 'bad-config-reference',
      what: `the ${part.kind} ${part.name} is external in ${stack.file} and does not exist`,
      fix: `Create it: docker ${part.kind} create …`,
    }))
}

export function absentParts(stack: Stack, present: Present): Resource[] {
  return stack.resources.filter((part) => !part.external && !present.has(`${part.kind} ${part.name}`))
}

/**
 * Creates what is missing and gives the specs with their ids filled in.
 * What is there is used as it is, even with other content: secrets and configs never change.
 */
export async function install(
  api: EngineApi,
  stack: Stack,
  services: readonly StackService[],
): Promise<ReadonlyMap<string, ServiceSpec>> {
  const before = await presentOn(api, stack.resources)
  const [fault] = missingParts(stack, before)
  if (fault) throw fail(fault)
  await Promise.all(absentParts(stack, before).map((part) => createPart(api, part, stack.file)))
  const present = await presentOn(api, stack.resources)
  return new Map(services.map((service) => [service.name, withFiles(service, present)]))
}

async function createPart(api: EngineApi, part: Resource, stackFile: string): Promise<void> {
  const data = part.file === undefined ? {} : { Data: (await contentOf(part.file, stackFile)).toString('base64') }
  const body = { Name: part.name, ...part.body, ...data }
  const answer = await api.request('POST', LISTS[part.kind].create, { body })
  // Another run may have been faster.
  if (answer.status !== 409) accepted(api, answer, `create the ${part.kind} ${part.name}`)
}

async function contentOf(file: string, stackFile: string): Promise<Buffer> {
  try {
    const real = await realpath(file)
    if (isProcessFile(real)) throw new Error('a view of a process')
    return await readFile(real)
  } catch (error) {
    throw new DeployError('manifest-invalid', `${file}, which ${stackFile} names, cannot be read`, { cause: error })
  }
}

/** The spec with the ids of its secrets and configs, which only the engine knows. */
function withFiles({ spec, secrets, configs }: StackService, present: Present): ServiceSpec {
  const container = spec.TaskTemplate.ContainerSpec
  if (container === undefined) return spec
  const refer = (kind: 'secret' | 'config', idKey: string, nameKey: string) => (reference: FileReference) => ({
    ...(reference.file === undefined ? { Runtime: {} } : { File: reference.file }),
    [idKey]: present.get(`${kind} ${reference.name}`),
    [nameKey]: reference.name,
  })
  const runtime = configs.find(({ file }) => file === undefined)
  const files = {
    ...(secrets.length === 0 ? {} : { Secrets: secrets.map(refer('secret', 'SecretID', 'SecretName')) }),
    ...(configs.length === 0 ? {} : { Configs: configs.map(refer('config', 'ConfigID', 'ConfigName')) }),
    ...(runtime ? { Privileges: { CredentialSpec: { Config: present.get(`config ${runtime.name}`) } } } : {}),
  }
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, ContainerSpec: { ...container, ...files } } }
}
