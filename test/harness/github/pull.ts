// Pull requests of the double, and the job that one of them starts.
import type { GitHubDouble } from './index.ts'
import type { PullRecord, World } from './model.ts'

type More = Partial<Omit<PullRecord, 'head'>> & { readonly head?: Partial<PullRecord['head']> }

/** Opens a pull request: number 7 of a branch in the same repository, unless told otherwise. */
export function openPull({ world }: Pick<GitHubDouble, 'world'>, { head, ...more }: More = {}): void {
  const usual = { number: 7, state: 'open', title: 'x', draft: false, labels: [] } as const
  const usualHead = { sha: 'c'.repeat(40), ref: 'topic', repository: nameOf(world) }
  world.pulls.push({ ...usual, ...more, head: { ...usualHead, ...head } })
}

/** The `github` context of a job for a pull request: `sha` is the merge commit, not the head. */
export function pullJob({ url, world }: GitHubDouble): Record<string, string> {
  return { api_url: url, token: 'job-token', repository: nameOf(world), actor: 'octocat', sha: 'c'.repeat(40) }
}

/** `owner/name` */
export function nameOf({ owner, repository }: World): string {
  return `${owner}/${repository}`
}
