import type { Revision } from '../domain/revision.ts'

/** A pull request as GitHub describes it now. */
export interface PullRequest {
  readonly number: number
  readonly isOpen: boolean
  readonly isDraft: boolean
  readonly head: Revision
  /** Its head is in another repository, or GitHub does not say where. */
  readonly isForeign: boolean
  readonly labels: readonly string[]
}

/** The commit at the head of a pull request, as the event of another run names it. */
export interface PullHead {
  readonly head: Revision
  readonly branch: string
  /** Who owns its repository. */
  readonly owner: string
}

/** Pull requests of this repository. */
export interface PullRequests {
  /** @throws DeployError github-denied (also where there is none of that number), github-refused, github-unavailable, cancelled */
  read(number: number): Promise<PullRequest>
  /** Numbers of all that are open: a request for each hundred. @throws DeployError as `read` */
  open(): Promise<ReadonlySet<number>>
  /** The open one with that head; undefined: there is none. @throws DeployError as `read` */
  ofHead(head: PullHead): Promise<PullRequest | undefined>
}
