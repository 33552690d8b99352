// What is wrong with one pod, and how certain it is. Pure.
import { isWrongPlatform } from '../../../domain/wrong-platform.ts'
import type { ReasonCode } from '../../../errors/catalogue.ts'
import { endingTroubles, NO_PROGRAM } from './endings.ts'
import type { Container, ContainerStatus, KubeEvent, Pod } from '../api/schema.ts'
import type { Wanted } from '../watch/snapshot.ts'
import type { Patience } from './scheduling.ts'
import { isAboutNewNodes, ofScheduling } from './scheduling.ts'
import type { Make, Trouble } from './trouble.ts'

const ABSENT = /code = NotFound|manifest unknown|name unknown|not found/i
const NETWORK = /no such host|lookup |connection refused|i\/o timeout|deadline exceeded/i

/** Everything that keeps this pod from being ready, worst first. `events`: what was said about this pod. */
export function troublesOf(pod: Pod, events: readonly KubeEvent[], patience: Patience): Trouble[] {
  const containers = [
    ...(pod.spec.initContainers ?? []).map((container) => ({ container, init: container.restartPolicy !== 'Always' })),
    ...pod.spec.containers.map((container) => ({ container, init: false })),
  ]
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  const found = containers.flatMap(({ container, init }) => {
    const status = statuses.find(({ name }) => name === container.name)
    return status ? ofContainer({ pod, container, init, status: counted(status), events, grace: patience.grace }) : []
  })
  return [
    ...found,
    ...ofScheduling(pod, events.find(isAboutNewNodes) ?? patience.nodeNews, patience),
    ...ofMounts(pod, events, patience.grace),
    ...ofGates(pod),
  ].sort((one, other) => certainty(one) - certainty(other))

  /** Endings from before this run say nothing about it. */
  function counted(status: ContainerStatus): ContainerStatus {
    const known = patience.restartsBefore[pod.metadata.uid]?.[status.name] ?? 0
    return known === 0 ? status : { ...status, restartCount: Math.max(0, status.restartCount - known) }
  }
}

function certainty({ certainAfter }: Trouble): number {
  return certainAfter === 'never' ? Number.POSITIVE_INFINITY : certainAfter
}

interface Subject {
  readonly pod: Pod
  readonly container: Container
  readonly init: boolean
  readonly status: ContainerStatus
  readonly events: readonly KubeEvent[]
  readonly grace: Wanted['grace']
}

function ofContainer({ pod, container, init, status, events, grace }: Subject): Trouble[] {
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
      return [pullTrouble(trouble, container, [message, pullEvent(own)], grace)]
    case 'CreateContainerConfigError':
      if (/failed to sync .*cache/i.test(message))
        return [trouble(`waits for its configuration: ${message}`, 'bad-config-reference', grace)]
      // An operator may make it some seconds later.
      return [
        /configmap|secret|key/i.test(message)
          ? trouble(`refers to configuration that is not there: ${message}`, 'bad-config-reference', grace)
          : trouble(`cannot be configured: ${message}`, 'cannot-start', 0),
      ]
    case 'CreateContainerError':
      return [
        trouble(
          `cannot be created: ${message}`,
          'cannot-start',
          /no command specified/.test(message) || NO_PROGRAM.test(message) ? 0 : grace,
        ),
      ]
    default:
      return endingTroubles({ container, init, status, events: own }, trouble)
  }
}

function pullTrouble(make: Make, container: Container, texts: readonly string[], grace: Wanted['grace']): Trouble {
  const reported = texts.filter((text) => text !== '').join(' | ')
  const what = `cannot pull ${container.image ?? 'its image'}: ${reported}`
  if (isWrongPlatform(reported)) return make(what, 'wrong-platform', 0)
  if (ABSENT.test(reported) && !NETWORK.test(reported)) return make(what, 'image-pull-failed', 0)
  const fix = /unauthorized|denied|forbidden|authentication|authorization/i.test(reported)
    ? 'The registry refuses the nodes: give the service account or the pod template imagePullSecrets that may read the repository.'
    : undefined
  return make(what, 'image-pull-failed', grace, { key: 'pull', ...(fix === undefined ? {} : { fix }) })
}

function ofMounts(pod: Pod, events: readonly KubeEvent[], grace: Wanted['grace']): Trouble[] {
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
      certainAfter: reference ? grace : 'never',
      pod: pod.metadata.name,
    },
  ]
}

/** Conditions that something outside of the pod must set, such as a load balancer's health check. */
function ofGates(pod: Pod): Trouble[] {
  const conditions = pod.status?.conditions ?? []
  const isUp = conditions.some(({ type, status }) => type === 'ContainersReady' && status === 'True')
  const closed = (pod.spec.readinessGates ?? []).filter(({ conditionType }) => {
    return !conditions.some(({ type, status }) => type === conditionType && status === 'True')
  })
  if (!isUp || closed.length === 0) return []
  const names = closed.map(({ conditionType }) => {
    const condition = conditions.find(({ type }) => type === conditionType)
    const reported = condition?.message ?? condition?.reason
    const state = condition ? `is ${condition.status}${reported ? `: ${reported.slice(0, 200)}` : ''}` : 'was never set'
    return `${conditionType} ${state}`
  })
  return [
    {
      key: `gate:${pod.metadata.uid}`,
      reason: {
        code: 'unhealthy',
        what: `${pod.metadata.name}: its containers are ready, but its readiness gate is not true: ${names.join('; ')}`,
        fix: 'Look at what sets that condition (a load balancer controller, for one): its log and its target group say why.',
      },
      certainAfter: 'never',
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
