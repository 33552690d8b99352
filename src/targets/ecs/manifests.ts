/** The files of `manifests`: a task definition as `aws ecs register-task-definition` takes it, and a service as `create-service` does. */
import { readFile } from 'node:fs/promises'
import type { CreateServiceCommandInput } from '@aws-sdk/client-ecs'
import * as v from 'valibot'
import { parse } from 'yaml'
import { DeployError } from '../../errors/deploy-error.ts'
import { errorMessage } from '../../errors/message.ts'
import type { Definition } from './definition.ts'
import { definitionIn } from './definition.ts'

export interface EcsFiles {
  readonly definition: { readonly file: string; readonly document: Definition } | undefined
  /** By service name. */
  readonly services: ReadonlyMap<string, { readonly file: string; readonly document: CreateServiceCommandInput }>
}

const ServiceSchema = v.looseObject({ serviceName: v.string(), desiredCount: v.optional(v.number()) })

/** @throws DeployError manifest-invalid with every file that cannot be used */
export async function readFiles(files: readonly string[]): Promise<EcsFiles> {
  const read = await Promise.all(files.map(async (file) => ({ file, ...(await documentOf(file)) })))
  const faults = read.flatMap(({ fault }) => fault ?? [])
  const definitions = read.flatMap(({ file, definition }) => (definition ? [{ file, document: definition }] : []))
  if (definitions.length > 1) {
    faults.push(`${definitions.map(({ file }) => file).join(' and ')} are task definitions, and one release has one`)
  }
  if (faults.length > 0) throw new DeployError('manifest-invalid', faults.join('; '), { evidence: faults })
  const services = read.flatMap(({ file, service }) =>
    service ? [[service.serviceName ?? '', { file, document: service }] as const] : [],
  )
  return { definition: definitions[0], services: new Map(services) }
}

interface Read {
  readonly fault?: string
  readonly definition?: Definition
  readonly service?: CreateServiceCommandInput
}

async function documentOf(file: string): Promise<Read> {
  let document: unknown
  try {
    document = parse(await readFile(file, 'utf8'))
  } catch (error) {
    return { fault: `${file} cannot be read: ${errorMessage(error)}` }
  }
  // `aws ecs describe-task-definition` prints it one level deeper.
  const inner = v.safeParse(v.looseObject({ taskDefinition: v.looseObject({}) }), document)
  const definition = definitionIn(inner.success ? inner.output.taskDefinition : document)
  if (definition) return { definition }
  const service = v.safeParse(ServiceSchema, document)
  if (!service.success) {
    return { fault: `${file} is neither a task definition (family, containerDefinitions) nor a service (serviceName)` }
  }
  if (service.output.desiredCount === 0)
    return { fault: `${file}: desiredCount is 0, so nothing would run that could be proven` }
  return { service: service.output }
}
