import { attempt } from '../compose/attempt.ts'
import { isGreen } from '../domain/outcome.ts'
import { createRedactor } from '../domain/redact.ts'
import { errorMessage } from '../errors/message.ts'
import type { Reporter } from '../ports.ts'
import { saveState, setOutputs, writeSummary } from '../reporting/file-commands.ts'
import { createGithubReporter } from '../reporting/github.ts'
import { outputsOf } from '../reporting/outputs.ts'
import { redactingReporter } from '../reporting/redacting.ts'
import { resultText } from '../reporting/result-text.ts'
import { summarize } from '../reporting/summary.ts'
import type { Verb } from '../verbs/verb.ts'

const LEFT_TO_OTHERS = 'what a killed run leaves will be removed by a later run, not at the end of this job'

/** What every action does before and after its verb: signals, masks, state for the clean-up, outputs, summary, exit code. */
export async function main(verb: Verb): Promise<void> {
  const log = createGithubReporter()
  const redactor = createRedactor()
  const reporter = redactingReporter(log, redactor)
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort())
  const { result, request } = await attempt(
    verb,
    {},
    {
      redactor,
      reporter: log,
      signal: controller.signal,
      mask: (secrets) => log.mask(secrets),
      remember: (token) => tolerated(reporter, LEFT_TO_OTHERS, () => saveState('token', token, process.env)),
    },
  )
  // The plan, the versions and the chain of custody belong into the log too: not everybody opens the summary.
  for (const text of resultText(result, request).trimEnd().split('\n')) reporter.emit({ type: 'info', text })
  // What happened is in the log and in the exit code: a file that cannot be written does not change it.
  tolerated(reporter, 'the outputs were not set', () => setOutputs(outputsOf(result), process.env))
  const summary = redactor.clean(summarize(result, request))
  tolerated(reporter, 'the job summary was not written', () => writeSummary(summary, process.env))
  log.close()
  // Idle connections to engines and registries would keep the step open.
  process.exit(isGreen(result.outcome) ? 0 : 1)
}

function tolerated(reporter: Reporter, what: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    reporter.emit({ type: 'warning', text: `${what}: ${errorMessage(error)}` })
  }
}
