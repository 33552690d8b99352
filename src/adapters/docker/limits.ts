/** How long the engine's long work may take. Generous: they end what hangs, not what is slow. */
import type { ProgressLimits } from '../../async/progress-limit.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A pull or a push: the engine tells every part of a layer that it has moved. */
export const TRANSFER: ProgressLimits = { total: 2 * HOUR, quiet: 10 * MINUTE }
/** A build: a step that compiles may say nothing for long. */
export const BUILD: ProgressLimits = { total: 6 * HOUR, quiet: HOUR }
