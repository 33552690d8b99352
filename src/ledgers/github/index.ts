/**
 * GitHub Deployments: the record for people, and the memory that lives when the registry's is gone. What runs now is the
 * target's word; nothing that this ledger says or fails to say changes a verdict.
 */
import { within } from '../../async/deadline.ts'
import type { Duration } from '../../domain/duration.ts'
import { isProven } from '../../domain/outcome.ts'
import { placeKey } from '../../domain/place.ts'
import type { PinnedImage } from '../../domain/image.ts'
import { DeployError, asDeployError } from '../../errors/deploy-error.ts'
import type { GitHubContext, Ledger, LedgerAttempt, LedgerContext, LedgerEnding } from '../../ports.ts'
import { recordArtifact } from './artifacts.ts'
import type { DeploymentState } from './deployments.ts'
import { openDeployments } from './deployments.ts'
import type { Found, LookupContext } from './lookup.ts'
import { historyOf, lookUp } from './lookup.ts'
import type { OpenRecord } from './open-record.ts'
import { openRecord } from './open-record.ts'
import { describe, markText } from './payload.ts'

/** After the verdict nobody waits longer for GitHub. */
const PATIENCE_MS: Duration = 10_000

export function gitHubLedger(context: LedgerContext, github: GitHubContext): Ledger {
  const { repository, app, environment, target, place } = context
  const deployments = openDeployments(github, github.client)
  // A target that does not tell its place still has records for people.
  const unknown = { repository: repository.name, app, environment, target: target.name, cluster: '', workloads: [] }
  const key = placeKey(place ?? unknown)
  const lookup: LookupContext = { deployments, github, environment, task: `deploy:${app}`, place: key }
  let found: Promise<Found> | undefined
  const lookOnce = () => (found ??= lookUp(lookup))
  let attempt: LedgerAttempt | undefined
  let record: Promise<OpenRecord> | undefined

  async function open(begun: LedgerAttempt): Promise<OpenRecord> {
    const make = async () => openRecord(await lookOnce(), begun, lookup, { app, target: target.name })
    try {
      return await make()
    } catch (error) {
      if (asDeployError(error).code !== 'github-unavailable') throw error
      // GitHub may have made the deployment without an answer: looking again finds it.
      found = undefined
      return make()
    }
  }

  /** Once for an attempt: the first caller knows best how it ended. */
  async function conclude(state: DeploymentState, describeIt: (record: OpenRecord) => string): Promise<void> {
    const [begun, opened] = [attempt, record]
    attempt = undefined
    record = undefined
    if (!begun || !opened) return
    const isVerified = state === 'success'
    await allOf([
      opened.then(async (made) => {
        const url = begun.url
        await allOf([
          made.id === undefined
            ? undefined
            : deployments.setStatus(made.id, { state, description: describeIt(made), url }),
          ...(isVerified
            ? made.earlier.map((id) =>
                deployments.setStatus(id, { state: 'inactive', description: replacedBy(begun.image) }),
              )
            : []),
        ])
      }),
      isVerified && github.hasArtifactRecords
        ? recordArtifact(github.client, github, begun.image, { ...context, target: target.name })
        : undefined,
    ])
  }

  return {
    name: 'github',
    async read({ limit }) {
      if (!place) return { is: 'absent' }
      try {
        return { is: 'present', value: await historyOf(await lookOnce(), lookup, limit) }
      } catch (error) {
        const reason = asDeployError(error)
        if (reason.code === 'cancelled') throw reason
        const { code, what, evidence, fix } = reason
        return { is: 'unknown', why: { code, what, evidence, fix } }
      }
    },
    begin(begun) {
      attempt = begun
      record = open(begun)
      record.catch(() => undefined)
    },
    async recordVerified(version) {
      const { digest, revision, sequence = 0 } = version
      await conclude('success', ({ isOfJob }) =>
        isOfJob ? markText({ digest, revision, place: key, sequence }) : `${digest} is verified in ${environment}`,
      )
      return []
    },
    async recordBad() {
      await conclude('failure', () => `failed; what ran before was restored`)
      return []
    },
    end: async (ending) => {
      if (ending.outcome === 'cancelled') return lastWord(github, record, ending)
      await conclude(stateOf(ending), () => describe(ending.text))
    },
  }
}

/** The run's own connections are cut by now. */
async function lastWord(
  github: GitHubContext,
  record: Promise<OpenRecord> | undefined,
  { text }: LedgerEnding,
): Promise<void> {
  const made = await record?.catch(() => undefined)
  if (made?.id === undefined) return
  await openDeployments(github, github.lastClient()).setStatus(made.id, { state: 'error', description: text })
}

function stateOf({ outcome }: LedgerEnding): DeploymentState {
  if (isProven(outcome)) return 'success'
  return outcome === 'superseded' ? 'inactive' : 'failure'
}

function replacedBy({ digest }: PinnedImage): string {
  return `replaced by ${digest}`
}

/** All at once, in time; what failed becomes one error that names every permission that lacks. */
async function allOf(work: readonly (Promise<unknown> | undefined)[]): Promise<void> {
  const late = new DeployError('github-unavailable', `GitHub did not answer within ${String(PATIENCE_MS / 1000)} s`)
  const inTime = (one: Promise<unknown> | undefined) => within({ ms: PATIENCE_MS, late: () => late }, async () => one)
  const settled = await Promise.allSettled(work.map(inTime))
  const faults = settled.flatMap((one) => (one.status === 'rejected' ? [asDeployError(one.reason)] : []))
  const [first, ...others] = faults
  if (!first) return
  if (others.length === 0) throw first
  throw new DeployError(first.code, faults.map(({ what }) => what).join('; '), {
    evidence: faults.flatMap(({ evidence }) => evidence),
    fix: [...new Set(faults.map(({ fix }) => fix))].join(' '),
  })
}
