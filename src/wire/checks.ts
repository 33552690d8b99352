import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Document, ReleaseRequest, RollbackRequest } from '../domain/request.ts'
import type { Fault } from '../errors/deploy-error.ts'
import { DeployError } from '../errors/deploy-error.ts'
import type { Checks, Clock, ContainerRuntime, Reporter, SmokeReport } from '../ports.ts'

export interface CheckSettings {
  /** Carried by every throwaway thing; unique per step, so that a clean-up never takes another job's. */
  readonly token: string
  /** Awaited before anything is created: the clean-up must know the token first. */
  readonly beforeCreate: () => Promise<void>
}

interface Surroundings extends CheckSettings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly secrets: readonly string[]
  readonly reporter: Reporter
  readonly clock: Clock
  readonly runtime: () => Promise<ContainerRuntime>
}

/**
 * The checks of a request. Their documents are read once before anything happens, for faults, and again when what they
 * may name (`${digest}`) is known.
 * @throws DeployError invalid-input with every fault of both documents
 */
export async function makeChecks(request: ReleaseRequest | RollbackRequest, around: Surroundings): Promise<Checks> {
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
  await refuseFaults([smoke, liveChecks], variables, around.cwd)
  return {
    async smoke(image, signal) {
      const { runSmoke } = await import('../smoke/index.ts')
      const digest = image.digest ?? image.facts.id
      const spec = await specOf(smoke, { ...variables, digest }, around.cwd)
      const runtime = await around.runtime()
      const [{ platform }] = await Promise.all([runtime.info(), around.beforeCreate()])
      const run = { ...request.run, id: around.token }
      const report = await runSmoke({ ...around, spec, image, runtime, signal, run, platform })
      if (request.kind === 'release') await writeJunit(request, report, around.cwd)
      return report
    },
    live:
      liveChecks === undefined || url === undefined
        ? undefined
        : async (image, signal) => {
            const { runLiveChecks } = await import('../smoke/index.ts')
            const revision = image.revision ?? variables.revision
            const known = { ...variables, digest: image.digest, sha: revision, revision }
            const spec = await specOf(liveChecks, known, around.cwd)
            return runLiveChecks({ ...around, spec, url, signal })
          },
  }
}

type Wanted = Document | 'default' | 'off' | undefined
type Variables = Parameters<typeof import('../smoke/index.ts').parseSmoke>[1]

async function refuseFaults(documents: readonly Wanted[], variables: Variables, cwd: string): Promise<void> {
  const faults = (await Promise.all(documents.map((document) => faultsOf(document, variables, cwd)))).flat()
  if (faults.length === 0) return
  throw new DeployError('invalid-input', `${String(faults.length)} faults in the checks`, { faults })
}

async function faultsOf(document: Wanted, variables: Variables, cwd: string): Promise<readonly Fault[]> {
  if (document === undefined || typeof document === 'string') return []
  const { parseSmoke } = await import('../smoke/index.ts')
  return (await parseSmoke(document, variables, cwd)).faults
}

async function specOf(document: Wanted, variables: Variables, cwd: string) {
  const { defaultSpec, parseSmoke } = await import('../smoke/index.ts')
  if (document === undefined || typeof document === 'string') return defaultSpec()
  const { spec, faults } = await parseSmoke(document, variables, cwd)
  if (faults.length > 0) throw new DeployError('invalid-input', 'the checks cannot be read', { faults })
  return spec
}

async function writeJunit(request: ReleaseRequest, report: SmokeReport, cwd: string): Promise<void> {
  if (request.junit === undefined) return
  const { junit } = await import('../smoke/index.ts')
  await writeFile(path.resolve(cwd, request.junit), junit(report, `smoke ${request.app}`))
}
