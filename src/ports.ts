/**
 * What the pipeline needs from the world. Small interfaces, implemented in adapters/ and targets/ and twice in tests.
 * No implementation reads inputs, environment variables or GitHub's context by itself.
 */
import type { BuildRequest } from './domain/request.ts'
import type { Clock, Findings, Reporter } from './ports/basics.ts'
import type { ImageBuilder } from './ports/build.ts'
import type { Checks } from './ports/checks.ts'
import type { ContainerRuntime } from './ports/containers.ts'
import type { Gate } from './ports/gate.ts'
import type { OpenLedgers } from './ports/ledger.ts'
import type { Registry } from './ports/registry.ts'
import type { Source } from './ports/source.ts'
import type { Target } from './ports/target.ts'

export type * from './ports/basics.ts'
export type * from './ports/source.ts'
export type * from './ports/build.ts'
export type * from './ports/containers.ts'
export type * from './ports/engine-api.ts'
export type * from './ports/kube-api.ts'
export type * from './ports/github.ts'
export type * from './ports/checks.ts'
export type * from './ports/gate.ts'
export type * from './ports/ledger.ts'
export type * from './ports/registry.ts'
export type * from './ports/target.ts'
export type * from './ports/preview.ts'
export type * from './ports/preview-display.ts'
export type * from './ports/pulls.ts'

export interface Ports {
  readonly source: Source
  /** The builder for this request: which one it is may depend on what is asked. */
  readonly builder: (request: BuildRequest) => Promise<ImageBuilder>
  readonly runtime: () => Promise<ContainerRuntime>
  readonly checks: Checks
  /** Asked after every replica was proven, whatever the target. */
  readonly gates: readonly Gate[]
  readonly registry: Registry
  readonly ledgers: OpenLedgers
  readonly target: (() => Promise<Target>) | undefined
  readonly clock: Clock
  readonly reporter: Reporter
  /** What the reporter has heard until now, for the result document. */
  readonly findings: () => Findings
  readonly signal: AbortSignal
}
