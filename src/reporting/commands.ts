import { randomUUID } from 'node:crypto'

/** One workflow command, `::name key=value::data`, in a form that the runner reads back exactly. */
export function workflowCommand(
  name: string,
  data: string,
  properties: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const pairs = Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${escapeProperty(String(value))}`)
  return `::${name}${pairs.length > 0 ? ` ${pairs.join(',')}` : ''}::${escapeData(data)}\n`
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/**
 * The log as a stream of two kinds: commands that the runner obeys, and text that it must only show.
 * Text is written between `::stop-commands::` and its random token, so that no line of it can be a command.
 */
export class CommandStream {
  readonly #write: (text: string) => void
  readonly #token = randomUUID()
  #stopped = false

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  command(...command: Parameters<typeof workflowCommand>): void {
    if (this.#stopped) this.#write(`::${this.#token}::\n`)
    this.#stopped = false
    this.#write(workflowCommand(...command))
  }

  /** @param line clean text, one line */
  text(line: string): void {
    if (!this.#stopped) this.#write(`::stop-commands::${this.#token}\n`)
    this.#stopped = true
    this.#write(`${line}\n`)
  }

  /** Lets the runner listen again; without it the commands of later code would be ignored. */
  resume(): void {
    if (this.#stopped) this.#write(`::${this.#token}::\n`)
    this.#stopped = false
  }
}
