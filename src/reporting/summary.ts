import { shortDigest } from '../domain/digest.ts'
import { formatDuration } from '../domain/duration.ts'
import { isGreen } from '../domain/outcome.ts'
import type { Outcome } from '../domain/outcome.ts'
import type { AppRequest } from '../domain/request.ts'
import type { CustodyLink, Result, VersionEntry, WorkloadResult } from '../domain/result.ts'
import { shortRevision } from '../domain/revision.ts'
import { evidenceLines, faultLine } from './explain.ts'
import type { Fault } from '../errors/deploy-error.ts'
import { code, fence, plain, table } from './markdown.ts'
import { rollbackCommand, rollbackDispatch } from './rollback-command.ts'

/** The runner drops a summary above 1 MiB as a whole; ours ends well before. */
const MAX_BYTES = 900_000
const MAX_ROWS = 200

/**
 * The job summary: the verdict, the chain of custody and what a person needs next. Pure.
 * @param request what was asked for; without it (inputs at fault) there is no rollback command
 */
export function summarize(result: Result, request?: AppRequest): string {
  const sections = [
    verdictLine(result),
    result.note === undefined ? undefined : `**Reason given:** ${plain(result.note)}`,
    failure(result),
    custody(result.custody),
    workloads(result.workloads),
    checks(result.checks ?? []),
    versions(result.versions ?? []),
    plan(result.plan ?? []),
    removed(result.removed ?? []),
    goBack(result, request),
    footer(result),
  ].filter((section) => section !== undefined)
  return bounded(sections)
}

const SIGN: Readonly<Partial<Record<Outcome, string>>> = {
  planned: '📝',
  removed: '🧹',
  skipped: '⏭️',
  superseded: '⏩',
  cancelled: '🚫',
}

function verdictLine(result: Result): string {
  const sign = SIGN[result.outcome] ?? (isGreen(result.outcome) ? '✅' : '❌')
  const where = [result.app && plain(result.app), result.environment && `in **${plain(result.environment)}**`]
  const what = [
    result.digest && code(shortDigest(result.digest)),
    result.revision && `commit ${code(shortRevision(result.revision))}`,
  ]
  const subject = where.filter(Boolean).join(' ')
  const version = what.filter(Boolean).join(', ')
  return `## ${sign} ${result.action}: ${result.outcome}${subject ? ` — ${subject}` : ''}${version ? ` (${version})` : ''}`
}

const HOP: Readonly<Record<CustodyLink['hop'], string>> = {
  commit: 'commit',
  built: 'built',
  smoked: 'smoke-tested',
  promoted: 'promoted',
  running: 'running',
}

function custody(links: readonly CustodyLink[]): string | undefined {
  if (links.length === 0) return undefined
  const rows = links.map((link) => [HOP[link.hop], code(link.value), plain(link.evidence)])
  return `### Chain of custody\n\n${table(['', 'identity', 'established by'], rows)}`
}

function workloads(all: readonly WorkloadResult[]): string | undefined {
  if (all.length === 0) return undefined
  const namespaced = all.some((workload) => workload.namespace !== undefined)
  const head = ['workload', ...(namespaced ? ['namespace'] : []), 'verdict', 'replicas', 'runs', 'reason']
  const rows = all
    .slice(0, MAX_ROWS)
    .map((workload) => [
      workload.serving === undefined ? code(workload.name) : `${code(workload.name)}: ${code(workload.serving)} serves`,
      ...(namespaced ? [code(workload.namespace ?? '')] : []),
      workload.verdict,
      plain(workload.replicas ?? '–'),
      code(shortDigest(workload.digest ?? '')),
      [workload.reasonCode && code(workload.reasonCode), workload.reason && plain(workload.reason)]
        .filter(Boolean)
        .join(' ') || '–',
    ])
  return `### Workloads\n\n${table(head, rows)}${leftOut(all.length)}`
}

function checks(all: NonNullable<Result['checks']>): string | undefined {
  if (all.length === 0) return undefined
  const rows = all
    .slice(0, MAX_ROWS)
    .map((check) => [
      code(check.name),
      check.passed ? '✅' : '❌',
      formatDuration(check.ms),
      String(check.attempts),
      code(check.detail),
    ])
  return `### Checks\n\n${table(['check', '', 'time', 'attempts', 'detail'], rows)}${leftOut(all.length)}`
}

function versions(all: readonly VersionEntry[]): string | undefined {
  if (all.length === 0) return undefined
  const hasReasons = all.some(({ reason }) => reason !== undefined)
  const head = ['verified at', 'commit', 'digest', 'verdict', 'known by', ...(hasReasons ? ['reason given'] : [])]
  const rows = all
    .slice(0, MAX_ROWS)
    .map((version) => [
      plain(version.at ?? '–'),
      code(version.revision ?? ''),
      code(version.digest),
      version.verdict,
      version.knownBy.join(', '),
      ...(hasReasons ? [plain(version.reason ?? '–')] : []),
    ])
  return `### Versions\n\n${table(head, rows)}${leftOut(all.length)}`
}

function plan(lines: readonly string[]): string | undefined {
  return lines.length === 0 ? undefined : `### Plan: nothing was changed\n\n${fence(lines)}`
}

function removed(names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : `### Removed\n\n${fence(names.slice(0, MAX_ROWS))}${leftOut(names.length)}`
}

/** What went wrong, what was seen, what is left behind, what to do. Green results that carry a reason say only that. */
function failure(result: Result): string | undefined {
  if (result.reason === undefined) return undefined
  const parts = [`${result.reasonCode === undefined ? '' : `${code(result.reasonCode)}: `}${plain(result.reason)}`]
  const faults = (result.faults ?? []).map((fault) => faultLine(fault as Fault))
  if (faults.length > 0) parts.push(fence(faults.slice(0, MAX_ROWS)))
  if (result.evidence?.length) parts.push(fence(evidenceLines(result.evidence)))
  if (result.state !== undefined) parts.push(`**State left behind:** ${plain(result.state)}`)
  if (result.fix !== undefined && !isGreen(result.outcome)) parts.push(`**What to do:** ${plain(result.fix)}`)
  return parts.join('\n\n')
}

/** The command that goes back, wherever the target runs something that this run put there. */
function goBack(result: Result, request: AppRequest | undefined): string | undefined {
  const to = result.previousRevision ?? result.previousDigest
  const changed = result.outcome === 'healthy' || result.touched
  if (!request || !changed || to === undefined || request.environment === undefined) return undefined
  const command = rollbackCommand(request, to, result.previousVerified)
  if (command === undefined) return undefined
  return `### Go back\n\n${fence([rollbackDispatch(request.environment, to, result.previousVerified), '# or, with the CLI', command], 'sh')}`
}

function footer(result: Result): string | undefined {
  const steps = Object.entries(result.timings).map(([step, ms]) => `${plain(step)} ${formatDuration(ms)}`)
  const warnings = result.warnings.slice(0, MAX_ROWS).map((warning) => `- ⚠️ ${plain(warning)}`)
  const lines = [warnings.join('\n'), steps.length > 0 ? `<sub>${steps.join(' · ')}</sub>` : '']
  return lines.filter((line) => line !== '').join('\n\n') || undefined
}

function leftOut(total: number): string {
  return total > MAX_ROWS ? `\n\n… and ${String(total - MAX_ROWS)} more, all in the \`result\` output.` : ''
}

/** Whole sections as long as they fit: half a table or an open fence would spoil what follows. */
function bounded(sections: readonly string[]): string {
  let text = ''
  for (const section of sections) {
    if (Buffer.byteLength(text) + Buffer.byteLength(section) > MAX_BYTES) {
      text += '_A section was left out: the summary would have become too long._\n\n'
      continue
    }
    text += `${section}\n\n`
  }
  return text
}
