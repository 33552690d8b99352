/** Whether the pull request has a preview now: asked when a run begins, and again right before it changes anything. */
import type { PreviewRequest } from '../../domain/request.ts'
import { shortRevision } from '../../domain/revision.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { PreviewPorts, PullRequest } from '../../ports.ts'

type WantedContext = Pick<PreviewPorts, 'pulls' | 'reporter'>

/** Why it is not deployed; undefined: it is, also where GitHub does not answer, because the event said so. */
export async function whyNot(request: PreviewRequest, { pulls, reporter }: WantedContext): Promise<Reason | undefined> {
  const { preview } = request
  if (!pulls || !preview) return undefined
  try {
    return against(await pulls.read(preview.number), request)
  } catch (error) {
    const { code, what } = asDeployError(error)
    if (code === 'cancelled') throw error
    const text = `the pull request could not be asked (${what}): it is taken as the event describes it`
    reporter.emit({ type: 'notice', text })
    return undefined
  }
}

/** Whether it was asked just now, and still has a preview of this head: no answer is none. */
export async function isWanted(request: PreviewRequest, { pulls }: Pick<PreviewPorts, 'pulls'>): Promise<boolean> {
  const { preview } = request
  if (!pulls || !preview) return false
  try {
    return against(await pulls.read(preview.number), request) === undefined
  } catch (error) {
    if (asDeployError(error).code === 'cancelled') throw error
    return false
  }
}

/** Pure: what speaks against a preview of it. */
export function against(pull: PullRequest, { label, drafts, head }: PreviewRequest): Reason | undefined {
  const of = `pull request ${String(pull.number)}`
  const not = (what: string): Reason => ({ code: 'preview-not-wanted', what: `${of} ${what}` })
  if (!pull.isOpen) return not('is closed')
  if (pull.isDraft && !drafts) return not('is a draft (drafts: false)')
  // GitHub does not tell labels apart by case.
  const isLabelled = pull.labels.some((one) => one.toLowerCase() === label?.toLowerCase())
  if (label !== undefined && !isLabelled) return not(`does not carry the label ${label}`)
  if (head === undefined || pull.head === head) return undefined
  const what = `${of} is at ${shortRevision(pull.head)} now, no more at ${shortRevision(head)}: the run of that commit deploys it`
  return { code: 'another-rollout', what }
}
