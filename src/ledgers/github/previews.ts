/**
 * The deployments of previews on GitHub, for people: all of them share one environment, and each preview has a task of its
 * own. A release never reads them.
 */
import type { Preview } from '../../domain/preview.ts'
import type { Revision } from '../../domain/revision.ts'
import { shortRevision } from '../../domain/revision.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { GitHubClient, GitHubContext } from '../../ports.ts'
import type { Deployment, Deployments, DeploymentState, NewStatus } from './deployments.ts'
import { openDeployments } from './deployments.ts'
import type { Known } from './lookup.ts'
import { isOver } from './lookup.ts'
import { describe } from './payload.ts'
import type { PreviewJobs } from './preview-jobs.ts'
import { beginText, lookUpJobs } from './preview-jobs.ts'

export interface PreviewRecords {
  /** Shows that a run works for it. Nothing waits for it; what fails is said at the end. */
  begin(preview: Preview, revision: Revision | undefined): void
  /** The same: it is being deployed. */
  deploying(preview: Preview): void
  /** `retires`: the earlier ones of this preview do not count any more. @throws DeployError */
  end(preview: Preview, status: NewStatus, retires: boolean): Promise<void>
  /** For the last status that a cancelled run writes. */
  lastWord(text: string): Promise<void>
  /** None of its deployments counts any more. @throws DeployError */
  retire(preview: Preview, why: string): Promise<void>
}

/** So many earlier ones are read: each of the others was retired by the one that followed. */
const EARLIER_DEPLOYMENTS = 3

interface Earlier {
  /** Of this preview, the newest first. */
  readonly earlier: readonly Deployment[]
  readonly earlierOfJobs: readonly Known[]
}

interface Begun extends Earlier {
  readonly id: number
}

export function previewRecords(environment: string, github: GitHubContext): PreviewRecords {
  const deployments = openDeployments(github, github.client)
  let begun: Promise<Begun> | undefined
  let last: Promise<unknown> = Promise.resolve()
  let jobs: Promise<PreviewJobs> | undefined

  /** One status after the other: GitHub shows the newest. */
  function then(state: DeploymentState, description: string): void {
    const [before, record] = [last, begun]
    if (!record) return
    last = (async () => {
      await before
      await deployments.setStatus((await record).id, { state, description })
    })()
    last.catch(() => undefined)
  }

  async function retireAll({ earlier, earlierOfJobs }: Earlier, description: string): Promise<void> {
    const ofRecords = earlier
      .slice(0, EARLIER_DEPLOYMENTS)
      .map(async (one) => ({ ...one, statuses: await deployments.statuses(one.id) }))
    await Promise.all(
      [...ofRecords, ...earlierOfJobs].map(async (one) => {
        const known = await one
        if (!isOver(known)) await deployments.setStatus(known.id, { state: 'inactive', description })
      }),
    )
  }

  return {
    begin(preview, revision) {
      begun = open(preview, revision, { deployments, environment, github })
      begun.catch(() => undefined)
      then('queued', beginText(preview))
    },
    deploying: (preview) => then('in_progress', `preview ${preview.name} is being deployed`),
    async end(_, status, retires) {
      const record = begun
      begun = undefined
      if (!record) return
      const { id, ...earlier } = await record
      await last.catch(() => undefined)
      await Promise.all([
        deployments.setStatus(id, status),
        retires ? retireAll(earlier, 'replaced by a newer deployment of the preview') : undefined,
      ])
    },
    async lastWord(text) {
      const record = await begun?.catch(() => undefined)
      if (!record) return
      const client: GitHubClient = github.lastClient()
      await openDeployments(github, client).setStatus(record.id, { state: 'error', description: describe(text) })
    },
    async retire(preview, why) {
      // A sweep asks for the deployments of jobs once, for all that it removes.
      jobs ??= lookUpJobs(deployments, environment)
      const [earlier, known] = await Promise.all([deployments.list({ task: taskOf(preview) }), jobs])
      await retireAll({ earlier, earlierOfJobs: known.of(preview) }, why)
    },
  }
}

/** Of this preview alone, also where a fork's is deployed in another environment than the one that removes it. */
function taskOf({ name }: Preview): string {
  return `preview:${name}`
}

async function open(preview: Preview, revision: Revision | undefined, context: OpenContext): Promise<Begun> {
  const { deployments, environment } = context
  const [earlier, jobs] = await Promise.all([
    deployments.list({ task: taskOf(preview) }),
    lookUpJobs(deployments, environment, preview.number),
  ])
  const ofJob = jobs.ofThisJob(preview, context.github.runId)
  const id = ofJob?.id ?? (await create(preview, revision, context))
  const isEarlier = (one: Deployment) => one.id !== id
  return { id, earlier: earlier.filter(isEarlier), earlierOfJobs: jobs.of(preview).filter(isEarlier) }
}

async function create(preview: Preview, revision: Revision | undefined, context: OpenContext): Promise<number> {
  const { app, name, number } = preview
  const { deployments, environment, github } = context
  const at = revision === undefined ? '' : ` at ${shortRevision(revision)}`
  const wanted = {
    task: taskOf(preview),
    environment,
    payload: { v: 1, kind: 'preview', app, number, name, run: github.runId },
    description: describe(`preview of pull request ${String(number)}${at}`),
    transient_environment: true,
    production_environment: false,
  }
  const [first = 'HEAD', fallback] = [...new Set([revision, github.sha].filter((ref) => ref !== undefined))]
  try {
    return await deployments.create({ ...wanted, ref: first })
  } catch (error) {
    // A fork's commit may not be one that this repository knows.
    if (fallback === undefined || asDeployError(error).code !== 'github-refused') throw error
    return deployments.create({ ...wanted, ref: fallback })
  }
}

interface OpenContext {
  readonly deployments: Deployments
  readonly environment: string
  readonly github: GitHubContext
}
