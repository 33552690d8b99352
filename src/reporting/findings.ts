import type { Findings, Reporter } from '../ports.ts'
import type { Event } from './events.ts'

/** Passes every event on and keeps what the result document repeats: warnings and how long each step took. */
export function collectFindings(reporter: Reporter): { reporter: Reporter; findings: () => Findings } {
  const warnings: string[] = []
  const timings: Record<string, number> = {}
  return {
    findings: () => ({ warnings: [...warnings], timings: { ...timings } }),
    reporter: {
      emit(event: Event) {
        if (event.type === 'warning') warnings.push(event.text)
        if (event.type === 'step.finished') timings[event.step] = Math.round((timings[event.step] ?? 0) + event.ms)
        reporter.emit(event)
      },
    },
  }
}
