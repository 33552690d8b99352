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
import { openDeployments, PAGE } from './deployments.ts'
import { describe } from './payload.ts'

export interface PreviewRecords {
  /** Shows that a run works for it. Nothing waits for it; what fails is said at the end. */
  begin(preview: Preview, revision: Revision | undefined): void
  /** The same: it is being deployed. */
  deploying(preview: Preview): void
  /** `retires`: the earlier ones of this preview do not count any more. @throws DeployError */
  end(preview: Preview, status: NewStatus, retires: boolean): Promise<void>
  /** For the last word of a cancelled run. */
  lastWord(text: string): Promise<void>
  /** None of its deployments counts any more. @throws DeployError */
  retire(preview: Preview, why: string): Promise<void>
}

/** So many earlier ones are looked at: of the others each was retired by the one that followed. */
const EARLIER = 3
const OVER: ReadonlySet<string> = new Set(['inactive', 'failure', 'error'])

interface Begun {
  readonly id: number
  /** Of this preview, the newest first. */
  readonly earlier: readonly Deployment[]
}

export function previewRecords(environment: string, github: GitHubContext): PreviewRecords {
  const deployments = openDeployments(github, github.client)
  let begun: Promise<Begun> | undefined
  let last: Promise<unknown> = Promise.resolve()

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

  async function retireAll(earlier: readonly Deployment[], description: string): Promise<void> {
    await Promise.all(
      earlier.slice(0, EARLIER).map(async ({ id }) => {
        const [newest] = await deployments.statuses(id)
        if (newest && OVER.has(newest.state)) return
        await deployments.setStatus(id, { state: 'inactive', description })
      }),
    )
  }

  return {
    begin(preview, revision) {
      begun = open(preview, revision, { deployments, environment, github })
      begun.catch(() => undefined)
      then('queued', `preview ${preview.name} is being built`)
    },
    deploying: (preview) => then('in_progress', `preview ${preview.name} is being deployed`),
    async end(_, status, retires) {
      const record = begun
      begun = undefined
      if (!record) return
      const { id, earlier } = await record
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
      await retireAll(await deployments.list(environment, taskOf(preview)), why)
    },
  }
}

function taskOf({ name }: Preview): string {
  return `preview:${name}`
}

async function open(preview: Preview, revision: Revision | undefined, context: OpenContext): Promise<Begun> {
  const { deployments, environment } = context
  const [earlier, ofJob] = await Promise.all([deployments.list(environment, taskOf(preview)), ofThisJob(context)])
  const id = ofJob ?? (await create(preview, revision, context))
  return { id, earlier: earlier.filter((one) => one.id !== id) }
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

/** GitHub makes one by itself for a job with `environment:`: it is taken, so that no deployment appears twice. */
async function ofThisJob({ deployments, environment, github }: OpenContext): Promise<number | undefined> {
  const ofJobs = (await deployments.list(environment, 'deploy')).filter(({ isOfJob }) => isOfJob)
  const own = ofJobs.slice(0, Math.min(EARLIER, PAGE)).filter(({ sha }) => sha === github.sha)
  const known = await Promise.all(
    own.map(async (one) => ({ id: one.id, statuses: await deployments.statuses(one.id) })),
  )
  const isOfRun = (url: string | null | undefined) => `${url ?? ''}/`.includes(`/actions/runs/${github.runId}/`)
  return known.find(({ statuses }) =>
    statuses.some(({ log_url, target_url }) => isOfRun(log_url) || isOfRun(target_url)),
  )?.id
}
