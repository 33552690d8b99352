import type { Digest } from '../domain/digest.ts'
import type { Duration } from '../domain/duration.ts'
import type { Reason } from '../errors/deploy-error.ts'
import type { ImageFacts } from './containers.ts'

export interface CheckResult {
  readonly name: string
  readonly passed: boolean
  readonly detail: string
  readonly attempts: number
  readonly ms: Duration
  /** Not run: it cannot be asked here, or the test ended before. */
  readonly skipped?: true
}

export interface SmokeReport {
  readonly passed: boolean
  readonly reason?: Reason
  readonly checks: readonly CheckResult[]
  /** Last log lines of the container. Hostile text. */
  readonly logs: readonly string[]
  /** From the container's start to ready; undefined when it never was. */
  readonly readyMs: Duration | undefined
  readonly ms: Duration
  /** Removal of everything that was created; never rejects, must be awaited before the process ends. */
  readonly cleanup: Promise<void>
}

/** The smoke test that the request asks for. A failed check is a report, not an exception. */
export interface Checks {
  /** Loads what `smoke` will need while something else is waited for. */
  readonly warm?: () => Promise<unknown>
  /** Runs the image in a throwaway container. `reference`: local id or `repo@sha256:…`, present in the engine. */
  smoke(image: { reference: string; facts: ImageFacts; digest?: Digest }, signal: AbortSignal): Promise<SmokeReport>
}
