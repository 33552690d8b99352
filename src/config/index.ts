/** What the entries need: requests that are complete and valid, or one error with every fault. */
export { helpFor } from './help.ts'
export { readSurroundings } from './read.ts'
export type { Env, GitHubPlace, Io, Surroundings } from './read.ts'
export type { Reading } from './reading.ts'
export { readRelease } from './release.ts'
export type { SourceFor } from './release.ts'
export { readRollback } from './rollback.ts'
export { readSmoke } from './smoke.ts'
