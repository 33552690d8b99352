const MEANINGS: Readonly<Record<number, string>> = {
  1: 'a general error of the program',
  125: 'the engine could not run the container',
  126: 'the command cannot be executed: not executable, or no permission',
  127: 'the command was not found in the image',
  132: 'SIGILL: an instruction that this processor does not know',
  134: 'SIGABRT: the program aborted itself',
  135: 'SIGBUS',
  136: 'SIGFPE',
  137: 'SIGKILL: out of memory, or killed from outside',
  139: 'SIGSEGV: the program crashed with a memory error',
  143: 'SIGTERM: it was asked to stop',
}

/** What a process's exit code usually means: `exit code 143 (SIGTERM: it was asked to stop)`. */
export function exitText(code: number): string {
  const meaning = MEANINGS[code] ?? (code > 128 && code < 160 ? `signal ${String(code - 128)}` : undefined)
  return `exit code ${String(code)}${meaning === undefined ? '' : ` (${meaning})`}`
}
