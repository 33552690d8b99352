import type { Duration } from '../../domain/duration.ts'
import type { Repository } from '../../domain/image.ts'
import type { Run } from '../../domain/labels.ts'
import type { TargetRequest } from '../../domain/request.ts'
import type { Input } from '../../inputs/types.ts'
import type { Values } from '../../inputs/values.ts'
import type { Clock, GitHubApi, PreviewHost, Registry, Reporter, Target } from '../../ports.ts'

/**
 * Everything that this product knows about one kind of target. The action files, the reference pages, `--help`, the
 * refusals of inputs, the file's schema and the rollback command are made from these rows.
 */
export interface TargetKind<Request extends TargetRequest = TargetRequest, Row extends Input = Input> {
  /** As `deploy-to` names it. */
  readonly name: Request['name']
  /** As people write it: `Swarm`. */
  readonly title: string
  /** Other names for it. */
  readonly aliases: readonly string[]
  /** What the input `workload` holds here, and a value that works. */
  readonly workload: { readonly about: string; readonly example: string }
  /** What the input `manifests` holds here. */
  readonly manifests: string
  /** Inputs that this target adds to those of every target. */
  readonly inputs: readonly Row[]
  /** Reads the target's own inputs; what is wrong with them goes to `values.fault`. */
  read(values: Values<Row | SharedInput>, common: TargetCommon): Request
  /** Opens the target; heavy imports begin here. No request is sent yet. */
  open(request: Request, context: TargetContext): Promise<Target>
  /**
   * Opens what lists and removes previews of pull requests. With `preview` in its request, `open` deploys one. undefined:
   * this target has none.
   */
  previews?(request: Request, context: TargetContext): Promise<PreviewHost>
}

/** Inputs that every target has. */
export type SharedInput = Input &
  (
    | { readonly name: 'workload' | 'manifests'; readonly kind: 'list' }
    | { readonly name: 'container'; readonly kind: 'text' }
    | { readonly name: 'strategy'; readonly kind: 'choice'; readonly choices: readonly ('rolling' | 'blue-green')[] }
  )

/** What was read for every target. */
export interface TargetCommon extends Omit<TargetRequest, 'name'> {
  /** What paths in the inputs are relative to. */
  readonly cwd: string
  /** How long a whole rollout may take. */
  readonly timeout: Duration
}

/** What every target is opened with. */
export interface TargetContext {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly run: Run
  /** Ends every wait of the target. */
  readonly signal: AbortSignal
  /** Where the image that is deployed comes from: it chooses containers and services that are not named. */
  readonly repository: Repository
  /** `leave`: the target does not take a failed rollout back by itself either. */
  readonly onFailure: 'restore' | 'leave'
  readonly registry: Registry
  readonly reporter: Reporter
  /** undefined where GitHub cannot be asked. */
  readonly github: GitHubApi | undefined
}
