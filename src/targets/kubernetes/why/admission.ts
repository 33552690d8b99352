// What refuses pods before they exist: quotas, limit ranges, Pod Security, webhooks. Pure.
import type { Duration } from '../../../domain/duration.ts'
import type { Reason } from '../../../errors/deploy-error.ts'
import type { Progress } from './progress.ts'
import type { Workload } from '../api/schema.ts'
import type { Snapshot, Wanted } from '../watch/snapshot.ts'
import type { Trouble } from './trouble.ts'

/** Long enough for two looks. */
const ADMISSION_CERTAIN_MS: Duration = 500
const EXCEEDED = /exceeded quota: ([^,]+)/
/** An API server or webhook that is just away: the controller asks again. */
const PASSES =
  /please retry|try again|timed? ?out|connection refused|reset by peer|unavailable|etcdserver|reading response|failed calling webhook/i

export function admissionTroubles(
  { events }: Snapshot,
  workload: Workload,
  { id: { label }, grace }: Wanted,
  { fresh, desired, owner, observed }: Progress,
): Trouble[] {
  // While all are there, a condition is the memory of an earlier trouble.
  if (!observed || fresh.length >= desired) return []
  const condition = (workload.status?.conditions ?? []).find(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  )
  const event = events.find(({ reason, involvedObject }) => reason === 'FailedCreate' && involvedObject.uid === owner)
  const message = condition?.message ?? event?.message
  if (!message) return []
  const refusal = refusalOf(message)
  // What a quota counts may go, or the quota be raised; a service account may be made by somebody else a little later.
  const isPassing = refusal.code === 'bad-config-reference' || EXCEEDED.test(message)
  return [
    {
      key: `admission:${workload.metadata.uid}`,
      reason: { what: `${label}: the cluster refuses new pods: ${message.slice(0, 600)}`, ...refusal },
      certainAfter: PASSES.test(message) ? 'never' : isPassing ? grace : ADMISSION_CERTAIN_MS,
      pod: '',
    },
  ]
}

/** Which rule the message of a refusal tells of. */
function refusalOf(message: string): Pick<Reason, 'code' | 'fix'> {
  if (/error looking up service account|serviceaccount .* not found/i.test(message))
    return { code: 'bad-config-reference' }
  const quota = EXCEEDED.exec(message)?.[1]
  if (quota !== undefined) {
    const fix = `Raise the ResourceQuota ${quota}, free what it counts, or let the rolling update remove old pods first (maxUnavailable: 1).`
    return { code: 'quota-exceeded', fix }
  }
  // A quota that counts something which the template leaves open.
  const unset = /failed quota: ([^:]+): must specify (.*)$/.exec(message)
  if (unset)
    return {
      code: 'quota-exceeded',
      fix: `The ResourceQuota ${unset[1] ?? ''} wants the pod template to set ${unset[2] ?? ''}.`,
    }
  if (message.includes('PodSecurity')) {
    const fix = 'The pod template violates the namespace’s Pod Security level: correct its securityContext.'
    return { code: 'admission-denied', fix }
  }
  if (message.includes('admission webhook'))
    return { code: 'admission-denied', fix: 'An admission webhook refuses the pods: its message says what it wants.' }
  return { code: 'admission-denied' }
}
