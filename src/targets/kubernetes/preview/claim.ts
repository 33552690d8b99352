/** The place of a preview: claimed before anything is made in it. Only previews make namespaces. */
import { once } from '../../../async/once.ts'
import type { PreviewPart } from '../../../domain/preview-labels.ts'
import { withCandidate } from '../../../domain/preview-labels.ts'
import type { Preview } from '../../../domain/preview.ts'
import type { Reason } from '../../../errors/deploy-error.ts'
import { DeployError, fail } from '../../../errors/deploy-error.ts'
import { refusal } from '../api/client.ts'
import type { Cluster } from '../api/cluster.ts'
import type { Home } from './home.ts'
import type { Owner, RecordContent, RecordPlace, RecordState } from './record.ts'
import { createRecord, nameOf, recordPlace, renewRecord, stateOf } from './record.ts'
import type { RemovalLimit } from './removal.ts'
import { removeObjects, untilGone } from './removal.ts'

export interface ClaimContext {
  readonly cluster: () => Promise<Cluster>
  readonly home: Home
  readonly preview: Preview
  readonly part: () => Promise<PreviewPart>
  readonly limit: RemovalLimit
  /** Labels and annotations that a document of the manifests gives the namespace. */
  readonly extra: () => Promise<{
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
  }>
}

export interface Finding {
  readonly state: RecordState
  readonly place: RecordPlace
  /** The cluster's clock, ms since 1970. */
  readonly now: number
}

export class Claim {
  readonly #context: ClaimContext
  /** As it was when this run began. */
  read: () => Promise<Finding>
  /** This run holds the place. */
  isTaken = false
  #held: () => Promise<{ readonly uid: string; readonly isNew: boolean } & RecordContent>

  constructor(context: ClaimContext) {
    this.#context = context
    this.read = once(() => this.#read())
    this.#held = once(() => this.#take())
  }

  /** Another run may have removed it: it is taken anew. */
  reset(): void {
    this.isTaken = false
    this.read = once(() => this.#read())
    this.#held = once(() => this.#take())
  }

  async #read(): Promise<Finding> {
    const { home, preview, cluster: locate } = this.#context
    const cluster = await locate()
    const place = recordPlace(cluster, home, preview)
    const answer = await cluster.api.request('GET', place.path)
    const now = answer.at ?? cluster.clock.now()
    // Without the right to read it preflight names all the rights that are missing.
    if (answer.status === 404 || answer.status === 403) return { state: { is: 'absent' }, place, now }
    if (answer.status !== 200) throw refusal(answer, `${nameOf(place)} could not be read`)
    return { state: stateOf(answer.body, place, preview), place, now }
  }

  /** Why the place cannot be taken. */
  async faults(): Promise<Reason[]> {
    const { state, place } = await this.read()
    return state.is === 'foreign' ? [foreign(place, state.by)] : []
  }

  /** The place is this preview's from now on. @returns whether this run made it @throws DeployError */
  async take(): Promise<boolean> {
    return (await this.#held()).isNew
  }

  async #take(): Promise<{ readonly uid: string; readonly isNew: boolean } & RecordContent> {
    const cluster = await this.#context.cluster()
    let { state, place } = await this.#read()
    if (state.is === 'ending') {
      const left = async () => {
        ;({ state, place } = await this.#read())
        return state.is === 'ending' ? [`${nameOf(place)}: ${state.detail}`] : []
      }
      await untilGone(cluster, left, this.#context.limit)
    }
    let isNew = false
    for (let tries = 0; state.is === 'absent' && tries < 2; tries++) {
      const [part, extra] = await Promise.all([this.#context.part(), this.#context.extra()])
      isNew = await createRecord(cluster, place, { part, extra, collections: [] })
      ;({ state, place } = await this.#read())
    }
    if (state.is === 'foreign') throw fail(foreign(place, state.by))
    if (state.is !== 'ours')
      throw new DeployError('workload-gone', `${nameOf(place)} was removed while this run worked`)
    this.isTaken = true
    return { ...state, isNew }
  }

  /** Renews the expiry, and writes down what will be made before it is made. @returns all collections that may hold something */
  async renew(candidate: string | undefined, collections: readonly string[]): Promise<readonly string[]> {
    const [held, cluster, part, extra] = await Promise.all([
      this.#held(),
      this.#context.cluster(),
      this.#context.part(),
      this.#context.extra(),
    ])
    const candidates = withCandidate(held.candidates, candidate)
    const all = [...new Set([...held.collections, ...collections])].sort()
    const place = recordPlace(cluster, this.#context.home, this.#context.preview)
    await renewRecord(cluster, place, held.uid, { part: { ...part, candidates }, collections: all, extra })
    return all
  }

  /** What this run made for nothing. */
  async release(): Promise<void> {
    const { uid, isNew } = await this.#held()
    const { place } = await this.read()
    if (isNew) await removeObjects(await this.#context.cluster(), [{ path: place.path, uid, label: nameOf(place) }])
  }
}

function foreign(place: RecordPlace, by: Owner): Reason {
  return {
    // Another preview is deployed by its own runs.
    code: by.isPreview ? 'another-rollout' : 'managed-elsewhere',
    what: `${nameOf(place)} belongs to ${by.name}`,
    fix:
      place.kind === 'Namespace'
        ? 'A preview never takes a namespace that it did not make: set namespace to another name, such as ${name}, or to a shared one without ${number}.'
        : 'Give each preview a namespace of its own (namespace with ${number}), or the app another name.',
  }
}
