// What is wrong with one pod, and how certain it is. Pure.
import { exitText } from '../../domain/exit-code.ts'
import type { Duration } from '../../domain/duration.ts'
import type { ReasonCode } from '../../errors/catalogue.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import { describeProbe } from './probe.ts'
import type { Container, ContainerStatus, KubeEvent, Pod, Terminated } from './schema.ts'

export interface Trouble {
  /** Stays the same from look to look: since when it lasts is remembered under it. */
  readonly key: string
  readonly reason: Reason
  /** How long it must have lasted to be certain; `never`: it only becomes the reason when time runs out. */
  readonly certainAfter: Duration | 'never'
  /** Not while a sibling of the same version is ready: a warm-up that some survive. */
  readonly unlessOthersReady?: boolean
  readonly pod: string
  readonly container?: string
}

const PULL_GRACE: Duration = 60_000
const SCHEDULE_GRACE: Duration = 120_000
const MOUNT_GRACE: Duration = 20_000
const CREATE_GRACE: Duration = 30_000
/** A container that ended this often is not warming up. */
const ENDINGS = 3
/** A run that lasted so long had started: it died later. */
const LIVED: Duration = 10_000

const ABSENT = /code = NotFound|manifest unknown|name unknown|not found/i
const NETWORK = /no such host|lookup |connection refused|i\/o timeout|deadline exceeded/i
const NO_PLATFORM = /no match(ing manifest)? for platform|does not match the specified platform|exec format error/i
const NO_PROGRAM =
  /executable file not found|no such file or directory|permission denied|not a directory|is a directory/i

/** Everything that keeps this pod from being ready, worst first. `events`: warnings about this pod. */
export function troublesOf(pod: Pod, events: readonly KubeEvent[]): Trouble[] {
  const containers = [
    ...(pod.spec.initContainers ?? []).map((container) => ({ container, init: container.restartPolicy !== 'Always' })),
    ...pod.spec.containers.map((container) => ({ container, init: false })),
  ]
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  const found = containers.flatMap(({ container, init }) => {
    const status = statuses.find(({ name }) => name === container.name)
    return status ? ofContainer(pod, container, init, status, events) : []
  })
  return [...found, ...ofScheduling(pod), ...ofMounts(pod, events)].sort(
    (one, other) => certainty(one) - certainty(other),
  )
}

function certainty({ certainAfter }: Trouble): number {
  return certainAfter === 'never' ? Number.POSITIVE_INFINITY : certainAfter
}

function ofContainer(
  pod: Pod,
  container: Container,
  init: boolean,
  status: ContainerStatus,
  events: readonly KubeEvent[],
): Trouble[] {
  const waiting = status.state?.waiting
  const name = `${pod.metadata.name}: ${init ? 'init container' : 'container'} ${container.name}`
  const trouble = (
    what: string,
    code: ReasonCode,
    certainAfter: Trouble['certainAfter'],
    more: { fix?: string; key?: string } = {},
  ): Trouble => ({
    key: `${more.key ?? code}:${pod.metadata.uid}:${container.name}`,
    reason: { code, what: `${name} ${what}`, ...(more.fix === undefined ? {} : { fix: more.fix }) },
    certainAfter,
    pod: pod.metadata.name,
    container: container.name,
  })
  const message = waiting?.message ?? ''
  switch (waiting?.reason ?? '') {
    case 'InvalidImageName':
    case 'ErrImageNeverPull':
      return [trouble(`cannot use its image: ${waiting?.reason ?? ''}: ${message}`, 'image-pull-failed', 0)]
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'RegistryUnavailable':
    case 'ImageInspectError':
    case 'SignatureValidationFailed':
      return [pullTrouble(trouble, container, message, pullEvent(events, container.name))]
    case 'CreateContainerConfigError':
      if (/failed to sync .*cache/i.test(message))
        return [trouble(`waits for its configuration: ${message}`, 'bad-config-reference', PULL_GRACE)]
      return [
        /configmap|secret|key/i.test(message)
          ? trouble(`refers to configuration that is not there: ${message}`, 'bad-config-reference', 0)
          : trouble(`cannot be configured: ${message}`, 'cannot-start', 0),
      ]
    case 'CreateContainerError':
      return [
        trouble(
          `cannot be created: ${message}`,
          'cannot-start',
          /no command specified/.test(message) || NO_PROGRAM.test(message) ? 0 : CREATE_GRACE,
        ),
      ]
    default:
      return endingTroubles(pod, container, init, status, events, trouble)
  }
}

type Make = (
  what: string,
  code: ReasonCode,
  certainAfter: Trouble['certainAfter'],
  more?: { fix?: string; key?: string },
) => Trouble

function pullTrouble(make: Make, container: Container, message: string, event: string): Trouble {
  const said = [message, event].filter((text) => text !== '').join(' | ')
  const what = `cannot pull ${container.image ?? 'its image'}: ${said}`
  if (NO_PLATFORM.test(said)) return make(what, 'wrong-platform', 0)
  if (ABSENT.test(said) && !NETWORK.test(said)) return make(what, 'image-pull-failed', 0)
  const fix = /unauthorized|denied|forbidden|authentication|authorization/i.test(said)
    ? 'The registry refuses the nodes: give the service account or the pod template imagePullSecrets that may read the repository.'
    : undefined
  return make(what, 'image-pull-failed', PULL_GRACE, { key: 'pull', ...(fix === undefined ? {} : { fix }) })
}

function endingTroubles(
  pod: Pod,
  container: Container,
  init: boolean,
  status: ContainerStatus,
  events: readonly KubeEvent[],
  make: Make,
): Trouble[] {
  const { state, lastState, restartCount } = status
  const done = state?.terminated
  if (init && done?.exitCode === 0) return []
  const last = done ?? lastState?.terminated
  const down =
    done !== undefined && done !== null
      ? true
      : state?.waiting?.reason !== undefined &&
        state.waiting?.reason !== 'ContainerCreating' &&
        state.waiting?.reason !== 'PodInitializing'
  if (last && down) return [endingTrouble(pod, container.name, last, restartCount + 1, events, make)]
  if (state?.waiting?.reason === 'RunContainerError') {
    return [startTrouble(state.waiting.message ?? '', undefined, restartCount + 1, make)]
  }
  if (state?.running && !init && status.ready !== true) {
    // Between two looks it may have ended and begun again: what counts is how often.
    return last && restartCount >= ENDINGS
      ? [endingTrouble(pod, container.name, last, restartCount, events, make)]
      : [notReady(pod, container, events, make)]
  }
  if (state?.running && init) return [make('is still running', 'rollout-timeout', 'never')]
  return []
}

function endingTrouble(
  pod: Pod,
  container: string,
  last: Terminated,
  endings: number,
  events: readonly KubeEvent[],
  make: Make,
): Trouble {
  if (last.reason === 'StartError' || last.reason === 'ContainerCannotRun' || last.reason === 'RunContainerError') {
    return startTrouble(last.message ?? '', last.exitCode, endings, make)
  }
  const certain = endings >= ENDINGS ? 0 : 'never'
  const times = endings === 1 ? 'once' : `${String(endings)} times`
  const note = last.message ? `: ${last.message.trim().slice(0, 300)}` : ''
  const ended = `ended ${times}, last with ${exitText(last.exitCode)}${note}`
  const trouble = crash()
  return { ...trouble, unlessOthersReady: true }

  function crash(): Trouble {
    if (last.reason === 'OOMKilled') return make(`was killed for its memory: it ${ended}`, 'out-of-memory', certain)
    const own = events.filter(({ involvedObject }) => (involvedObject.fieldPath ?? '').includes(`{${container}}`))
    // A probe that fails while the app goes down by itself ended nothing.
    const killing = own.find(isProbeKill)
    if (killing) {
      const failed = own.find(({ reason, message }) => {
        return reason === 'Unhealthy' && /^(Liveness|Startup) probe/.test(message ?? '')
      })
      const said = failed?.message ?? killing.message ?? ''
      return make(`${ended}, after its probe failed: ${said}`, 'unhealthy', certain)
    }
    if (last.exitCode === 0) return make(ended, 'exited', certain)
    return make(ended, livedOf(last) >= LIVED ? 'died-after-ready' : 'crash-on-start', certain)
  }
}

/** The node ended a container because a probe of it failed too often. */
export function isProbeKill({ reason, message }: KubeEvent): boolean {
  return reason === 'Killing' && /failed (liveness|startup) probe/.test(message ?? '')
}

function startTrouble(message: string, exitCode: number | undefined, endings: number, make: Make): Trouble {
  const what = `cannot be started: ${message}`
  if (NO_PLATFORM.test(message)) return make(what, 'wrong-platform', 0)
  // 128 is also what a node in trouble gives: it is certain only with a message about the program itself.
  if (NO_PROGRAM.test(message) || (exitCode !== undefined && exitCode !== 128)) return make(what, 'cannot-start', 0)
  return make(what, 'cannot-start', endings >= ENDINGS ? 0 : 'never')
}

function livedOf({ startedAt, finishedAt }: Terminated): Duration {
  const lived = Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '')
  return Number.isFinite(lived) ? lived : 0
}

function notReady(pod: Pod, container: Container, events: readonly KubeEvent[], make: Make): Trouble {
  const event = events.find(({ reason, involvedObject, message }) => {
    return (
      reason === 'Unhealthy' &&
      (involvedObject.fieldPath ?? '').includes(`{${container.name}}`) &&
      /^(Readiness|Startup|Liveness) probe/.test(message ?? '')
    )
  })
  const probe =
    container.startupProbe && event?.message?.startsWith('Startup') ? container.startupProbe : container.readinessProbe
  const said = event?.message ? `: ${event.message.trim().slice(0, 300)}` : ''
  const which = probe
    ? `its ${probe === container.startupProbe ? 'startup' : 'readiness'} probe ${describeProbe(probe)} does not pass`
    : 'it is not ready'
  return make(`runs, but ${which}${said}`, 'unhealthy', 'never', {
    fix: 'Read the probe’s answer and the log lines; if the app only needs longer, raise failureThreshold or initialDelaySeconds of the probe, or timeout.',
  })
}

function ofScheduling(pod: Pod): Trouble[] {
  const condition = (pod.status?.conditions ?? []).find(({ type }) => type === 'PodScheduled')
  if (condition?.status !== 'False') return []
  const message = condition.message ?? condition.reason ?? 'no reason given'
  return [
    {
      key: `unschedulable:${pod.metadata.uid}`,
      reason: {
        code: 'unschedulable',
        what: `${pod.metadata.name}: no node takes it: ${message}`,
        fix: schedulingAdvice(message),
      },
      certainAfter: condition.reason === 'Unschedulable' ? SCHEDULE_GRACE : 'never',
      pod: pod.metadata.name,
    },
  ]
}

function schedulingAdvice(message: string): string {
  const taints = [...message.matchAll(/untolerated taint \{([^}]*)\}/g)].map((match) => match[1] ?? '')
  const advice = [
    ...(taints.length > 0 ? [`tolerate the taint ${[...new Set(taints)].join(', ')} or remove it from a node`] : []),
    ...(/Insufficient (\S+)/.test(message)
      ? [`ask for less ${/Insufficient ([a-z-/.]+)/.exec(message)?.[1] ?? ''}, or add nodes`]
      : []),
    ...(/node affinity|node selector/.test(message)
      ? ['correct nodeSelector or affinity: no node has what it asks for']
      : []),
    ...(/volume/i.test(message) ? ['look at the volume claims: kubectl get pvc'] : []),
  ]
  return advice.length > 0
    ? `${advice.join('; ')}.`.replace(/^./, (letter) => letter.toUpperCase())
    : 'Read what the scheduler says.'
}

function ofMounts(pod: Pod, events: readonly KubeEvent[]): Trouble[] {
  const waits = (pod.status?.containerStatuses ?? []).some(
    ({ state }) => state?.waiting !== undefined && state.waiting !== null,
  )
  const event = events.find(
    ({ reason }) => reason === 'FailedMount' || reason === 'FailedCreatePodSandBox' || reason === 'FailedAttachVolume',
  )
  if (!waits || !event) return []
  const message = (event.message ?? '').trim().slice(0, 400)
  const reference = /(configmap|secret) .*not found|references non-existent/i.test(message)
  return [
    {
      key: `mount:${pod.metadata.uid}`,
      reason: {
        code: reference ? 'bad-config-reference' : 'cannot-start',
        what: `${pod.metadata.name}: ${event.reason ?? ''}: ${message}`,
      },
      certainAfter: reference ? MOUNT_GRACE : 'never',
      pod: pod.metadata.name,
    },
  ]
}

function pullEvent(events: readonly KubeEvent[], container: string): string {
  const event = events.find(({ reason, message, involvedObject }) => {
    return (
      reason === 'Failed' &&
      (message ?? '').startsWith('Failed to pull image') &&
      (involvedObject.fieldPath ?? '').includes(`{${container}}`)
    )
  })
  return event?.message?.trim().slice(0, 400) ?? ''
}
