/** As Linux numbers them, whatever this machine is: containers run on it. */
const NAMES = [
  ...['HUP', 'INT', 'QUIT', 'ILL', 'TRAP', 'ABRT', 'BUS', 'FPE', 'KILL', 'USR1', 'SEGV', 'USR2', 'PIPE', 'ALRM'],
  ...['TERM', 'STKFLT', 'CHLD', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU', 'URG', 'XCPU', 'XFSZ', 'VTALRM', 'PROF'],
  ...['WINCH', 'IO', 'PWR', 'SYS'],
]
const FIRST_REAL_TIME_SIGNAL = 34

/** The signals that a file may name. */
export const SIGNAL_NAMES: readonly string[] = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGKILL',
  'SIGUSR1',
  'SIGUSR2',
  'SIGTERM',
  'SIGWINCH',
]

/** The name of an image's `STOPSIGNAL`: `SIGQUIT`, `QUIT`, `3`, `SIGRTMIN+3`. Without one engines send SIGTERM. */
export function signalName(text: string | undefined): string {
  const plain = (text ?? '').trim().toUpperCase()
  if (plain === '') return 'SIGTERM'
  if (/^\d+$/.test(plain)) {
    const name = NAMES[Number(plain) - 1]
    return name === undefined ? plain : `SIG${name}`
  }
  return plain.startsWith('SIG') ? plain : `SIG${plain}`
}

/** Exit codes of a process that ends as it should after this signal: its own, or the one of the signal. */
export function cleanExits(signal: string): readonly number[] {
  const number = numberOf(signal)
  return number === undefined ? [0] : [0, 128 + number]
}

function numberOf(signal: string): number | undefined {
  const real = /^SIGRTMIN(?:\+(\d+))?$/.exec(signal)
  if (real) return FIRST_REAL_TIME_SIGNAL + Number(real[1] ?? 0)
  if (/^\d+$/.test(signal)) return Number(signal)
  const index = NAMES.indexOf(signal.slice('SIG'.length))
  return index < 0 ? undefined : index + 1
}
