import type { Digest } from './digest.ts'

/** The identity that is proven: what was tested, and what a runtime reports that it runs. Of container images it is a digest. */
export type ArtifactId = Digest
