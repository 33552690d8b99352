/** Where GitHub's API answers for this repository. */
export interface GitHubApi {
  /** Without a slash at the end. */
  readonly apiUrl: string
  /** `owner/name` */
  readonly repository: string
  readonly token: string
}
