/** Task definitions as documents: what a release changes in them, and nothing else. */
import * as v from 'valibot'
import type { Repository } from '../../domain/image.ts'
import { parseReference } from '../../domain/image.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { Json } from './api.ts'

const ContainerSchema = v.looseObject({ name: v.string(), image: v.string() })
const DefinitionSchema = v.looseObject({
  family: v.string(),
  containerDefinitions: v.pipe(v.array(ContainerSchema), v.minLength(1)),
})
export const TagSchema = v.object({ key: v.string(), value: v.optional(v.string(), '') })
const DescribedSchema = v.looseObject({
  taskDefinition: v.looseObject({ ...DefinitionSchema.entries, taskDefinitionArn: v.string() }),
  tags: v.optional(v.array(TagSchema), []),
})

export type Definition = v.InferOutput<typeof DefinitionSchema>
export type Tag = v.InferOutput<typeof TagSchema>

export interface Described {
  readonly arn: string
  readonly definition: Definition
  readonly tags: readonly Tag[]
}

/** Reads the answer of DescribeTaskDefinition or RegisterTaskDefinition. @throws DeployError target-unreachable */
export function described(answer: Json): Described {
  const parsed = v.safeParse(DescribedSchema, answer)
  if (!parsed.success) {
    const what = 'Amazon ECS answered with something that is not a task definition'
    throw new DeployError('target-unreachable', what, { evidence: parsed.issues.map(({ message }) => message) })
  }
  const { taskDefinition, tags } = parsed.output
  return { arn: taskDefinition.taskDefinitionArn, definition: taskDefinition, tags }
}

/** Reads a task definition of a file. @returns undefined for something else */
export function definitionIn(document: unknown): Definition | undefined {
  const parsed = v.safeParse(DefinitionSchema, document)
  return parsed.success ? parsed.output : undefined
}

/** What Amazon ECS adds and refuses to take back. */
const READ_ONLY = new Set([
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
  'tags',
])

/** The definition with this image in one container; everything else stays, whatever it is. */
export function withImage(definition: Definition, container: string, image: string): Definition {
  const kept = Object.entries(definition).filter(([name, value]) => !READ_ONLY.has(name) && !isEmpty(value))
  const containers = definition.containerDefinitions.map((entry) => ({
    ...entry,
    ...(entry.name === container ? { image } : {}),
  }))
  return { ...Object.fromEntries(kept), family: definition.family, containerDefinitions: containers }
}

/** Some engines answer with empty texts and nulls, which registering refuses. */
function isEmpty(value: unknown): boolean {
  return value === null || value === ''
}

export function imageOf(definition: Definition, container: string): string | undefined {
  return definition.containerDefinitions.find(({ name }) => name === container)?.image
}

export type Chosen = { readonly container: string } | { readonly names: readonly string[] }

/** The named container, else the only one, else the only one that runs this repository; otherwise all names. */
export function chooseContainer(
  { containerDefinitions: containers }: Definition,
  named: string | undefined,
  repository: Repository,
): Chosen {
  const names = containers.map(({ name }) => name)
  if (named !== undefined) return names.includes(named) ? { container: named } : { names }
  const [only] = names
  if (only !== undefined && names.length === 1) return { container: only }
  const same = containers.filter(({ image }) => parseReference(image)?.repository.name === repository.name)
  const [match] = same
  return match !== undefined && same.length === 1 ? { container: match.name } : { names }
}
