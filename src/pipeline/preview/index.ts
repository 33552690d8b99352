import type { PreviewRequest } from '../../domain/request.ts'
import type { Result } from '../../domain/result.ts'
import type { PreviewPorts } from '../../ports.ts'
import { runVerb } from '../run-verb.ts'
import { deployPreview } from './deploy.ts'
import { removePreview } from './remove.ts'
import { sweepPreviews } from './sweep.ts'

/** One pull request runs beside production, until it is closed. Never throws: every ending is a result. */
export async function preview(request: PreviewRequest, outside: PreviewPorts): Promise<Result> {
  const { mode, release, nothing } = request
  // What is built only, and what is removed, has no workloads that could have been left as they were.
  const deploys = mode === 'deploy' && request.limit === undefined && nothing === undefined
  const claimed = deploys ? request : { ...request, target: undefined }
  return runVerb('preview', claimed, outside, async (ports, progress) => {
    const { preview: one, target } = request
    progress.note((trace) => ({
      ...trace,
      target: target.name,
      ...(one ? { preview: { number: one.number, name: one.name } } : {}),
    }))
    if (nothing !== undefined) return { outcome: 'skipped', reason: { code: 'preview-not-wanted', what: nothing } }
    const context = { ...outside, ...ports }
    if (mode === 'sweep') return sweepPreviews(request, context, progress)
    if (mode === 'remove') return removePreview(request, context, progress)
    if (!release) throw new Error('a preview without anything to build')
    return deployPreview(request, release, context, progress)
  })
}
