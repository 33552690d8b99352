import type { PinnedImage } from '../domain/image.ts'
import type { Gate, GateMoment, SmokeReport } from '../ports.ts'

/** Asks the version from outside. `url`: where it answers before it has traffic; undefined: where its users ask it. */
export type RunChecks = (image: PinnedImage, url: string | undefined, signal: AbortSignal) => Promise<SmokeReport>

const TITLES: Partial<Record<GateMoment, string>> = {
  'before-traffic': 'Check the new version before it has traffic',
  'rolled-out': 'Check the running version from outside',
  baked: 'Check the running version from outside again',
}

/** Live checks: once when the version has the traffic and once at the end of the bake. */
export function liveGate(run: RunChecks): Gate {
  return checksGate('live-checks', ['rolled-out', 'baked'], run)
}

/** The same checks through the door that a target has for a version without traffic. */
export function beforeTrafficGate(run: RunChecks): Gate {
  return checksGate('before-traffic', ['before-traffic'], run)
}

function checksGate(name: string, moments: readonly GateMoment[], run: RunChecks): Gate {
  return {
    name,
    moments,
    step: 'live-checks',
    title: (moment) => TITLES[moment] ?? 'Check the new version',
    async ask({ image, url, signal }) {
      const { passed, reason, checks } = await run(image, url, signal)
      if (passed) return { checks }
      return { checks, reason: { ...(reason ?? { what: 'a live check failed' }), code: 'live-check-failed' } }
    },
  }
}

interface AddressContext {
  /** The user's own address, else what the target knows. */
  readonly address: (signal: AbortSignal) => Promise<string | undefined>
  /** undefined: nobody asks it. */
  readonly run: RunChecks | undefined
  readonly onUnknown: () => void
}

/** A preview is asked where people will open it. One that has no address is proven by its replicas alone. */
export function addressGate({ address, run, onUnknown }: AddressContext): Gate {
  const gate = checksGate('address', ['rolled-out', 'baked'], run ?? (() => Promise.reject(new Error('not asked'))))
  return {
    ...gate,
    async ask(question) {
      const url = await address(question.signal)
      if (url === undefined) onUnknown()
      if (url === undefined || !run) return { checks: [], url }
      return { ...(await gate.ask({ ...question, url })), url }
    },
  }
}
