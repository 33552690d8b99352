/** The deployments that GitHub itself made for jobs with `environment:`, where previews share that environment. */
import type { Preview } from '../../domain/preview.ts'
import type { Deployments } from './deployments.ts'
import type { Known } from './lookup.ts'
import { isOfRun, isOpen } from './lookup.ts'

/** So many of the newest are looked at: one request each, all at once. */
const NEWEST_JOBS = 20

export interface PreviewJobs {
  /** Of this preview: an earlier run left its mark on them. The newest first. */
  of(preview: Preview): readonly Known[]
  /** The one of this very job. undefined: there is none, or several may be it. */
  ofThisJob(preview: Preview, runId: string): Known | undefined
}

export async function lookUpJobs(deployments: Deployments, environment: string, number?: number): Promise<PreviewJobs> {
  const all = await deployments.list({ environment, task: 'deploy' })
  const asked = all.filter((one) => one.isOfJob && !isOfAnotherPull(one.ref, number)).slice(0, NEWEST_JOBS)
  const known = await Promise.all(
    asked.map(async (one): Promise<Known> => ({ ...one, statuses: await deployments.statuses(one.id) })),
  )
  const of = (preview: Preview) => known.filter((one) => ownerOf(one) === preview.name)
  return {
    of,
    ofThisJob(preview, runId) {
      const ofRun = known.filter((one) => isOfRun(one, runId) && isOpen(one))
      const [free, ...others] = ofRun.filter((one) => ownerOf(one) === undefined)
      return of(preview).find((one) => ofRun.includes(one)) ?? (others.length > 0 ? undefined : free)
    },
  }
}

/** A job on a pull request may carry the reference of that pull request; a branch says nothing. */
function isOfAnotherPull(ref: string, number: number | undefined): boolean {
  const named = /^refs\/pull\/(\d+)\//.exec(ref)?.[1]
  return named !== undefined && number !== undefined && Number(named) !== number
}

/** The description of the first status that a run of ours gives to the deployment of its job: whose it is from then on. */
export function beginText({ name }: Preview): string {
  return `preview ${name} is being built`
}

function ownerOf({ statuses }: Known): string | undefined {
  const names = statuses.map(({ description }) => /^preview (\S+) is being built$/.exec(description ?? '')?.[1])
  return names.find((name) => name !== undefined)
}
