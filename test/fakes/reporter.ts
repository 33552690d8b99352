import type { Reporter } from '../../src/ports.ts'
import type { Event } from '../../src/reporting/events.ts'

/** Keeps every event, for assertions. */
export class FakeReporter implements Reporter {
  readonly events: Event[] = []

  emit(event: Event): void {
    this.events.push(event)
  }

  texts(type: 'warning' | 'notice' | 'info'): string[] {
    return this.events.flatMap((event) => (event.type === type ? [event.text] : []))
  }

  steps(): string[] {
    return this.events.flatMap((event) => (event.type === 'step.finished' ? [`${event.step} ${event.result}`] : []))
  }
}
