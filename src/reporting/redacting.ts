import { redacted } from '../domain/redact.ts'
import type { Redactor } from '../domain/redact.ts'
import type { Reporter } from '../ports.ts'
import type { Event } from './events.ts'
import { faultsOf } from './explain.ts'

/** Hands only clean events to the reporter: what is cut or laid out later cannot show a secret any more. */
export function redactingReporter(reporter: Reporter, redactor: Redactor): Reporter {
  return { emit: (event) => reporter.emit(redacted(plain(event), redactor)) }
}

/** A failure's reason may be an error object; only its facts are passed on. */
function plain(event: Event): Event {
  if (event.type !== 'failure') return event
  const { code, what, evidence, fix } = event.reason
  const faults = faultsOf(event)
  return {
    ...event,
    reason: { code, what, ...(evidence ? { evidence } : {}), ...(fix === undefined ? {} : { fix }) },
    ...(faults.length > 0 ? { faults } : {}),
  }
}
