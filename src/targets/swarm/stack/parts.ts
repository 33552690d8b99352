/** The networks, secrets and configs of a stack beside what the engine has. */
import { readFile, realpath } from 'node:fs/promises'
import * as v from 'valibot'
import { isProcessFile } from '../../../domain/runner-variables.ts'
import type { Reason } from '../../../errors/deploy-error.ts'
import { DeployError } from '../../../errors/deploy-error.ts'
import type { EngineApi } from '../../../ports.ts'
import { accepted } from '../engine.ts'
import type { Resource } from './resources.ts'
import type { Stack } from './stack.ts'

export const LISTS = {
  network: { path: '/networks', create: '/networks/create' },
  secret: { path: '/secrets', create: '/secrets/create' },
  config: { path: '/configs', create: '/configs/create' },
} as const

const Labels = v.nullish(v.record(v.string(), v.string()))

/** Networks have `Id` and `Name`, secrets and configs `ID` and `Spec.Name`. */
const Listed = v.array(
  v.object({
    Id: v.optional(v.string()),
    ID: v.optional(v.string()),
    Name: v.optional(v.string()),
    Scope: v.optional(v.string()),
    Labels,
    Spec: v.optional(v.object({ Name: v.optional(v.string()), Labels })),
  }),
)

export interface Part {
  readonly kind: Resource['kind']
  readonly name: string
  readonly id: string
  /** Of a network: `swarm`, or `local` to one node. */
  readonly scope: string | undefined
  readonly labels: Readonly<Record<string, string>>
}

/** `kind name` → what is there. */
export type Present = ReadonlyMap<string, Part>

export async function presentOn(api: EngineApi, resources: readonly Pick<Resource, 'kind'>[]): Promise<Present> {
  const kinds = [...new Set(resources.map(({ kind }) => kind))]
  const lists = await Promise.all(kinds.map((kind) => listOf(api, kind)))
  return new Map(lists.flat().map((part) => [`${part.kind} ${part.name}`, part]))
}

async function listOf(api: EngineApi, kind: Resource['kind']): Promise<Part[]> {
  const answer = await api.request('GET', LISTS[kind].path)
  const listed = v.parse(Listed, accepted(api, answer, `list its ${kind}s`))
  return listed.map((item) => ({
    kind,
    name: item.Name ?? item.Spec?.Name ?? '',
    id: item.Id ?? item.ID ?? '',
    scope: item.Scope,
    labels: item.Labels ?? item.Spec?.Labels ?? {},
  }))
}

const PREDEFINED = new Set(['bridge', 'host', 'none'])

/** External parts that nobody has made, or that no task of a Swarm can use. */
export function missingParts(stack: Stack, present: Present): Reason[] {
  return stack.resources.flatMap((part): Reason[] => {
    const found = present.get(`${part.kind} ${part.name}`)
    if (!part.external || (found && (found.scope ?? 'swarm') === 'swarm') || PREDEFINED.has(part.name)) return []
    const what = `the ${part.kind} ${part.name} is external in ${stack.file} and ${found ? 'exists on one node only' : 'does not exist'}`
    const fix = `Create it: docker ${part.kind} create ${part.kind === 'network' ? `--driver overlay ${part.name}` : `${part.name} FILE`}`
    return [{ code: 'bad-config-reference', what, fix }]
  })
}

export function absentParts(stack: Stack, present: Present): Resource[] {
  return stack.resources.filter((part) => !part.external && !present.has(`${part.kind} ${part.name}`))
}

/** Secrets and configs whose file cannot be read. */
export async function unreadableParts(stack: Stack): Promise<Reason[]> {
  const parts = stack.resources.filter((part) => !part.external && part.file !== undefined)
  const results = await Promise.allSettled(parts.map((part) => contentOf(part.file ?? '', stack.file)))
  return results.flatMap((result) => (result.status === 'rejected' ? [result.reason as DeployError] : []))
}

/**
 * Secrets and configs among the used ones that are there already with other content than their file has: they never change,
 * so what is created would get the old content.
 */
export async function staleParts(
  api: EngineApi,
  stack: Stack,
  { present, used }: { readonly present: Present; readonly used: ReadonlySet<string> },
): Promise<Reason[]> {
  const parts = stack.resources.filter((part) => !part.external && part.kind !== 'network' && part.file !== undefined)
  const found = await Promise.all(
    parts.map(async (part): Promise<Reason[]> => {
      const there = present.get(`${part.kind} ${part.name}`)
      if (there === undefined || !used.has(`${part.kind} ${part.name}`)) return []
      const content = await contentOf(part.file ?? '', stack.file).catch(() => undefined)
      if (content === undefined || !(await hasOtherContent(api, there, content))) return []
      return [
        {
          code: 'bad-config-reference',
          what: `the ${part.kind} ${part.name} exists with other content than ${part.file ?? ''}, and ${part.kind}s never change`,
          fix: `Give it a new name in ${stack.file} (name: ${part.name}_2), or remove the old one: docker ${part.kind} rm ${part.name}`,
        },
      ]
    }),
  )
  return found.flat()
}

/**
 * The engine tells no secret's content, but refuses a change of it before it looks at the version index: with an index
 * that cannot be the newest nothing is ever written.
 */
export async function hasOtherContent(
  api: EngineApi,
  { kind, id, name, labels }: Part,
  content: Buffer,
): Promise<boolean> {
  const body = { Name: name, Labels: labels, Data: content.toString('base64') }
  const answer = await api.request('POST', `${LISTS[kind].path}/${id}/update`, { query: { version: 0 }, body })
  return answer.status >= 400 && /only updates to labels/i.test(answer.message())
}

/** @throws DeployError manifest-invalid */
export async function contentOf(file: string, stackFile: string): Promise<Buffer> {
  try {
    const real = await realpath(file)
    if (isProcessFile(real)) throw new Error('a view of a process')
    return await readFile(real)
  } catch (error) {
    throw new DeployError('manifest-invalid', `${file}, which ${stackFile} names, cannot be read`, { cause: error })
  }
}
