// GitHub's published OpenAPI description, cut to what we use (cut-openapi.mjs): a call or a field that it does not know is
// a violation, in what we send and in what the double answers.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { ValidateFunction } from 'ajv'

const { Ajv } = createRequire(import.meta.url)('ajv') as typeof import('ajv')

type Json = Record<string, unknown>
interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: Json
}

const description = JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures/openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, Json>>
  components: Record<string, Record<string, Json>>
}

export interface Operation {
  /** `POST /repos/{owner}/{repo}/deployments` */
  readonly name: string
  readonly parameters: readonly Parameter[]
  readonly body: ValidateFunction | undefined
  readonly answers: ReadonlyMap<number, ValidateFunction | undefined>
}

function resolve(value: unknown): Json {
  const json = value as Json
  const match = /^#\/components\/([\w-]+)\/(.+)$/.exec(typeof json.$ref === 'string' ? json.$ref : '')
  return match ? resolve(description.components[match[1] ?? '']?.[match[2] ?? '']) : json
}

/** OpenAPI 3.0 as JSON Schema: `nullable`, and objects that take no further fields unless they are open on purpose. */
function strict(value: unknown, isPart = false): unknown {
  if (Array.isArray(value)) return value.map((item) => strict(item, isPart))
  if (typeof value !== 'object' || value === null) return value
  const json = value as Json
  if (typeof json.$ref === 'string') return strict(resolve(json), isPart)
  const { nullable, ...rest } = json
  const entries = Object.entries(rest).map(([key, item]): [string, unknown] => {
    if (key === 'properties') {
      const named = Object.entries(item as Json).map(([name, schema]) => [name, strict(schema)])
      return [key, Object.fromEntries(named)]
    }
    if (key === 'required' || key === 'enum') return [key, item]
    return [key, strict(item, key === 'allOf')]
  })
  const schema: Json = Object.fromEntries(entries)
  const isClosed = schema.properties !== undefined && schema.additionalProperties === undefined && !isPart
  const closed = isClosed ? { ...schema, additionalProperties: false } : schema
  return nullable === true ? { anyOf: [closed, { type: 'null' }] } : closed
}

const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false, coerceTypes: false })

function contentOf(holder: Json | undefined): ValidateFunction | undefined {
  const content = holder && (resolve(holder).content as Json | undefined)?.['application/json']
  const schema = content && (content as Json).schema
  return schema === undefined ? undefined : ajv.compile(strict(schema) as object)
}

const known = new Map<string, Operation>()

/** undefined: the description has no such call. */
export function operationOf(
  method: string,
  pathname: string,
): { operation: Operation; values: Record<string, string> } | undefined {
  for (const [template, methods] of Object.entries(description.paths)) {
    const found = methods[method.toLowerCase()]
    const values = found && valuesOf(template, pathname)
    if (!values) continue
    const name = `${method} ${template}`
    const operation = known.get(name) ?? make(name, found)
    known.set(name, operation)
    return { operation, values }
  }
  return undefined
}

function make(name: string, found: Json): Operation {
  const answers = Object.entries((found.responses ?? {}) as Record<string, Json>)
  return {
    name,
    parameters: ((found.parameters ?? []) as unknown[]).map((one) => resolve(one) as unknown as Parameter),
    body: contentOf(found.requestBody as Json | undefined),
    answers: new Map(answers.map(([status, answer]) => [Number(status), contentOf(answer)])),
  }
}

function valuesOf(template: string, pathname: string): Record<string, string> | undefined {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const match = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '([^/]+)')}$`).exec(pathname)
  return match
    ? Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')]))
    : undefined
}

export function faultsOf(what: string, validate: ValidateFunction | undefined, value: unknown): string[] {
  if (!validate || validate(value)) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${what}${instancePath}: ${message ?? ''} ${JSON.stringify(params)}`,
  )
}

/** A value with every required field of the schema of that name, so that a double need not spell out all of GitHub. */
export function complete(schema: string, given: object): object {
  return { ...(sample({ ...description.components.schemas?.[schema], nullable: false }) as object), ...given }
}

function sample(value: unknown): unknown {
  const {
    type,
    enum: choices,
    properties = {},
    required = [],
    nullable,
    allOf,
    anyOf,
    oneOf,
    format,
  } = resolve(value) as {
    type?: string
    enum?: unknown[]
    properties?: Json
    required?: string[]
    nullable?: boolean
    allOf?: unknown[]
    anyOf?: unknown[]
    oneOf?: unknown[]
    format?: string
  }
  if (nullable) return null
  if (choices) return choices[0]
  if (allOf) return Object.assign({}, ...allOf.map(sample)) as unknown
  if (anyOf ?? oneOf) return sample((anyOf ?? oneOf)?.[0])
  if (type === 'array') return []
  if (type === 'integer' || type === 'number') return 1
  if (type === 'boolean') return false
  if (type === 'string')
    return format === 'date-time' ? '2026-01-01T00:00:00Z' : format === 'uri' ? 'https://github.test/' : 'x'
  return Object.fromEntries(required.map((name) => [name, sample(properties[name])]))
}
