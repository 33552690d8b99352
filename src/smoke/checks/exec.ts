import { formatDuration } from '../../domain/duration.ts'
import type { ExecResult } from '../../ports.ts'
import { exitText } from '../../domain/exit-code.ts'
import { broken } from '../pattern.ts'
import type { Attempt } from '../poll.ts'
import type { ExecCheck } from '../spec.ts'
import { excerpt } from '../text.ts'

/** Compares what a command did with what was expected; pure. */
export function judgeExec(result: ExecResult, ms: number, check: ExecCheck): Attempt {
  const fault = faultOf(result, ms, check)
  if (fault === undefined)
    return { passed: true, detail: `exit code ${String(result.exitCode)} in ${formatDuration(ms)}` }
  const output = excerpt([result.stderr, result.stdout].filter((text) => text.trim() !== '').join(' | '))
  return { passed: false, detail: `${fault}${output === '' ? ', no output' : `, output: ${output}`}` }
}

function faultOf(result: ExecResult, ms: number, check: ExecCheck): string | undefined {
  if (!check.exit.includes(result.exitCode)) {
    return `expected exit code ${check.exit.join(' or ')}, got ${exitText(result.exitCode)}`
  }
  const patterns = broken(check.stdout, result.stdout, 'stdout') ?? broken(check.stderr, result.stderr, 'stderr')
  if (patterns !== undefined) return patterns
  if (check.within !== undefined && ms > check.within) {
    return `it took ${formatDuration(ms)}, expected within ${formatDuration(check.within)}`
  }
  return undefined
}
