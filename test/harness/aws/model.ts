// Inputs and answers, held against the SDK's own model: unknown fields, wrong types, and what AWS never sends.
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as ecs from '@aws-sdk/client-ecs'
import { NormalizedSchema } from '@smithy/core/schema'
import type { Document } from './wire.ts'
import { Refusal } from './wire.ts'

type Schema = Parameters<typeof NormalizedSchema.of>[0]
const MODELS = new Map<string, unknown>([...Object.entries(logs), ...Object.entries(ecs)])

/** The fields that hold one of a list of words; the model has them as texts. */
const ENUMS: Readonly<Record<string, readonly string[]>> = {
  rolloutState: Object.values(ecs.DeploymentRolloutState),
  stopCode: Object.values(ecs.TaskStopCode),
  healthStatus: Object.values(ecs.HealthStatus),
  lifecycleStage: Object.values(ecs.ServiceDeploymentLifecycleStage),
  schedulingStrategy: Object.values(ecs.SchedulingStrategy),
  launchType: Object.values(ecs.LaunchType),
}

/** The schemas of an operation: `[…, name, traits, input, output]`. */
function schemasOf(operation: string): { input: Schema; output: Schema } | undefined {
  const model = MODELS.get(`${operation}$`)
  return Array.isArray(model) ? { input: model[4] as Schema, output: model[5] as Schema } : undefined
}

/** Every place where the output of an operation is not what the model says; empty when all is well. */
export function faultsOf(operation: string, output: unknown): string[] {
  const schemas = schemasOf(operation)
  if (!schemas) return [`${operation} is not in the model`]
  return walk(operation, NormalizedSchema.of(schemas.output), { value: output, mayBeEmpty: false })
}

/** @throws Refusal for a field that is unknown, missing or of another type. Operations that no model has pass. */
export function checkInput(operation: string, input: Document): void {
  const schemas = schemasOf(operation)
  if (!schemas) return
  const schema = NormalizedSchema.of(schemas.input)
  const [fault] = walk(operation, schema, { value: input, mayBeEmpty: true })
  if (fault !== undefined) throw new Refusal('SerializationException', fault)
  // The required members come first; their number is the last entry of the schema.
  const required = Number((schema.getSchema() as readonly unknown[])[6] ?? 0)
  const missing = [...schema.structIterator()]
    .slice(0, required)
    .map(([name]) => name)
    .find((name) => (input[name] ?? '') === '')
  if (missing !== undefined) throw new Refusal('InvalidParameterException', `${missing} cannot be blank.`)
}

interface Place {
  readonly value: unknown
  readonly mayBeEmpty: boolean
}

function walk(at: string, schema: NormalizedSchema, { value, mayBeEmpty }: Place): string[] {
  const down = (name: string, below: NormalizedSchema, item: unknown) => walk(name, below, { value: item, mayBeEmpty })
  if (value === null || value === undefined) return [`${at} is ${String(value)}`]
  if (schema.isDocumentSchema()) return []
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return [`${at} is not a list`]
    return value.flatMap((item, index) => down(`${at}[${String(index)}]`, schema.getValueSchema(), item))
  }
  if (schema.isMapSchema() || schema.isStructSchema()) {
    if (typeof value !== 'object' || Array.isArray(value)) return [`${at} is not a structure`]
    return Object.entries(value).flatMap(([name, item]) => {
      const members = schema.isStructSchema()
        ? Object.fromEntries(schema.structIterator())
        : { [name]: schema.getValueSchema() }
      const member = members[name]
      if (!member) return [`${at}.${name} is not in the model`]
      const isStrange = ENUMS[name]?.includes(String(item)) === false
      return isStrange ? [`${at}.${name} is ${String(item)}`] : down(`${at}.${name}`, member, item)
    })
  }
  const type = schema.isStringSchema() ? 'string' : schema.isBooleanSchema() ? 'boolean' : 'number'
  if (typeof value !== type) return [`${at} is not a ${type}`]
  return value === '' && !mayBeEmpty ? [`${at} is empty`] : []
}
