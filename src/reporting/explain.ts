import { CATALOGUE } from '../errors/catalogue.ts'
import type { Fault } from '../errors/deploy-error.ts'
import { DeployError } from '../errors/deploy-error.ts'
import type { Event } from './events.ts'
import { cut, oneLine } from '../domain/text.ts'

export type Failure = Extract<Event, { type: 'failure' }>

const EVIDENCE_LINES = 40
const LINE_CHARACTERS = 500

/** `timeout: "5" is not a duration (input), did you mean …, e.g. 5m`: one fault in one line. */
export function faultLine(fault: Fault): string {
  const value = fault.value === undefined ? '' : ` ${JSON.stringify(fault.value)}`
  const parts = [`${fault.name}:${value} ${fault.problem}`]
  if (fault.suggestion !== undefined) parts.push(`did you mean ${fault.suggestion}?`)
  if (fault.example !== undefined) parts.push(`for example: ${fault.example}`)
  if (fault.source !== undefined) parts.push(`(${fault.source})`)
  return cut(oneLine(parts.join(' ')), LINE_CHARACTERS)
}

/** A failure as a person reads it: what, evidence, state, what to do. Lines are clean; evidence is marked with a bar. */
export function explain(failure: Failure): string[] {
  const { reason, state, phase } = failure
  const left = state === undefined ? [] : [`state left behind: ${oneLine(state)}`]
  // The rest stands above, where it was printed before the restore.
  if (phase === 'after-restore') return left
  const faults = faultsOf(failure)
  return [
    `${reason.code}: ${oneLine(reason.what)}`,
    ...faults.map((fault) => `  - ${faultLine(fault)}`),
    ...evidenceLines(reason.evidence ?? []).map((line) => `  | ${line}`),
    ...(phase === 'before-restore' ? [`now: ${oneLine(state ?? '')}`] : left),
    `what to do: ${oneLine(reason.fix ?? CATALOGUE[reason.code].fix)}`,
  ]
}

/** The faults of a failure, named by the event or carried by the error that is its reason. */
export function faultsOf({ reason, faults }: Failure): readonly Fault[] {
  return faults ?? (reason instanceof DeployError ? reason.faults : [])
}

/** The last lines of the evidence, clean and cut. */
export function evidenceLines(evidence: readonly string[]): string[] {
  const lines = evidence
    .flatMap((entry) => entry.split(/\r\n|\r|\n/))
    .map((line) => cut(oneLine(line), LINE_CHARACTERS))
  const left = lines.length - EVIDENCE_LINES
  return left > 0 ? [`… ${String(left)} earlier lines left out`, ...lines.slice(-EVIDENCE_LINES)] : lines
}
