import { attempt } from '../compose/attempt.ts'
import { createRedactor } from '../domain/redact.ts'
import type { Redactor } from '../domain/redact.ts'
import { exitCode } from '../domain/outcome.ts'
import type { Reporter } from '../ports.ts'
import { createEventStream } from '../reporting/jsonl.ts'
import { resultJson } from '../reporting/outputs.ts'
import { resultText } from '../reporting/result-text.ts'
import { createTerminalReporter } from '../reporting/terminal.ts'
import type { Done, Verb } from '../verbs/verb.ts'

/** Reports while a command works, and prints its result at the end. */
interface CommandReporter extends Reporter {
  end(done: Done): void
}

/**
 * Runs one command of the pipeline. Progress goes to stderr; stdout carries the result alone: as text for people, as one
 * document with `--json`, as the last of the event lines with `--events`.
 * @returns the exit code
 */
export async function run(verb: Verb, argv: readonly string[]): Promise<number> {
  if (argv.includes('--help')) {
    const { helpFor } = await import('../config/index.ts')
    process.stdout.write(`${helpFor(verb).trimEnd()}\n`)
    return 0
  }
  const redactor = createRedactor()
  const reporter = createCommandReporter(argv, redactor)
  const signal = stopOnSignals(reporter)
  const nothing = () => undefined
  const done = await attempt(verb, { argv }, { redactor, reporter, signal, mask: nothing, remember: nothing })
  reporter.end(done)
  const { outcome, touched, reasonCode } = done.result
  return exitCode(outcome, { touched, misuse: reasonCode === 'invalid-input' })
}

function createCommandReporter(argv: readonly string[], { clean }: Redactor): CommandReporter {
  const print = (text: string) => void process.stdout.write(text)
  if (argv.includes('--events')) {
    const stream = createEventStream(print)
    return { emit: (event) => stream.emit(event), end: ({ result }) => stream.result(result) }
  }
  const { stderr } = process
  const screen = {
    isTTY: stderr.isTTY,
    get columns() {
      return stderr.columns
    },
    write: (text: string) => stderr.write(text),
  }
  const terminal = createTerminalReporter(screen, process.env)
  return {
    emit: (event) => terminal.emit(event),
    end({ result, request }) {
      terminal.close()
      // The rollback command is made of the request.
      print(argv.includes('--json') ? `${resultJson(result)}\n` : clean(resultText(result, request)))
    },
  }
}

/** The first signal ends the run in order, with the target left or restored as asked; the second one ends the process. */
function stopOnSignals(reporter: Reporter): AbortSignal {
  const controller = new AbortController()
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130)
    reporter.emit({ type: 'notice', text: 'stopping in order; once more kills' })
    controller.abort()
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal)
  return controller.signal
}
