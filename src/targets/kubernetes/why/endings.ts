// How often and why a container ended, or why it runs and is not ready. Pure.
import { exitText } from '../../../domain/exit-code.ts'
import { isWrongPlatform } from '../../../domain/wrong-platform.ts'
import type { Duration } from '../../../domain/duration.ts'
import { describeProbe } from '../api/probe.ts'
import type { Container, ContainerStatus, KubeEvent, Terminated } from '../api/schema.ts'
import type { Make, Trouble } from './trouble.ts'

/** A container that ended this often is not warming up. */
const CERTAIN_ENDINGS = 3
/** A run that lasted so long had started: it died later. */
const LIVED_MS: Duration = 10_000
/** Reasons to wait before the first start. */
const STARTING = new Set(['ContainerCreating', 'PodInitializing'])

export const NO_PROGRAM =
  /executable file not found|no such file or directory|permission denied|not a directory|is a directory/i

export interface Ended {
  readonly container: Container
  readonly init: boolean
  readonly status: ContainerStatus
  /** Warnings about this container. */
  readonly events: readonly KubeEvent[]
}

/** Why a container that could be started is not ready. */
export function endingTroubles({ container, init, status, events }: Ended, make: Make): Trouble[] {
  const { state, lastState, restartCount } = status
  const done = state?.terminated
  if (init && done?.exitCode === 0) return []
  const last = done ?? lastState?.terminated
  const waits = state?.waiting?.reason
  const down = Boolean(done) || (waits !== undefined && !STARTING.has(waits ?? ''))
  if (last && down) return [endingTrouble(last, restartCount + 1, events, make)]
  if (state?.waiting?.reason === 'RunContainerError') {
    return [startTrouble(state.waiting.message ?? '', undefined, restartCount + 1, make)]
  }
  if (state?.running && !init && status.ready !== true) {
    // Between two looks it may have ended and begun again: what counts is how often.
    return last && restartCount >= CERTAIN_ENDINGS
      ? [endingTrouble(last, restartCount, events, make)]
      : [notReady(container, events, make)]
  }
  if (state?.running && init) return [make('is still running', 'rollout-timeout', 'never')]
  return []
}

function endingTrouble(last: Terminated, endings: number, events: readonly KubeEvent[], make: Make): Trouble {
  if (last.reason === 'StartError' || last.reason === 'ContainerCannotRun' || last.reason === 'RunContainerError') {
    return startTrouble(last.message ?? '', last.exitCode, endings, make)
  }
  const certain = endings >= CERTAIN_ENDINGS ? 0 : 'never'
  const times = endings === 1 ? 'once' : `${String(endings)} times`
  const note = last.message ? `: ${last.message.trim().slice(0, 300)}` : ''
  const ended = `ended ${times}, last with ${exitText(last.exitCode)}${note}`
  const trouble = crash()
  return { ...trouble, unlessOthersReady: true }

  function crash(): Trouble {
    if (last.reason === 'OOMKilled') return make(`was killed for its memory: it ${ended}`, 'out-of-memory', certain)
    // A probe that fails while the app goes down by itself ended nothing.
    const killing = events.find(isProbeKill)
    if (killing) {
      const failed = events.find(({ reason, message }) => {
        return reason === 'Unhealthy' && /^(Liveness|Startup) probe/.test(message ?? '')
      })
      const reported = failed?.message ?? killing.message ?? ''
      return make(`${ended}, after its probe failed: ${reported}`, 'unhealthy', certain)
    }
    if (last.exitCode === 0) return make(ended, 'exited', certain)
    return make(ended, livedOf(last) >= LIVED_MS ? 'died-after-ready' : 'crash-on-start', certain)
  }
}

/** The node ended a container because a probe of it failed too often. */
export function isProbeKill({ reason, message }: KubeEvent): boolean {
  return reason === 'Killing' && /failed (liveness|startup) probe/.test(message ?? '')
}

function startTrouble(message: string, exitCode: number | undefined, endings: number, make: Make): Trouble {
  const what = `cannot be started: ${message}`
  if (isWrongPlatform(message)) return make(what, 'wrong-platform', 0)
  // 128 is also what a node in trouble gives: it is certain only with a message about the program itself.
  if (NO_PROGRAM.test(message) || (exitCode !== undefined && exitCode !== 128)) return make(what, 'cannot-start', 0)
  return make(what, 'cannot-start', endings >= CERTAIN_ENDINGS ? 0 : 'never')
}

function livedOf({ startedAt, finishedAt }: Terminated): Duration {
  const lived = Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '')
  return Number.isFinite(lived) ? lived : 0
}

function notReady(container: Container, events: readonly KubeEvent[], make: Make): Trouble {
  const event = events.find(({ reason, message }) => {
    return reason === 'Unhealthy' && /^(Readiness|Startup|Liveness) probe/.test(message ?? '')
  })
  const probe =
    container.startupProbe && event?.message?.startsWith('Startup') ? container.startupProbe : container.readinessProbe
  const reported = event?.message ? `: ${event.message.trim().slice(0, 300)}` : ''
  const which = probe
    ? `its ${probe === container.startupProbe ? 'startup' : 'readiness'} probe ${describeProbe(probe)} does not pass`
    : 'it is not ready'
  return make(`runs, but ${which}${reported}`, 'unhealthy', 'never', {
    fix: 'Read the probe’s answer and the log lines; if the app only needs longer, raise failureThreshold or initialDelaySeconds of the probe, or timeout.',
  })
}
