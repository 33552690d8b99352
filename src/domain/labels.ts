/** Keys that we write on images, containers and workloads. */
export const LABEL = {
  /** On images: the build inputs' fingerprint, `name=hash` pairs. Inherited by images that are built FROM this one. */
  inputs: 'dev.immutable-deploy.inputs',
  /** On images: the release that it was built for, `repository:sha-<revision>`; inherited like every label. */
  release: 'dev.immutable-deploy.release',
  app: 'dev.immutable-deploy.app',
  environment: 'dev.immutable-deploy.environment',
  revision: 'dev.immutable-deploy.revision',
  digest: 'dev.immutable-deploy.digest',
  /** Run id and attempt that created the thing. */
  run: 'dev.immutable-deploy.run',
  /** On throwaway containers and networks and on the parts of previews: their own name, which no image could have given them. */
  owner: 'dev.immutable-deploy.owner',
  /** On the same: seconds after their creation from which anybody may sweep them. */
  lifetime: 'dev.immutable-deploy.lifetime',
  /** On everything that was made for a preview: the preview's name. */
  preview: 'dev.immutable-deploy.preview',
  /** On the same: the number of its pull request. */
  pullRequest: 'dev.immutable-deploy.pull-request',
  /** On the same: `owner/name` of the pull request, where it is on GitHub. */
  repository: 'dev.immutable-deploy.repository',
  /** On the same: the time after which a sweep may remove it, by the target's clock: `2026-11-28T09:30:00Z`. */
  expires: 'dev.immutable-deploy.expires',
  /** On the same: tags in the registry that were made for it alone, as whole references with spaces between them. */
  candidates: 'dev.immutable-deploy.candidates',
  /** On the same, where a target cannot compare the files with what runs: a hash of them. */
  files: 'dev.immutable-deploy.files',
  /** What was verified and what was marked bad: `History` as JSON. */
  history: 'dev.immutable-deploy.history',
} as const

export const OCI_LABEL = {
  revision: 'org.opencontainers.image.revision',
  created: 'org.opencontainers.image.created',
  source: 'org.opencontainers.image.source',
  version: 'org.opencontainers.image.version',
  title: 'org.opencontainers.image.title',
} as const

/** Who is doing this: carried by stamps, throwaway containers and locks. */
export interface Run {
  /** `GITHUB_RUN_ID`, or a random id outside GitHub. */
  readonly id: string
  readonly attempt: number
  /** Page of the run, where there is one. */
  readonly url?: string
  readonly actor?: string
}

export function runKey(run: Run): string {
  return `${run.id}-${String(run.attempt)}`
}
