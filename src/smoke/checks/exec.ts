import { formatDuration } from '../../domain/duration.ts'
import type { ExecResult } from '../../ports.ts'
import { exitText } from '../../domain/exit-code.ts'
import { brokenInStart } from '../pattern.ts'
import type { Attempt } from '../poll.ts'
import type { ExecCheck } from '../spec.ts'
import { excerpt } from '../text.ts'

/** What is kept of a command's output. */
const OUTPUT_LIMIT = '1 MiB'

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
  const limit = result.cut ? OUTPUT_LIMIT : undefined
  const patterns =
    brokenInStart(check.stdout, result.stdout, limit, 'stdout') ??
    brokenInStart(check.stderr, result.stderr, limit, 'stderr')
  if (patterns !== undefined) return patterns
  if (check.within !== undefined && ms > check.within) {
    return `it took ${formatDuration(ms)}, expected within ${formatDuration(check.within)}`
  }
  return undefined
}
