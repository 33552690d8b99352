import type { AppRequest, Document } from '../domain/request.ts'
import type { Fault } from '../errors/deploy-error.ts'
import type { Faults } from '../inputs/faults.ts'

/** Finds the faults of a check document: by those who know its language, so that all faults are reported together. */
export type Inspect = (document: Document, request: AppRequest, cwd: string) => Promise<readonly Fault[]>

export interface InspectContext {
  readonly request: AppRequest
  readonly cwd: string
  readonly inspect: Inspect | undefined
  readonly faults: Faults
}

export async function inspectAll(
  documents: readonly (Document | string | undefined)[],
  { request, cwd, inspect, faults }: InspectContext,
): Promise<void> {
  if (!inspect) return
  const read = documents.filter((document) => typeof document === 'object')
  const found = await Promise.all(read.map((document) => inspect(document, request, cwd)))
  for (const fault of found.flat()) faults.add({ ...NOTHING, ...fault })
}

const NOTHING = { value: undefined, source: undefined, example: undefined, suggestion: undefined } as const
