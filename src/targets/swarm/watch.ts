/** Wakes a waiting rollout when its services or their containers on this engine change: one event stream, polling beneath. */
import { openDeadline } from '../../async/deadline.ts'
import type { Duration } from '../../domain/duration.ts'
import type { Clock, EngineApi } from '../../ports.ts'

export interface Watch {
  /** Resolves after an event of one of these services, at the latest after `ms`. */
  changed(names: readonly string[], ms: Duration, signal: AbortSignal): Promise<void>
  close(): void
}

const EVENTS = ['create', 'update', 'remove', 'start', 'die', 'oom', 'health_status']
/** Several services change within a moment: one look serves them all. */
const GATHER_MS = 30
/** The manager learns of a task's new state a little after its container's event; other nodes send no events at all. */
const LIVELY_MS = 2000
const LIVELY_POLL_MS = 100

export function createWatch(api: EngineApi, clock: Clock): Watch {
  const closing = new AbortController()
  let wake = new AbortController()
  let names: ReadonlySet<string> = new Set()
  let lastEvent = 0
  let listening = false

  async function listen(): Promise<void> {
    try {
      const filters = { type: ['service', 'container'], event: EVENTS }
      const stream = await api.stream('GET', '/events', { query: { filters }, signal: closing.signal })
      if (stream.status !== 200) return
      let rest = ''
      for await (const chunk of stream.body) {
        const lines = (rest + Buffer.from(chunk).toString('utf8')).split('\n')
        rest = lines.pop() ?? ''
        if (lines.some((line) => names.has(serviceOf(line)))) ring()
      }
    } catch {
      // Without events the floor of polling still finds everything.
    } finally {
      listening = false
    }
  }

  function ring(): void {
    lastEvent = clock.now()
    wake.abort()
  }

  return {
    async changed(wanted, ms, signal) {
      names = new Set(wanted)
      if (!listening && !closing.signal.aborted) {
        listening = true
        void listen()
      }
      const lively = clock.now() - lastEvent < LIVELY_MS
      const either = openDeadline({ signal }, wake.signal)
      await clock.sleep(lively ? Math.min(ms, LIVELY_POLL_MS) : ms, either.signal)
      either.close()
      if (!wake.signal.aborted || signal.aborted) return
      await clock.sleep(GATHER_MS, signal)
      wake = new AbortController()
    },
    close() {
      closing.abort()
    },
  }
}

/** The service that an event is about; empty for any other line. */
export function serviceOf(line: string): string {
  try {
    const event = JSON.parse(line) as { Type?: unknown; Actor?: { Attributes?: Record<string, unknown> } }
    const attributes = event.Actor?.Attributes ?? {}
    const name = event.Type === 'service' ? attributes.name : attributes['com.docker.swarm.service.name']
    return typeof name === 'string' ? name : ''
  } catch {
    return ''
  }
}
