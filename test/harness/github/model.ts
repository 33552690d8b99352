// What the double remembers, and the rules of GitHub's that bite. A rule can be taken out, to see its test fail.
import { complete } from './openapi.ts'

export type Rule =
  /** A success retires earlier records of the environment, unless it is told not to. */
  | 'auto-inactive'
  /** … but never those of a production environment. */
  | 'auto-inactive-spares-production'
  /** 409 while a status of the commit is not green and required_contexts was not emptied. */
  | 'required-contexts'
  /** 202 with a message and no id where the base branch was merged in first. */
  | 'auto-merge'
  /** 422 above 140 characters. */
  | 'description-length'
  /** 422 for a ref that the repository does not have. */
  | 'known-ref'
  /** 422 for deleting one that is active, unless it is the only one. */
  | 'delete-inactive-only'
  /** 403 where the token lacks the permission. */
  | 'permissions'
  /** 422 for a comment above 65,536 characters. */
  | 'comment-length'
  /** At most a hundred entries a page, thirty unless told. */
  | 'pages'

export interface Token {
  readonly login: string
  /** The app that it acts for: `github-actions` for a job's own token. */
  readonly app?: string
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>
}

export interface StatusRecord {
  readonly id: number
  readonly state: string
  readonly description: string
  readonly log_url: string
  readonly environment_url: string
}

export interface DeploymentRecord {
  readonly id: number
  readonly sha: string
  readonly ref: string
  readonly task: string
  readonly environment: string
  readonly payload: unknown
  readonly description: string | null
  readonly transient: boolean
  readonly production: boolean
  readonly creator: Token
  readonly at: string
  /** The oldest first. */
  readonly statuses: StatusRecord[]
}

export interface CommentRecord {
  readonly id: number
  readonly issue: number
  body: string
  readonly author: Token
}

export interface PullRecord {
  readonly number: number
  state: 'open' | 'closed'
  title: string
  /** Of the head: `sha`, `ref` and the repository that it is in. */
  head: { sha: string; ref: string; repository: string }
  draft: boolean
  labels: readonly string[]
}

export interface ReleaseRecord {
  readonly id: number
  readonly tag: string
  draft: boolean
  immutable: boolean
  readonly assets: { readonly id: number; readonly name: string; readonly content: string }[]
}

export interface World {
  readonly owner: string
  readonly repository: string
  readonly tokens: Map<string, Token>
  readonly without: Set<Rule>
  readonly deployments: DeploymentRecord[]
  readonly comments: CommentRecord[]
  readonly pulls: PullRecord[]
  /** Commit, its parents first: `a` is an ancestor of `b` where `b`'s list holds it. */
  readonly ancestors: Map<string, readonly string[]>
  /** Branches and tags by their name; where releases stand on them by the whole reference, `refs/tags/v1`. */
  readonly refs: Map<string, string>
  /** Commits with a status that is not green. */
  readonly notGreen: Set<string>
  /** Commits that lack the default branch: auto_merge merges it in first. */
  readonly behind: Set<string>
  readonly runs: Map<string, { status: string }>
  readonly artifacts: Record<string, unknown>[]
  readonly releases: ReleaseRecord[]
  /** "Release immutability" in the settings of the repository. */
  hasImmutableReleases: boolean
  nextId: number
}

/** An answer that is not a good one. */
export class Refusal extends Error {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly errors: readonly (object | string)[]
  constructor(
    status: number,
    message: string,
    { errors = [], headers = {} }: { errors?: (object | string)[]; headers?: Record<string, string> } = {},
  ) {
    super(message)
    this.status = status
    this.errors = errors
    this.headers = headers
  }
}

export interface Asked {
  readonly world: World
  readonly values: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: Readonly<Record<string, unknown>>
  /** The body as it was sent, of an upload. */
  readonly content: string
  /** The address of the double. */
  readonly origin: string
  readonly token: Token
}

/** `list`: the double cuts it into pages. */
export type Reply = { readonly status: number; readonly body?: unknown } | { readonly list: readonly unknown[] }
export interface Row {
  /** `deployments: write`; undefined: nothing but a token. */
  readonly needs?: readonly [permission: string, level: 'read' | 'write']
  readonly answer: (asked: Asked) => Reply
}

export const holds = ({ without }: World, rule: Rule): boolean => !without.has(rule)

export function userOf({ login }: Token): object {
  return complete('simple-user', { login, type: login.endsWith('[bot]') ? 'Bot' : 'User' })
}

export function appOf({ app }: Token): object | null {
  return app === undefined
    ? null
    : complete('nullable-integration', { slug: app, owner: complete('simple-user', { login: 'github' }) })
}

export const textOf = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise)
export const invalid = (message: string): Refusal =>
  new Refusal(422, 'Validation Failed', { errors: [{ resource: 'X', field: 'x', code: 'custom', message }] })
export const notFound = (): Refusal => new Refusal(404, 'Not Found')
