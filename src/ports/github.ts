/** Where GitHub's API answers for this repository. */
export interface GitHubApi {
  /** Without a slash at the end. */
  readonly apiUrl: string
  /** `owner/name` */
  readonly repository: string
  readonly token: string
  /** Settings of proxies and trusted authorities. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

export interface GitHubCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below the API's root, every value in it encoded: `repos/acme/shop/deployments?per_page=30`. */
  readonly path: string
  readonly body?: object
  /** The permission that it needs, as a workflow writes it: `deployments: write`. */
  readonly needs: string
  /** False: it is not sent again where GitHub may have carried it out without an answer. */
  readonly isRepeatable?: boolean
}

/** GitHub's REST API. Every exchange has a deadline, a size limit, and ends with the run. */
export interface GitHubClient {
  /**
   * Resolves with the parsed body of a good answer, unchecked: a schema's business. undefined where it has none.
   * @throws DeployError github-denied, github-refused, github-unavailable, cancelled
   */
  request(call: GitHubCall): Promise<unknown>
  /**
   * The entries of a list, page after page until `isEnough` says yes to what is known so far, at most ten pages.
   * @throws DeployError as `request`
   */
  list(call: GitHubCall, isEnough?: (known: readonly unknown[]) => boolean): Promise<readonly unknown[]>
}

/** What the records on GitHub are written with. */
export interface GitHubContext {
  readonly client: GitHubClient
  /** For the last status of a cancelled run: the run's signal does not end it, a short deadline does. */
  readonly lastClient: () => GitHubClient
  /** `owner/name` */
  readonly repository: string
  /** The commit and the run of the workflow, by which GitHub names the deployment of a job with `environment:`. */
  readonly sha: string | undefined
  readonly runId: string
  readonly runUrl: string | undefined
  readonly actor: string | undefined
  /** Whether the owner can have artifact deployment records: organizations on github.com and its data-residency hosts. */
  readonly hasArtifactRecords: boolean
}
