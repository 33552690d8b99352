// Holds an answer against the SDK's own model: unknown fields, wrong types, empty texts and nulls that AWS never sends.
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as sdk from '@aws-sdk/client-ecs'

type Schema = unknown

const resolve = (schema: Schema): Schema => (typeof schema === 'function' ? (schema as () => Schema)() : schema)
const LIST = 64
const MAP = 128
const ENUMS: Readonly<Record<string, readonly string[]>> = {
  rolloutState: Object.values(sdk.DeploymentRolloutState),
  stopCode: Object.values(sdk.TaskStopCode),
  healthStatus: Object.values(sdk.HealthStatus),
  lifecycleStage: Object.values(sdk.ServiceDeploymentLifecycleStage),
  schedulingStrategy: Object.values(sdk.SchedulingStrategy),
  launchType: Object.values(sdk.LaunchType),
}

/** Every place where the output of an operation is not what the model says; empty when all is well. */
export function faultsOf(operation: string, output: unknown): string[] {
  const model: Record<string, unknown> = operation === 'GetLogEvents' ? logs : sdk
  const schema = model[`${operation}$`]
  if (!Array.isArray(schema)) return [`${operation} is not in the model`]
  return check(operation, resolve(schema[5]), output)
}

function check(at: string, raw: Schema, value: unknown): string[] {
  const schema = resolve(raw)
  if (value === null) return [`${at} is null`]
  if (typeof schema === 'number') return checkSimple(at, schema, value)
  if (!Array.isArray(schema)) return []
  const [kind] = schema as [number]
  if (kind === 3) return checkStructure(at, schema, value)
  if (kind === 1) return checkList(at, schema[4], value)
  if (kind === 2) return checkMap(at, schema[5], value)
  if (kind === 0) return check(at, schema[4], value)
  return []
}

function checkStructure(at: string, schema: readonly unknown[], value: unknown): string[] {
  if (typeof value !== 'object' || Array.isArray(value)) return [`${at} is not a structure`]
  const names = schema[4] as string[]
  const members = schema[5] as Schema[]
  return Object.entries(value as object).flatMap(([name, item]) => {
    const index = names.indexOf(name)
    if (index < 0) return [`${at}.${name} is not in the model`]
    const known = ENUMS[name]
    const strange = known !== undefined && !known.includes(String(item)) ? [`${at}.${name} is ${String(item)}`] : []
    return [...strange, ...check(`${at}.${name}`, members[index], item)]
  })
}

function checkList(at: string, item: Schema, value: unknown): string[] {
  if (!Array.isArray(value)) return [`${at} is not a list`]
  return value.flatMap((entry, index) => check(`${at}[${String(index)}]`, item, entry))
}

function checkMap(at: string, item: Schema, value: unknown): string[] {
  if (typeof value !== 'object' || Array.isArray(value)) return [`${at} is not a map`]
  return Object.entries(value as object).flatMap(([name, entry]) => check(`${at}.${name}`, item, entry))
}

function checkSimple(at: string, code: number, value: unknown): string[] {
  if ((code & MAP) !== 0) return checkMap(at, code & ~MAP, value)
  if ((code & LIST) !== 0) return checkList(at, code & ~LIST, value)
  if (code === 15) return []
  if (code === 0) return typeof value !== 'string' ? [`${at} is not a text`] : value === '' ? [`${at} is empty`] : []
  if (code === 2) return typeof value === 'boolean' ? [] : [`${at} is not a boolean`]
  return typeof value === 'number' ? [] : [`${at} is not a number`]
}
