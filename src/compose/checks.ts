import type { Inspect } from '../config/index.ts'
import type { Document, PreviewRequest, ReleaseRequest } from '../domain/request.ts'
import type { PortsRequest } from './ports.ts'
import { DeployError } from '../errors/deploy-error.ts'
import { errorMessage } from '../errors/message.ts'
import { bakeGate } from '../gates/bake.ts'
import type { RunChecks } from '../gates/checks.ts'
import { addressGate, beforeTrafficGate, liveGate } from '../gates/checks.ts'
import type { Checks, Clock, ContainerRuntime, Gate, Reporter, SmokeReport } from '../ports.ts'

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

/** The smoke test of a request: its document was inspected with the inputs and is read when everything is known. */
export function createChecks(request: PortsRequest, context: CheckContext): Checks {
  return {
    warm: () => import('../smoke/run.ts'),
    async smoke(image, signal) {
      const { runSmoke, secretNames } = await import('../smoke/index.ts')
      const digest = image.digest ?? image.facts.id
      const revision = request.kind === 'release' ? request.revision : undefined
      const spec = await specOf(smokeOf(request), variablesOf(request, digest, revision), context.cwd)
      for (const name of secretNames(spec)) context.onSecret(context.env[name] ?? '')
      const runtime = await context.runtime()
      context.beforeCreate()
      const run = { ...request.run, id: context.token }
      const report = await runSmoke({ ...context, spec, image, runtime, signal, run })
      if (request.kind === 'release') await writeJunit(request, report, context)
      return report
    },
  }
}

/** Live checks, the bake, and what can be asked of a version without traffic: for every target and strategy. */
export function createGates(request: PortsRequest, context: Omit<CheckContext, 'runtime'>): Gate[] {
  const { liveChecks, url, bake } = request
  const before = liveChecks ?? smokeOf(request)
  const asks =
    (document: Document, usual: string): RunChecks =>
    async (image, address, signal) => {
      const { runLiveChecks } = await import('../smoke/index.ts')
      const own = request.kind === 'release' ? request.revision : undefined
      const variables = variablesOf(request, image.digest, image.revision ?? own)
      const spec = await specOf(document, variables, context.cwd)
      return runLiveChecks({ ...context, spec, url: address ?? usual, signal })
    }
  return [
    // Without checks of the user's own only the target's status and the digests are asked.
    ...(typeof before === 'string' ? [] : [beforeTrafficGate(asks(before, url ?? ''))]),
    ...(liveChecks === undefined || url === undefined ? [] : [liveGate(asks(liveChecks, url))]),
    ...(bake > 0 ? [bakeGate(bake)] : []),
  ]
}

/** A preview is asked at its own address: by the live checks, else by the checks of the smoke test. */
export function createPreviewGates(
  request: PreviewRequest,
  release: ReleaseRequest,
  address: (signal: AbortSignal) => Promise<string | undefined>,
  context: Omit<CheckContext, 'runtime'>,
): Gate[] {
  const { bake, asksAddress, liveChecks } = request
  const document = liveChecks ?? (release.smoke === 'off' ? 'default' : release.smoke)
  const run: RunChecks = async (image, url = '', signal) => {
    const { runLiveChecks } = await import('../smoke/index.ts')
    const spec = await specOf(document, variablesOf(release, image.digest, image.revision), context.cwd)
    return runLiveChecks({ ...context, spec, url, signal })
  }
  const text =
    'no address of the preview was found, so it was not asked from outside: give it by url, or publish a port'
  const onUnknown = () => context.reporter.emit({ type: 'notice', text })
  const shown = asksAddress ? run : undefined
  return [addressGate({ address, run: shown, onUnknown }), ...(bake > 0 ? [bakeGate(bake)] : [])]
}

type Wanted = Document | 'default' | 'off'
type Variables = Parameters<typeof import('../smoke/index.ts').parseSmoke>[1]

function smokeOf(request: PortsRequest): Wanted {
  return request.kind === 'release' ? request.smoke : 'off'
}

function variablesOf(
  { repository, app, environment }: PortsRequest,
  digest: string,
  revision: string | undefined,
): Variables {
  return { sha: revision, revision, digest, image: repository.name, app, environment }
}

async function specOf(document: Wanted, variables: Variables, cwd: string) {
  const { defaultSpec, parseSmoke } = await import('../smoke/index.ts')
  if (typeof document === 'string') return defaultSpec()
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
