/** What a rollback can go to. */
import { listed } from '../../domain/text.ts'
import type { RollbackRequest } from '../../domain/request.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { LedgerContext, Ports, Registry, Running, Target } from '../../ports.ts'
import { find } from './choose.ts'
import type { Memory } from './memory.ts'
import { MEMORY_TITLES, remember } from './memory.ts'
import { together } from './preflight.ts'
import { FEW_VERSIONS, inspectTarget } from './target-inspection.ts'
import type { Version } from './versions.ts'
import { versionsOf } from './versions.ts'

export interface Survey {
  readonly target: Target
  readonly before: Running<unknown>
  readonly ledgers: LedgerContext
  readonly memory: Memory
  readonly versions: readonly Version[]
  /** To be asked about the chosen image: with a deadline where the target's memory is enough. */
  readonly registry: Registry
}

/** Where the target remembers enough, a registry that does not answer is waited for no longer than this. */
const REGISTRY_PATIENCE_MS = 5000
const ALL_VERSIONS = 10

/** The target answers first; then every other ledger, with its full time only where its answer is needed. */
export async function survey(request: RollbackRequest, ports: Ports): Promise<Survey> {
  const inspection = await inspectTarget(request, ports)
  if (inspection.reasons.length > 0) throw together(inspection.reasons)
  const { target, before, ledgers } = inspection
  if (!target || !ledgers) throw new DeployError('internal-error', 'a rollback needs a target')
  for (const text of inspection.warnings) ports.reporter.emit({ type: 'warning', text })
  for (const text of inspection.notices) ports.reporter.emit({ type: 'notice', text })
  const isEnough = inspection.memory.by.has('target') && find(request, versionsOf(inspection.memory, before)).length > 0
  const registry = isEnough ? ports.registry.within(REGISTRY_PATIENCE_MS) : ports.registry
  const opened = ports.ledgers({ ...ledgers, registry })
  let memory = await remember(inspection.memory, opened, request.list ? ALL_VERSIONS : FEW_VERSIONS)
  if (!request.list && find(request, versionsOf(memory, before)).length === 0) {
    // The newest few hold no answer: more of them may.
    const own = { ...memory, by: new Map([...memory.by].filter(([name]) => name === 'target')) }
    memory = await remember(own, opened, ALL_VERSIONS)
  }
  tellSources(ledgers, memory, ports)
  return { target, before, ledgers, memory, versions: versionsOf(memory, before), registry }
}

/** Which memories the answer rests on, wherever one of them is gone. */
function tellSources({ place }: LedgerContext, { by, down, history }: Memory, { reporter }: Ports): void {
  const answering = (['target', 'registry', 'github'] as const).filter(
    (name) => (by.get(name)?.verified ?? []).length > 0,
  )
  const sources = listed(
    answering.length > 0 ? answering.map((name) => MEMORY_TITLES[name]) : [MEMORY_TITLES.target],
    'and',
  )
  for (const [name, why] of down) {
    const who = name === 'github' ? 'GitHub' : `the ${name}`
    reporter.emit({
      type: name === 'github' ? 'notice' : 'warning',
      text: `${who} could not be asked (${why.what}): going by ${sources}`,
    })
  }
  if (down.size > 0) return
  if (!place) {
    const text = 'the target does not tell which place it is: going by its own stamp, not by tags in the registry'
    reporter.emit({ type: 'warning', text })
  } else if (!answering.includes('target') && history.verified.length > 0) {
    reporter.emit({ type: 'notice', text: `the target carries no stamp: going by ${sources}` })
  } else if (!answering.includes('registry') && answering.includes('github')) {
    reporter.emit({ type: 'notice', text: `the registry has no history tags of this place: going by ${sources}` })
  }
}
