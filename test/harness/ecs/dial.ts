// The fault dial: what goes wrong, for which operation or service, how often or how long.

/** What goes wrong on the wire, before or after an operation. */
export type WireFault =
  | 'throttle'
  | 'server-error'
  | 'reset'
  | 'reset-after'
  | 'latency'
  | 'deny'
  | 'truncate'
  | 'silent'
  | 'silent-after'
  | 'stale'
/** What goes wrong in the service. */
export type ServiceFault =
  | 'missing' // DescribeServices and DescribeTasks do not know it
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
  readonly kind: WireFault | ServiceFault
  readonly service?: string
  readonly operation?: string
  /** How often it still happens; for ever by default. */
  times?: number
  /** One in how many calls, 0 to 1; every call by default. */
  readonly share?: number
  /** Ends then, ms since 1970. */
  readonly untilMs?: number
  readonly ms?: number
  readonly digest?: string
}

export class Dial {
  rules: Rule[] = []
  readonly #calls = new Map<Rule, number>()

  set(...rules: Rule[]): void {
    this.rules.push(...rules)
  }

  clear(kind?: Rule['kind']): void {
    this.rules = kind === undefined ? [] : this.rules.filter((rule) => rule.kind !== kind)
  }

  /** The rule that applies now, without using it up. */
  find(kind: Rule['kind'], service?: string): Rule | undefined {
    return this.rules.find((rule) => rule.kind === kind && this.#lasts(rule) && applies(rule.service, service))
  }

  /** The rule for a call; counts it. A share is spread evenly, so that tests are repeatable. */
  take(kinds: readonly Rule['kind'][], operation: string, service?: string): Rule | undefined {
    const found = this.rules.find(
      (rule) =>
        kinds.includes(rule.kind) &&
        this.#lasts(rule) &&
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

  #lasts({ times, untilMs }: Rule): boolean {
    return (times ?? 1) > 0 && Date.now() < (untilMs ?? Infinity)
  }
}

function applies(wanted: string | undefined, is: string | undefined): boolean {
  return wanted === undefined || wanted === is
}
