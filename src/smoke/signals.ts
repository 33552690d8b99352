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
