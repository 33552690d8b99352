// What is wrong with one pod, and how certain it is. Pure.
import type { Duration } from '../../domain/duration.ts'
import type { ReasonCode } from '../../errors/catalogue.ts'
import { endingTroubles, NO_PLATFORM, NO_PROGRAM } from './endings.ts'
import type { Container, ContainerStatus, KubeEvent, Pod } from './schema.ts'
import type { Make, Trouble } from './trouble.ts'

const PULL_GRACE: Duration = 60_000
const SCHEDULE_GRACE: Duration = 120_000
const MOUNT_GRACE: Duration = 20_000
const CREATE_GRACE: Duration = 30_000

const ABSENT = /code = NotFound|manifest unknown|name unknown|not found/i
const NETWORK = /no such host|lookup |connection refused|i\/o timeout|deadline exceeded/i

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
  const own = events.filter(({ involvedObject }) => (involvedObject.fieldPath ?? '').includes(`{${container.name}}`))
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
      return [pullTrouble(trouble, container, message, pullEvent(own))]
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
      return endingTroubles(container, init, status, own, trouble)
  }
}

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

function pullEvent(events: readonly KubeEvent[]): string {
  const event = events.find(({ reason, message }) => {
    return reason === 'Failed' && (message ?? '').startsWith('Failed to pull image')
  })
  return event?.message?.trim().slice(0, 400) ?? ''
}
