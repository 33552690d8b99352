/** Readiness of an image that says nothing but its one exposed port. */
import type { Duration } from '../domain/duration.ts'
import type { ProbeContext } from './ask.ts'
import { ask, listens } from './ask.ts'
import { judgeHttp } from './checks/http.ts'
import type { Attempt } from './poll.ts'
import type { HttpExpectation, HttpProbe } from './spec.ts'
import { BELOW_500, expecting } from './spec.ts'
import type { Subject } from './subject.ts'

export interface OnlyPort {
  readonly port: number
  /** A check of the file asks it in HTTP: then nothing else will do. */
  readonly speaksHttp: boolean
}

const BELOW: HttpExpectation = expecting(BELOW_500)
/**
 * Databases and brokers take a connection and close it, or wait for a client that speaks first. An HTTP server that is
 * still starting may look the same for a moment.
 */
const SILENT_FOR_MS: Duration = 5000

/** One attempt after another: what the port does is only known from how long it has done it. */
export function onlyPort(
  subject: Subject,
  { port, speaksHttp }: OnlyPort,
  context: ProbeContext,
): (limit: Duration) => Promise<Attempt> {
  const probe: HttpProbe = { scheme: 'http', method: 'GET', port, path: '/', headers: {}, body: undefined }
  let silentSince: number | undefined
  return async (limit) => {
    const asked = context.clock.now()
    const result = await ask(subject, probe, context, limit)
    if (speaksHttp || !('trouble' in result)) return judgeHttp(result, BELOW)
    const { kind, text } = result.trouble
    if (kind === 'not-http') {
      return { passed: true, detail: `port ${String(port)} answers, in another protocol than HTTP` }
    }
    const silent = kind === 'closed' || kind === 'timeout'
    if (!silent || !(await listens(subject, port, context, limit)).passed) {
      silentSince = undefined
      return { passed: false, detail: text }
    }
    silentSince ??= asked
    const passed = context.clock.now() - silentSince >= SILENT_FOR_MS
    const detail = `port ${String(port)} takes connections and says nothing in HTTP: ready by TCP alone`
    return { passed, detail: passed ? detail : text }
  }
}
