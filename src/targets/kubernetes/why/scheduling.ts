// Why no node takes a pod, and whether one may come. Pure.
import type { KubeEvent, Pod } from '../api/schema.ts'
import type { Wanted } from '../watch/snapshot.ts'
import type { Trouble } from './trouble.ts'

/** An autoscaler (or Karpenter) says that it brings a node for a pod, or that it cannot. */
const NODE_COMES = new Set(['TriggeredScaleUp', 'Nominated'])
const NO_NODE_COMES = new Set(['NotTriggerScaleUp', 'FailedScaleUp'])

export function isAboutNewNodes({ reason }: KubeEvent): boolean {
  return NODE_COMES.has(reason ?? '') || NO_NODE_COMES.has(reason ?? '')
}

export interface Patience extends Pick<Wanted, 'grace' | 'nodeGrace' | 'restartsBefore'> {
  /** The newest word about new nodes for any pod of this workload: not every pod's events are read. */
  readonly nodeNews: KubeEvent | undefined
}

/** Taints that the cluster itself puts on a node whose machine is away or in trouble, and takes off again. */
const NODE_AWAY =
  /taint \{node\.(?:kubernetes\.io\/(?:unreachable|not-ready|network-unavailable|(?:memory|disk|pid)-pressure)|cloudprovider\.kubernetes\.io\/(?:uninitialized|shutdown))\b/

export function ofScheduling(pod: Pod, news: KubeEvent | undefined, { grace, nodeGrace }: Patience): Trouble[] {
  const condition = (pod.status?.conditions ?? []).find(({ type }) => type === 'PodScheduled')
  if (condition?.status !== 'False') return []
  const message = condition.message ?? condition.reason ?? 'no reason given'
  const isComing = news !== undefined && NODE_COMES.has(news.reason ?? '')
  const waited = NODE_AWAY.test(message) ? nodeGrace : grace
  const reported = news ? ` (autoscaler: ${news.reason ?? ''}: ${(news.message ?? '').slice(0, 200)})` : ''
  return [
    {
      key: `unschedulable:${pod.metadata.uid}`,
      reason: {
        code: 'unschedulable',
        what: `${pod.metadata.name}: no node takes it: ${message}${reported}`,
        fix: schedulingAdvice(message),
      },
      certainAfter: condition.reason === 'Unschedulable' && !isComing ? waited : 'never',
      pod: pod.metadata.name,
    },
  ]
}

function schedulingAdvice(message: string): string {
  const taints = [...message.matchAll(/untolerated taint \{([^}]*)\}/g)].map((match) => match[1] ?? '')
  const advice = [
    ...(taints.length > 0 ? [`tolerate the taint ${[...new Set(taints)].join(', ')} or remove it from a node`] : []),
    ...(/Insufficient (\S+)/.test(message)
      ? [`ask for less ${(/Insufficient (\S+)/.exec(message)?.[1] ?? '').replace(/[.,;:]+$/, '')}, or add nodes`]
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
