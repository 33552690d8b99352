// The fault dial: what goes wrong, for which operation or service, how often or how long.
import { actionOf, denied } from '../aws/policy.ts'
import type { Account } from '../aws/policy.ts'
import type { Asked } from '../aws/wire.ts'
import { Refusal } from '../aws/wire.ts'

interface WireFault {
  /** Refused instead of carried out. */
  readonly refuse?: (account: Account, asked: Asked) => Refusal
  /** Not carried out. */
  readonly isLost?: boolean
  /** What its client gets instead of the answer: nothing at all, the end of the connection, half of it, the last one. */
  readonly answer?: 'none' | 'reset' | 'half' | 'old'
}

/** What goes wrong on the wire, before or after an operation. */
const WIRE_FAULTS = {
  throttle: { refuse: () => new Refusal('ThrottlingException', 'Rate exceeded') },
  'server-error': { refuse: () => new Refusal('ServerException', 'Service Unavailable. Please try again later.', 500) },
  deny: { refuse: (account, { service, operation }) => denied(account, actionOf(service, operation)) },
  latency: {},
  silent: { isLost: true, answer: 'none' },
  'silent-after': { answer: 'none' },
  reset: { isLost: true, answer: 'reset' },
  'reset-after': { answer: 'reset' },
  truncate: { answer: 'half' },
  stale: { answer: 'old' },
} as const satisfies Readonly<Record<string, WireFault>>

/** What goes wrong in the service. */
type ServiceFault =
  | 'missing' // DescribeServices does not know it
  | 'stuck-provisioning'
  | 'stuck-pending'
  | 'capacity'
  | 'slow-drain'
  | 'hold-complete'
  | 'hold-cleanup'
  | 'sd-pending'
  | 'hold-rollback'
  | 'freeze'
  | 'digest-omit'
  | 'digest-lie'
  | 'digest-form'
  | 'run-other'
  | 'no-service-deployments'

export interface Rule {
  readonly kind: keyof typeof WIRE_FAULTS | ServiceFault
  readonly service?: string
  readonly operation?: string
  /** How often it still happens; for ever by default. */
  times?: number
  /** One in how many calls, 0 to 1; every call by default. */
  readonly share?: number
  /** Ends then, ms since 1970. */
  readonly untilMs?: number
  readonly ms?: number
  /** Waits for this before anything else. */
  readonly hold?: () => Promise<void>
  readonly digest?: string
}

export class Dial {
  #rules: Rule[] = []
  readonly #calls = new Map<Rule, number>()

  set(...rules: Rule[]): void {
    this.#rules.push(...rules)
  }

  clear(): void {
    this.#rules = []
  }

  /** The rule that applies now, without using it up. */
  find(kind: Rule['kind'], service?: string): Rule | undefined {
    return this.#rules.find((rule) => rule.kind === kind && lasts(rule) && applies(rule.service, service))
  }

  /** What happens to this call on the wire, after it was held up. */
  async wireFault(asked: Asked, service: string | undefined): Promise<WireFault> {
    const rule = this.take(({ kind }) => kind in WIRE_FAULTS, asked.operation, service)
    const fault = Object.entries(WIRE_FAULTS).find(([kind]) => kind === rule?.kind)?.[1]
    await rule?.hold?.()
    if (rule?.ms !== undefined) await new Promise((resolve) => setTimeout(resolve, rule.ms))
    return fault ?? {}
  }

  /** The rule for a call; counts it. A share is spread evenly, so that tests are repeatable. */
  take(isOne: (rule: Rule) => boolean, operation: string, service?: string): Rule | undefined {
    const found = this.#rules.find(
      (rule) =>
        isOne(rule) &&
        lasts(rule) &&
        applies(rule.operation, operation) &&
        applies(rule.service, service) &&
        this.#isShare(rule),
    )
    if (found?.times !== undefined) found.times -= 1
    return found
  }

  #isShare(rule: Rule): boolean {
    const call = (this.#calls.get(rule) ?? 0) + 1
    this.#calls.set(rule, call)
    const share = rule.share ?? 1
    return Math.floor(call * share) > Math.floor((call - 1) * share)
  }
}

const lasts = ({ times = 1, untilMs = Infinity }: Rule): boolean => times > 0 && Date.now() < untilMs
const applies = (wanted: string | undefined, is: string | undefined): boolean => wanted === undefined || wanted === is
