import { errorMessage } from '../errors/message.ts'
import type { Reporter } from '../ports.ts'

/** Helper processes and private folders of runs that were killed: every later run ends and removes them. */
export async function sweepMachine(env: Readonly<Record<string, string | undefined>>, reporter: Reporter) {
  try {
    const { sweepLeftovers, temporaryFolder } = await import('../adapters/process/leftovers.ts')
    sweepLeftovers(temporaryFolder(env))
  } catch (error) {
    reporter.emit({ type: 'notice', text: `what killed runs left here was not removed: ${errorMessage(error)}` })
  }
}
