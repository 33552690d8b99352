/** What a preview is asked to do: by its inputs, or by the event that started the run. */
import type { PreviewMode } from './event-rules.ts'
import { previewMode } from './event-rules.ts'
import type { Values } from './inputs.ts'
import type { ConfigContext } from './read.ts'

/** What the inputs and the event ask for. */
export interface Wanted {
  readonly mode: PreviewMode
  readonly number: number | undefined
  readonly nothing: string | undefined
  /** The event said what to do. */
  readonly followsEvent: boolean
  readonly label: string | undefined
  readonly drafts: boolean
}

export function wantedBy(values: Values, { event }: ConfigContext): Wanted {
  const [label, drafts, mode] = [values.text('label'), values.flag('drafts'), values.choice('mode')]
  const number = numberOf(values) ?? event.pull?.number
  const pull = { action: event.pull?.action, label: event.pull?.label }
  const common = { number, label, drafts, nothing: undefined, followsEvent: mode === 'auto' }
  if (mode !== 'auto') {
    if (mode === 'remove' && number === undefined)
      values.fault('number', 'is needed: the pull request whose preview is removed')
    if (mode === 'deploy' && number === undefined && event.name !== 'workflow_run')
      values.fault('number', 'is needed: the pull request to deploy')
    return { ...common, mode, number: mode === 'sweep' ? undefined : number }
  }
  const followed = previewMode(event.name, pull, { number, label, drafts })
  if (followed === undefined) {
    values.fault('mode', `is needed: ${event.name ?? 'without an event nothing'} says what to do`, {
      example: 'mode: sweep',
    })
    return { ...common, mode: 'sweep' }
  }
  return typeof followed === 'string'
    ? { ...common, mode: followed }
    : { ...common, mode: 'deploy', nothing: followed.nothing }
}

function numberOf(values: Values): number | undefined {
  const text = values.text('number')
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text)
  const inside = /^#?([1-9]\d{0,9})$/.exec(text)?.[1]
  values.fault('number', 'must be the number of a pull request', inside === undefined ? {} : { suggestion: inside })
  return undefined
}
