import { isGreen } from '../domain/outcome.ts'
import type { AppRequest } from '../domain/request.ts'
import type { Result } from '../domain/result.ts'
import { rollbackCommand } from './rollback-command.ts'
import { oneLine } from '../domain/text.ts'

/** The result for a person at a terminal: what the live lines above did not say already. Ends with a line break. */
export function resultText(result: Result, request?: AppRequest): string {
  const lines = [
    ...(result.plan?.length ? ['plan (nothing was changed):', ...result.plan.map((line) => `  ${line}`), ''] : []),
    ...columns(
      (result.versions ?? []).map((version) => [
        version.verdict,
        version.at ?? '-',
        version.revision ?? '-',
        version.digest,
        version.knownBy.join('+'),
        version.reason ?? '',
      ]),
    ),
    ...columns(result.custody.map((link) => [link.hop, link.value, link.evidence])),
    ...(result.workloads.length > 1
      ? columns(
          result.workloads.map((workload) => [
            workload.serving ?? workload.name,
            workload.verdict,
            workload.replicas ?? '',
            workload.digest ?? '',
          ]),
        )
      : []),
    ...(result.removed?.length ? ['removed:', ...result.removed.map((name) => `  ${name}`), ''] : []),
    verdict(result),
    ...rollbackHint(result, request),
  ]
  return lines.map((line) => `${oneLine(line)}\n`).join('')
}

function verdict(result: Result): string {
  const place = result.environment === undefined ? '' : ` in ${result.environment}`
  const why = isGreen(result.outcome) && result.reason !== undefined ? `: ${result.reason}` : ''
  return `${result.action}${place}: ${result.outcome}${why}`
}

function rollbackHint(result: Result, request: AppRequest | undefined): string[] {
  const to = result.previousRevision ?? result.previousDigest
  if (!request || to === undefined || !(result.outcome === 'healthy' || result.touched)) return []
  const command = rollbackCommand(request, to, result.previousVerified)
  return command === undefined ? [] : [`go back: ${command}`]
}

/** Rows with their cells padded to the widest of each column, and an empty line after them. */
function columns(rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  const clean = rows.map((row) => row.map(oneLine))
  const widths = (clean[0] ?? []).map((_, at) => Math.max(...clean.map((row) => row[at]?.length ?? 0)))
  return [
    ...clean.map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
    '',
  ]
}
