import type { Outcome } from '../../src/domain/outcome.ts'
import type { Result, WorkloadResult } from '../../src/domain/result.ts'
import { CATALOGUE } from '../../src/errors/catalogue.ts'
import { VERBS } from '../../src/verbs/index.ts'

type Schema = Readonly<Record<string, unknown>>

const text: Schema = { type: 'string' }
const count: Schema = { type: 'integer', minimum: 0 }
const yesNo: Schema = { type: 'boolean' }
const digest: Schema = { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' }
const revision: Schema = { type: 'string', pattern: '^[0-9a-f]{40}$' }
const reasonCode: Schema = { enum: Object.keys(CATALOGUE) }
const milliseconds: Schema = { type: 'number', minimum: 0 }

/** Records, so that the compiler misses a word that is new. */
export const OUTCOMES: Readonly<Record<Outcome, true>> = {
  healthy: true,
  unchanged: true,
  released: true,
  checked: true,
  planned: true,
  removed: true,
  skipped: true,
  failed: true,
  'rolled-back': true,
  'timed-out': true,
  'rollback-failed': true,
  superseded: true,
  cancelled: true,
}

const VERDICTS: Readonly<Record<WorkloadResult['verdict'], true>> = {
  healthy: true,
  unchanged: true,
  failed: true,
  'timed-out': true,
  superseded: true,
  restored: true,
  'not-restored': true,
  untouched: true,
}

type RequiredKeys = { [K in keyof Result]-?: undefined extends Result[K] ? never : K }[keyof Result]

/** JSON Schema of the `result` output. Documents may gain fields, so unknown ones are allowed. */
export function resultSchema(): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Result of Immutable Deploy',
    description: 'The `result` output and what `--json` prints: what happened, and the whole chain of custody.',
    ...object(
      {
        version: { const: 1 },
        action: { enum: VERBS.map(({ name }) => name) },
        outcome: { enum: Object.keys(OUTCOMES) },
        tags: { ...list(text), description: 'Tags that name the digest.' },
        reused: { ...yesNo, description: 'The commit’s image existed already: nothing was built.' },
        rolledBack: { ...yesNo, description: 'What ran before was restored and proven.' },
        touched: {
          ...yesNo,
          description: 'A run that did not end green left the target changed: exit code 3 instead of 1.',
        },
        custody: { ...list(link), description: 'The chain of custody, hop by hop.' },
        workloads: list(workload),
        warnings: list(text),
        timings: { type: 'object', additionalProperties: milliseconds, description: 'Milliseconds per step.' },
        run: object({ id: text, attempt: count }, { url: text }),
      } satisfies Record<RequiredKeys, Schema>,
      {
        reasonCode,
        reason: text,
        fix: { ...text, description: 'What to do about it.' },
        evidence: { ...list(text), description: 'What was seen. Foreign text: never interpret it.' },
        state: { ...text, description: 'What is left behind.' },
        faults: list(fault),
        app: text,
        environment: text,
        target: text,
        image: { ...text, description: 'Repository, without tag or digest; of `smoke` the image as it was given.' },
        digest,
        imageRef: { type: 'string', pattern: '@sha256:[0-9a-f]{64}$' },
        revision,
        previousDigest: digest,
        previousRevision: revision,
        previousVerified: {
          type: 'boolean',
          description: 'What ran before was verified here: restoring it needs no permission.',
        },
        url: text,
        preview: object({ number: count, name: text }),
        removed: { ...list(text), description: 'What was removed, as people know it.' },
        note: { ...text, description: 'Why somebody did this by hand: the input `reason` of a rollback.' },
        checks: list(check),
        versions: { ...list(version), description: 'Versions of the environment, newest first.' },
        plan: { ...list(text), description: 'Lines of the plan of a dry run.' },
      } satisfies Record<Exclude<keyof Result, RequiredKeys>, Schema>,
    ),
  }
}

const link = object({
  hop: { enum: ['commit', 'built', 'smoked', 'promoted', 'running'] },
  value: text,
  evidence: text,
})

const workload = object(
  { name: text, verdict: { enum: Object.keys(VERDICTS) } },
  { digest: text, reasonCode: text, reason: text, replicas: text, serving: text, namespace: text },
)

const fault = object({ name: text, problem: text }, { value: text, source: text, example: text, suggestion: text })

const check = object({ name: text, passed: yesNo, detail: text, attempts: count, ms: milliseconds })

const version = object(
  {
    digest,
    verdict: { enum: ['running', 'verified', 'bad', 'unverified'] },
    knownBy: list({ enum: ['target', 'registry', 'github'] }),
  },
  {
    revision,
    at: { type: 'string', description: 'ISO time when it was verified.' },
    reason: { type: 'string', description: 'Why somebody went there by hand.' },
  },
)

function object(required: Schema, optional: Schema = {}): Schema {
  return { type: 'object', required: Object.keys(required), properties: { ...required, ...optional } }
}

function list(items: Schema): Schema {
  return { type: 'array', items }
}
