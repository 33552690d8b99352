/** How long the engine's long work may take. Generous: they end what hangs, not what is slow. */
import type { ProgressLimits } from '../../async/progress-limit.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** A pull or a push: the engine tells every part of a layer that it has moved. */
export const TRANSFER: ProgressLimits = { total: 2 * HOUR_MS, quiet: 10 * MINUTE_MS }
/** A build: a step that compiles may say nothing for long. */
export const BUILD: ProgressLimits = { total: 6 * HOUR_MS, quiet: HOUR_MS }
