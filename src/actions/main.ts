import { appendFileSync } from 'node:fs'
import type { Io } from '../config/index.ts'
import { isGreen } from '../domain/outcome.ts'
import type { Result } from '../domain/result.ts'
import { asDeployError } from '../errors/deploy-error.ts'
import { createGithubReporter, setOutputs, writeSummary } from '../reporting/github.ts'
import { resultText } from '../reporting/result-text.ts'
import type { Done, Voice } from '../compose/run.ts'

/** What every action does around its verb: signals, masks, state for the clean-up, outputs, summary, exit code. */
export async function main(action: Result['action'], verb: (io: Io, voice: Voice) => Promise<Done>): Promise<void> {
  const reporter = createGithubReporter()
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => controller.abort())
  const done = await attempt(action, verb, {
    reporter,
    signal: controller.signal,
    mask: (secrets) => reporter.mask(secrets),
    remember: saveState,
  })
  // The plan, the versions and the chain of custody belong into the log too: not everybody opens the summary.
  for (const text of resultText(done.result, done.request).trimEnd().split('\n')) reporter.emit({ type: 'info', text })
  reporter.close()
  await setOutputs(done.result)
  const { summarize } = await import('../reporting/summary.ts')
  await writeSummary(summarize(done.result, done.request), process.env)
  // Idle connections to engines and registries would keep the step open.
  process.exit(isGreen(done.result.outcome) ? 0 : 1)
}

/** One line for the runner, before anything is made that it must find again. The toolkit would be 40 ms in its way. */
function saveState(token: string): void {
  const file = process.env['GITHUB_STATE']
  if (file) appendFileSync(file, `token=${token}\n`)
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
