/** What became of the objects of the manifests in this run: which are new, which were changed, and how to take them back. */
import * as v from 'valibot'
import { asDeployError } from '../../../errors/deploy-error.ts'
import { refusal } from '../api/client.ts'
import type { Cluster } from '../api/cluster.ts'
import type { Applied } from './apply.ts'
import { giveBackOwnership, isKubectlApplied } from './field-owners.ts'
import { isJob } from './jobs.ts'
import type { Manifest } from './manifests.ts'
import { labelOf } from './release-manifests.ts'
import type { ChangedObject } from './take-back.ts'
import { takeBack } from './take-back.ts'

interface Created {
  readonly path: string
  readonly kind: string
  readonly label: string
  readonly uid: string
}

const SHOWN_FIELDS = 8

export class AppliedObjects {
  readonly #warn: (text: string) => void
  /** The objects as they were read before this run changed them, by path; undefined: absent. */
  readonly #before = new Map<string, unknown>()
  /** Paths of objects that `kubectl apply` made so far. */
  readonly #kubectlApplied = new Set<string>()
  #created: readonly Created[] = []
  #changed: readonly ChangedObject[] = []
  /** Workloads of the release as they were before, by path: they go back with their template. */
  readonly #workloads = new Map<string, unknown>()

  constructor(warn: (text: string) => void) {
    this.#warn = warn
  }

  /** How the object was before this run; undefined: it did not exist. */
  sawBefore(path: string, manifest: Manifest, object: unknown): void {
    this.#before.set(path, object)
    // A Job is replaced and not changed: its fields have no owner that matters.
    if (!isJob(manifest) && isKubectlApplied(object)) this.#kubectlApplied.add(path)
  }

  /** What a request must name to change only what was read; empty where it was not read or did not exist. */
  guardOf(path: string): Identity {
    return identityOf(this.#before.get(path))
  }

  /** Whether its fields are still to be taken over from `kubectl apply`; asked once. */
  takeKubectlApplied(path: string): boolean {
    return this.#kubectlApplied.delete(path)
  }

  /** @param goesBack it is this object that takes its change back, and not the workload of the release itself */
  applied(path: string, manifest: Manifest, { created, object, taken }: Applied, goesBack: boolean): void {
    const label = labelOf(manifest)
    const before = this.#before.get(path)
    const { uid = '', resourceVersion } = identityOf(object)
    if (created) this.#created = [...this.#created, { path, kind: manifest.kind, label, uid }]
    else if (goesBack && before !== undefined && identityOf(before).resourceVersion !== resourceVersion) {
      this.#changed = [...this.#changed, { path, label, before, written: object }]
    }
    if (!created && manifest.workload && !goesBack && before !== undefined) this.#workloads.set(path, before)
    if (taken.length > 0) this.#warn(`${label}: taken over: ${shortened(taken)}`)
  }

  /** Labels of what this run created and did not remove again. */
  created(): readonly string[] {
    return this.#created.map(({ label }) => label)
  }

  /** Labels of ConfigMaps and Secrets that this run changed. */
  changedConfig(): readonly string[] {
    return this.#changed.map(({ label }) => label).filter((label) => /^(configmap|secret)\//.test(label))
  }

  /**
   * Removes what this run created, data claims excepted, and takes back what it changed. What stays is named: it is not
   * a reason to leave the workloads as they are.
   */
  async undo(cluster: Cluster): Promise<void> {
    const [mine, changed] = [[...this.#created].reverse(), [...this.#changed].reverse()]
    this.#created = []
    this.#changed = []
    const kept = mine.filter(isDataClaim).map(({ label }) => `${label} was created and is kept`)
    for (const one of changed) {
      const why = await takeBack(cluster, one)
      if (why !== undefined) kept.push(`${one.label} was changed and does not go back: ${why}`)
    }
    for (const one of mine.filter((each) => !isDataClaim(each))) {
      const why = await remove(cluster, one)
      if (why !== undefined) kept.push(`${one.label} was created and could not be removed: ${why}`)
    }
    if (kept.length > 0) this.#warn(`what this release leaves of its manifests: ${kept.join('; ')}`)
  }

  /** After the workloads went back: their fields belong to the release again as they did before. */
  async giveBackWorkloads(cluster: Cluster): Promise<void> {
    const all = [...this.#workloads]
    this.#workloads.clear()
    await Promise.all(all.map(([path, before]) => giveBackOwnership(cluster, path, before)))
  }
}

/** @returns why it stays */
async function remove({ api }: Cluster, { path, label, uid }: Created): Promise<string | undefined> {
  try {
    const body = { propagationPolicy: 'Background', preconditions: { uid } }
    const answer = await api.request('DELETE', path, { body })
    return answer.status < 400 || answer.status === 404 ? undefined : refusal(answer, label).what
  } catch (error) {
    return asDeployError(error).what
  }
}

function isDataClaim({ kind }: Created): boolean {
  return kind === 'PersistentVolumeClaim'
}

function shortened(fields: readonly string[]): string {
  const more = fields.length > SHOWN_FIELDS ? ` and ${String(fields.length - SHOWN_FIELDS)} more` : ''
  return fields.slice(0, SHOWN_FIELDS).join(', ') + more
}

const IdentitySchema = v.object({
  metadata: v.object({ uid: v.optional(v.string()), resourceVersion: v.optional(v.string()) }),
})

type Identity = v.InferOutput<typeof IdentitySchema>['metadata']

function identityOf(object: unknown): Identity {
  const parsed = v.safeParse(IdentitySchema, object)
  return parsed.success ? parsed.output.metadata : {}
}
