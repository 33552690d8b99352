import { once } from '../async/once.ts'
import type { ConfigContext } from '../config/index.ts'
import { readContext, readPreview } from '../config/index.ts'
import { DeployError } from '../errors/deploy-error.ts'
import type { PreviewRequest } from '../domain/request.ts'
import type { Gate, PreviewDisplay, PreviewPorts, PullRequests, Source } from '../ports.ts'
import type { Done, InvocationContext, VerbContext } from '../verbs/verb.ts'
import { inspectChecks, createPreviewGates } from './checks.ts'
import { systemClock } from './clock.ts'
import type { ComposeContext } from './ports.ts'
import { contextOf, gitHubOf, gitSource } from './run.ts'

/** Reads a preview, creates its ports and runs it. @throws DeployError for inputs at fault */
export async function runPreview(invocation: InvocationContext, context: VerbContext): Promise<Done> {
  let source: Source | undefined
  let pulls: PullRequests | undefined
  const openPulls = async (configContext: ConfigContext, token: string | undefined) =>
    (pulls ??= await pullsOf(configContext, token, context.signal))
  const reading = await readPreview(invocation, {
    sourceFor: async (configContext, token) => (source ??= await gitSource(configContext, token, context.signal)),
    pullFor: async (configContext, token, which) => {
      const asked = await openPulls(configContext, token)
      if (typeof which === 'number') return asked?.read(which)
      if (asked) return asked.ofHead(which)
      const fix = 'Give github-token, or the number of the pull request.'
      throw new DeployError('github-denied', 'GitHub cannot be asked for the pull request: there is no token', { fix })
    },
    inspect: inspectChecks(readContext(invocation).env),
  })
  const { request, configContext, githubToken } = reading
  const composed = await contextOf(reading, context, source)
  const [{ createPorts, openHost }, { preview }] = await Promise.all([
    import('./ports.ts'),
    import('../pipeline/preview/index.ts'),
  ])
  const ports = await createPorts(request.release ?? request, composed)
  const target = ports.target && once(ports.target)
  const previewPorts: PreviewPorts = {
    ...ports,
    target,
    gates: gatesOf(request, composed, target),
    pulls: await openPulls(configContext, githubToken),
    display: await displayOf(request, configContext, composed),
    host: () => openHost(request, composed, ports.registry),
  }
  return { request, result: await preview(request, previewPorts) }
}

function gatesOf(request: PreviewRequest, composed: ComposeContext, target: PreviewPorts['target']): readonly Gate[] {
  const { release, url } = request
  if (!release || !target) return []
  const address = async (signal: AbortSignal) => url ?? (await target()).address?.(signal)
  return createPreviewGates(request, release, address, { ...composed, ...composed.checks, clock: systemClock })
}

/** undefined where nobody could see it: outside of GitHub. A fork's run has a token that may not write. */
async function displayOf(
  request: PreviewRequest,
  configContext: ConfigContext,
  { reporter, signal, github, records, githubToken }: ComposeContext,
): Promise<PreviewDisplay | undefined> {
  const { run, comment, environment, limit } = request
  if (!github || githubToken === undefined || limit !== undefined) return undefined
  const [{ createDisplay }, { previewRecords }, { openComments }] = await Promise.all([
    import('./preview-display.ts'),
    import('../ledgers/github/previews.ts'),
    import('../adapters/github/comments.ts'),
  ])
  return createDisplay({
    run,
    reporter,
    signal,
    records: records && previewRecords(environment, records),
    comment: comment ? openComments({ ...github, env: configContext.env, clock: systemClock, signal }) : undefined,
  })
}

async function pullsOf(
  configContext: ConfigContext,
  token: string | undefined,
  signal: AbortSignal,
): Promise<PullRequests | undefined> {
  const api = gitHubOf(configContext, token)
  if (!api) return undefined
  const { openPullRequests } = await import('../adapters/github/pulls.ts')
  return openPullRequests({ ...api, env: configContext.env, clock: systemClock, signal })
}
