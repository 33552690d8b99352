import { appendFileSync } from 'node:fs'
import type { Io } from '../config/index.ts'
import { isGreen } from '../domain/outcome.ts'
import { createRedactor, redacted } from '../domain/redact.ts'
import type { Result } from '../domain/result.ts'
import { asDeployError } from '../errors/deploy-error.ts'
import { errorMessage } from '../errors/message.ts'
import type { Reporter } from '../ports.ts'
import { createGithubReporter, setOutputs, writeSummary } from '../reporting/github.ts'
import { redactingReporter } from '../reporting/redacting.ts'
import { resultText } from '../reporting/result-text.ts'
import type { Done, Voice } from '../compose/run.ts'

/** What every action does around its verb: signals, masks, state for the clean-up, outputs, summary, exit code. */
export async function main(action: Result['action'], verb: (io: Io, voice: Voice) => Promise<Done>): Promise<void> {
  const log = createGithubReporter()
  const redactor = createRedactor()
  const reporter = redactingReporter(log, redactor)
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => controller.abort())
  const { result: said, request } = await attempt(action, verb, {
    reporter,
    signal: controller.signal,
    mask(secrets) {
      redactor.add(secrets)
      log.mask(secrets)
    },
    remember: (token) => saveState(token, reporter),
  })
  const result = redacted(said, redactor)
  // The plan, the versions and the chain of custody belong into the log too: not everybody opens the summary.
  for (const text of resultText(result, request).trimEnd().split('\n')) reporter.emit({ type: 'info', text })
  // What happened is in the log and in the exit code: a file that cannot be written does not change it.
  await tolerated(reporter, 'the outputs were not set', () => setOutputs(result))
  await tolerated(reporter, 'the job summary was not written', async () => {
    const { summarize } = await import('../reporting/summary.ts')
    await writeSummary(redactor.clean(summarize(result, request)), process.env)
  })
  log.close()
  // Idle connections to engines and registries would keep the step open.
  process.exit(isGreen(result.outcome) ? 0 : 1)
}

async function tolerated(reporter: Reporter, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    reporter.emit({ type: 'warning', text: `${what}: ${errorMessage(error)}` })
  }
}

/** One line for the runner, before anything is made that it must find again. The toolkit would be 40 ms in its way. */
function saveState(token: string, reporter: Reporter): void {
  const file = process.env['GITHUB_STATE']
  if (!file) return
  try {
    appendFileSync(file, `token=${token}\n`)
  } catch (error) {
    const text = `what a killed run leaves will be removed by a later run, not at the end of this job: ${errorMessage(error)}`
    reporter.emit({ type: 'warning', text })
  }
}

async function attempt(
  action: Result['action'],
  verb: (io: Io, voice: Voice) => Promise<Done>,
  voice: Voice,
): Promise<Done> {
  try {
    return await verb({}, voice)
  } catch (thrown) {
    const error = asDeployError(thrown)
    voice.reporter.emit({
      type: 'failure',
      reason: error,
      ...(error.state === undefined ? {} : { state: error.state }),
    })
    const { refusal } = await import('../reporting/refusal.ts')
    return { result: refusal(action, error) }
  }
}
