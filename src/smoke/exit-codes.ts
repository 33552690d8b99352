const MEANINGS: Readonly<Record<number, string>> = {
  1: 'a general error of the program',
  125: 'the engine could not run the container',
  126: 'the entrypoint cannot be executed: not executable, or no permission',
  127: 'the entrypoint was not found in the image',
  132: 'SIGILL: an instruction that this processor does not know',
  134: 'SIGABRT: the program aborted itself',
  135: 'SIGBUS',
  136: 'SIGFPE',
  137: 'SIGKILL: out of memory, or killed from outside',
  139: 'SIGSEGV: the program crashed with a memory error',
  143: 'SIGTERM: it was asked to stop',
}

/** `exit code 137 (SIGKILL: out of memory, or killed from outside)` */
export function exitText(code: number): string {
  const meaning = MEANINGS[code] ?? (code > 128 && code < 160 ? `signal ${String(code - 128)}` : undefined)
  return `exit code ${String(code)}${meaning === undefined ? '' : ` (${meaning})`}`
}

const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGTERM: 15,
  SIGWINCH: 28,
}

/** The exit code of a process that this signal ended; undefined for a signal that we do not know. */
export function exitCodeOf(signal: string): number | undefined {
  const number = SIGNALS[signal]
  return number === undefined ? undefined : 128 + number
}

export const SIGNAL_NAMES: readonly string[] = Object.keys(SIGNALS)
