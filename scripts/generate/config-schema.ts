import { defaultNote } from '../../src/config/help.ts'
import type { Input } from '../../src/config/inputs.ts'
import { fileInputs } from '../../src/config/inputs.ts'

type Schema = Readonly<Record<string, unknown>>

const DRAFT = 'http://json-schema.org/draft-07/schema#'
const SCALAR: Schema = { type: ['string', 'number', 'boolean'] }

/** JSON Schema of the configuration file, for editors; the parser gives the same verdicts with better words. */
export function configSchema(): Schema {
  const entry = { properties: keys('app'), additionalProperties: false, type: ['object', 'null'] }
  const environment = { ...entry, properties: keys('app', 'environment') }
  const environments = {
    description: 'Environments by name; their values win over the app’s and the defaults.',
    type: 'object',
    additionalProperties: { $ref: '#/definitions/environment' },
  }
  const common = { version: { const: 1, description: 'Version of this format.' }, environments }
  return {
    $schema: DRAFT,
    title: 'Immutable Deploy configuration',
    description: 'Several apps and environments in one file. What an input gives wins over this file.',
    type: 'object',
    if: { required: ['apps'] },
    then: {
      additionalProperties: false,
      properties: {
        ...common,
        defaults: { $ref: '#/definitions/defaults' },
        apps: { type: 'object', additionalProperties: { $ref: '#/definitions/app' }, description: 'Apps by name.' },
      },
    },
    else: {
      additionalProperties: false,
      properties: { ...common, defaults: { $ref: '#/definitions/defaults' }, ...keys() },
    },
    definitions: {
      ...keyDefinitions(),
      defaults: { ...entry, description: 'Values for every app and environment that has none of its own.' },
      app: { ...entry, properties: { ...keys('app'), environments } },
      environment,
    },
  }
}

/** Each key is defined once, and allowed in several places. */
function keyDefinitions(): Schema {
  return Object.fromEntries(
    fileInputs().map((input) => [`key:${input.name}`, { description: about(input), ...valueSchema(input) }]),
  )
}

function keys(...without: readonly string[]): Schema {
  const names = fileInputs().map(({ name }) => name)
  const allowed = names.filter((name) => !without.includes(name))
  return Object.fromEntries(allowed.map((name) => [name, { $ref: `#/definitions/key:${name}` }]))
}

function about({ about: text, default: value, otherwise }: Input): string {
  const fallback = value ?? otherwise
  return fallback === undefined ? text : `${text}${defaultNote(fallback)}`
}

function valueSchema(input: Input): Schema {
  const examples = { examples: [input.example] }
  switch (input.kind) {
    case 'boolean':
      return { type: ['boolean', 'null'] }
    case 'choice':
      return { enum: [...(input.choices ?? []), null] }
    case 'duration':
      return { ...examples, type: ['string', 'null'], pattern: '^\\s*(0|(\\d+(\\.\\d+)?(ms|s|m|h|d))+)\\s*$' }
    case 'document':
      return { anyOf: [{ type: ['object', 'array', 'null'] }, { type: 'string' }] }
    case 'list':
    case 'lines':
      return {
        anyOf: [
          { ...examples, type: ['string', 'number', 'null'] },
          { type: 'array', items: SCALAR },
          { type: 'object', additionalProperties: SCALAR },
        ],
      }
    case 'text':
      return { ...examples, type: ['string', 'number', 'boolean', 'null'] }
    case 'secret':
    case 'secret-lines':
      return { not: {} }
  }
}
