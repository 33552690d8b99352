import type { Repository } from '../../domain/image.ts'
import type { Preview } from '../../domain/preview.ts'
import type { PreviewRequest } from '../../domain/request.ts'
import type { DeployError } from '../../errors/deploy-error.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { PreviewHost, PreviewPorts, Removal } from '../../ports.ts'
import type { RunProgress } from '../run-verb.ts'
import { step } from '../step.ts'
import type { Ending } from '../trace.ts'
import { candidatesOf, removeCandidates } from './candidate-tag.ts'
import { against } from './wanted.ts'

/** Removes the preview of one pull request: by its labels, without a checkout. Where nothing is there nothing is wrong. */
export async function removePreview(
  request: PreviewRequest,
  ports: PreviewPorts,
  progress: RunProgress,
): Promise<Ending> {
  const { preview } = request
  if (!preview) throw new Error('a removal without a number')
  if (request.dryRun) {
    const found = await withHost(ports, (host) => host.list())
    const plan = found.filter(({ name }) => name === preview.name).map(({ name }) => `remove ${name}`)
    progress.note((trace) => ({ ...trace, plan: plan.length > 0 ? plan : [`nothing is there of ${preview.name}`] }))
    return { outcome: 'planned' }
  }
  const why = await whyRemoved(request, ports)
  if (why === undefined) return wantedAgain(preview, 'nothing was removed')
  try {
    const { removed } = await removeAll(preview, why, { ...ports, repository: request.repository })
    progress.note((trace) => ({ ...trace, removed }))
    return { outcome: 'removed' }
  } catch (error) {
    const reason = asDeployError(error)
    // Opened again meanwhile, its parts are in use again.
    const isOver = reason.code !== 'cancelled' && (await whyRemoved(request, ports)) === undefined
    return isOver ? wantedAgain(preview, 'a part of it was removed before') : halfRemoved(reason)
  }
}

function wantedAgain({ number }: Preview, state: string): Ending {
  const what = `pull request ${String(number)} has a preview again`
  return { outcome: 'skipped', reason: { code: 'preview-not-wanted', what }, state }
}

/** A removal that was begun and has not ended. */
export function halfRemoved(reason: DeployError): Ending {
  const outcome = reason.code === 'cancelled' ? 'cancelled' : 'failed'
  const state = reason.state ?? 'a part of the preview may be left: run again, or let the sweep remove it'
  return { outcome, reason, state, touched: true }
}

/** undefined: the pull request was opened again meanwhile, or got its label back. What was asked for by hand is done. */
async function whyRemoved(request: PreviewRequest, { pulls }: PreviewPorts): Promise<string | undefined> {
  const { preview, followsEvent } = request
  if (!pulls || !preview || !followsEvent) return 'removed by hand'
  try {
    return against(await pulls.read(preview.number), { ...request, head: undefined })?.what
  } catch (error) {
    if (asDeployError(error).code === 'cancelled') throw error
    return 'the pull request is closed, or has no preview any more'
  }
}

type RemoveContext = PreviewPorts & { readonly repository: Repository }

/** Everything on the target, then its tags, its records and its comment. */
export async function removeAll(preview: Preview, why: string, context: RemoveContext): Promise<Removal> {
  const found = await step(
    context,
    { name: 'remove', title: `Remove ${preview.name}` },
    () => withHost(context, (host) => removeFrom(host, preview, context)),
    ({ removed }) => removed.join(', ') || 'nothing was there',
  )
  return afterRemoval(preview, found, why, context)
}

/** Its tags are listed before: what is pushed while it is removed belongs to the one that comes after it. */
export async function removeFrom(host: PreviewHost, preview: Preview, context: RemoveContext): Promise<Removal> {
  const { repository } = context
  const [removal, tags] = await Promise.all([
    host.remove(preview),
    candidatesOf(preview.name, repository, context).catch(() => []),
  ])
  const listed = tags.map((tag) => `${repository.name}:${tag}`)
  return { ...removal, candidates: [...new Set([...removal.candidates, ...listed])] }
}

export async function afterRemoval(
  preview: Preview,
  removal: Removal,
  why: string,
  context: RemoveContext,
): Promise<Removal> {
  for (const name of removal.left) {
    const text = `${name} has the name or labels of this preview, but is not a part of it: it was left alone`
    context.reporter.emit({ type: 'warning', text })
  }
  for (const name of removal.outOfReach ?? []) {
    const text = `${name} belongs to this preview, but cannot be removed from here: remove it there`
    context.reporter.emit({ type: 'warning', text })
  }
  const [tags] = await Promise.all([
    removeCandidates(preview.name, removal.candidates, context),
    context.display?.removed(preview, why),
  ])
  return { ...removal, removed: [...removal.removed, ...tags] }
}

export async function withHost<T>(ports: PreviewPorts, work: (host: PreviewHost) => Promise<T>): Promise<T> {
  const host = await ports.host()
  try {
    return await work(host)
  } finally {
    await host.close()
  }
}
