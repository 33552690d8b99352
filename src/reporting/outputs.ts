import type { Result } from '../domain/result.ts'
import { evidenceLines } from './explain.ts'
import { cut } from '../domain/text.ts'

const STRING_CHARACTERS = 2000

export const OUTPUT_NAMES = [
  'outcome',
  'digest',
  'image-ref',
  'revision',
  'tags',
  'reused',
  'previous-digest',
  'previous-revision',
  'reason-code',
  'reason',
  'rolled-back',
  'url',
  'name',
  'number',
  'result',
] as const

export type OutputName = (typeof OUTPUT_NAMES)[number]

/** The outputs of the interface as text: lists one a line, absent values empty. */
export function outputsOf(result: Result): Record<OutputName, string> {
  return {
    outcome: result.outcome,
    digest: result.digest ?? '',
    'image-ref': result.imageRef ?? '',
    revision: result.revision ?? '',
    tags: result.tags.join('\n'),
    reused: String(result.reused),
    'previous-digest': result.previousDigest ?? '',
    'previous-revision': result.previousRevision ?? '',
    'reason-code': result.reasonCode ?? '',
    reason: result.reason ?? '',
    'rolled-back': String(result.rolledBack),
    url: result.url ?? '',
    name: result.preview?.name ?? '',
    number: String(result.preview?.number ?? ''),
    result: resultJson(result),
  }
}

/**
 * The `result` document in one line. Evidence is cut to its last lines: a step hands outputs on as environment
 * variables, which end at 128 KiB.
 */
export function resultJson(result: Result): string {
  const bounded = result.evidence ? { ...result, evidence: evidenceLines(result.evidence) } : result
  const cutLong = (_key: string, value: unknown) => (typeof value === 'string' ? cut(value, STRING_CHARACTERS) : value)
  return escapeControls(JSON.stringify(bounded, cutLong))
}

/** JSON leaves DEL, C1 controls and line separators bare; terminals and line readers do not. */
export function escapeControls(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
