import type { Inspect } from '../config/index.ts'
import type { PinnedImage } from '../domain/image.ts'
import type { Document, ReleaseRequest, RollbackRequest } from '../domain/request.ts'
import { DeployError } from '../errors/deploy-error.ts'
import { errorMessage } from '../errors/message.ts'
import type { Checks, Clock, ContainerRuntime, Reporter, SmokeReport } from '../ports.ts'

export interface CheckSettings {
  /** Carried by every throwaway thing; unique per step, so that a clean-up never takes another job's. */
  readonly token: string
  /** Called before anything is created: the clean-up must know the token first. */
  readonly beforeCreate: () => void
}

interface CheckContext extends CheckSettings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly secrets: readonly string[]
  /** Called with every secret before it is used. */
  readonly onSecret: (value: string) => void
  readonly reporter: Reporter
  readonly clock: Clock
  readonly runtime: () => Promise<ContainerRuntime>
}

/**
 * Faults of a check document, joined to those of the inputs; what it may name (`${digest}`) has no value yet.
 * @param env where the values of the document's secrets are looked up
 */
export const inspectChecks =
  (env: CheckContext['env']): Inspect =>
  async (document, request, cwd) => {
    const { missingSecrets, parseSmoke } = await import('../smoke/index.ts')
    const variables = { sha: undefined, revision: undefined, digest: undefined }
    const known = { image: request.repository.name, app: request.app, environment: request.environment }
    const { spec, faults } = await parseSmoke(document, { ...variables, ...known }, cwd)
    return faults.length > 0 ? faults : missingSecrets(spec, env)
  }

/** The checks of a request: their documents were inspected with the inputs and are read when everything is known. */
export function makeChecks(request: ReleaseRequest | RollbackRequest, around: CheckContext): Checks {
  const smoke = request.kind === 'release' ? request.smoke : 'off'
  const { liveChecks, url } = request
  const variables = {
    sha: request.kind === 'release' ? request.revision : undefined,
    revision: request.kind === 'release' ? request.revision : undefined,
    digest: undefined as string | undefined,
    image: request.repository.name,
    app: request.app,
    environment: request.environment,
  }
  return {
    warm: () => import('../smoke/run.ts'),
    async smoke(image, signal) {
      const { runSmoke, secretNames } = await import('../smoke/index.ts')
      const digest = image.digest ?? image.facts.id
      const spec = await specOf(smoke, { ...variables, digest }, around.cwd)
      for (const name of secretNames(spec)) around.onSecret(around.env[name] ?? '')
      const runtime = await around.runtime()
      around.beforeCreate()
      const run = { ...request.run, id: around.token }
      const report = await runSmoke({ ...around, spec, image, runtime, signal, run })
      if (request.kind === 'release') await writeJunit(request, report, around)
      return report
    },
    beforeTraffic: beforeTrafficOf(liveChecks ?? smoke),
    live:
      liveChecks === undefined || url === undefined
        ? undefined
        : async (image, signal) => {
            const { runLiveChecks } = await import('../smoke/index.ts')
            return runLiveChecks({ ...around, spec: await specFor(liveChecks, image), url, signal })
          },
  }

  /** Without checks of the user's own the target's word and the digests are all there is to ask. */
  function beforeTrafficOf(document: Wanted): Checks['beforeTraffic'] {
    if (document === undefined || typeof document === 'string') return undefined
    return async (image, address, signal) => {
      const { runLiveChecks } = await import('../smoke/index.ts')
      return runLiveChecks({ ...around, spec: await specFor(document, image), url: address, signal })
    }
  }

  function specFor(document: Wanted, image: PinnedImage) {
    const revision = image.revision ?? variables.revision
    return specOf(document, { ...variables, digest: image.digest, sha: revision, revision }, around.cwd)
  }
}

type Wanted = Document | 'default' | 'off' | undefined
type Variables = Parameters<typeof import('../smoke/index.ts').parseSmoke>[1]

async function specOf(document: Wanted, variables: Variables, cwd: string) {
  const { defaultSpec, parseSmoke } = await import('../smoke/index.ts')
  if (document === undefined || typeof document === 'string') return defaultSpec()
  const { spec, faults } = await parseSmoke(document, variables, cwd)
  if (faults.length > 0) throw new DeployError('invalid-input', 'the checks cannot be read', { faults })
  return spec
}

/** The verdict does not depend on the report. */
async function writeJunit(request: ReleaseRequest, report: SmokeReport, context: CheckContext): Promise<void> {
  if (request.junit === undefined) return
  const [{ junit }, { writeReport }] = await Promise.all([import('../smoke/index.ts'), import('../config/index.ts')])
  try {
    writeReport(request.junit, junit(report, `smoke ${request.app}`), context)
  } catch (error) {
    context.reporter.emit({ type: 'warning', text: `the JUnit report was not written: ${errorMessage(error)}` })
  }
}
