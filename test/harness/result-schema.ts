// The published schema of results: whatever any verb prints, red or green, must pass it.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Result } from '../../src/domain/result.ts'
import { root } from './node.ts'

const { Ajv } = createRequire(import.meta.url)('ajv') as typeof import('ajv')
const validate = new Ajv({ allErrors: true }).compile<Result>(
  JSON.parse(readFileSync(path.join(root, 'schema/result.schema.json'), 'utf8')) as object,
)

/** @throws where the document is not what the schema promises */
export function publishedResult(document: unknown): Result {
  if (validate(document)) return document
  const faults = validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`).join('; ')
  throw new Error(`this result breaks the published schema: ${faults ?? ''}\n${JSON.stringify(document)}`)
}
