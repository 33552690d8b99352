/** What became of the objects of the manifests in this run: which are new, which were changed, and how to take them back. */
import * as v from 'valibot'
import { refusal } from '../api/client.ts'
import type { Cluster } from '../api/cluster.ts'
import type { Applied } from './apply.ts'
import { isKubectlApplied } from './field-owners.ts'
import { isJob } from './jobs.ts'
import type { Manifest } from './manifests.ts'
import { labelOf } from './release-manifests.ts'

interface Created {
  readonly path: string
  readonly kind: string
  readonly label: string
  readonly uid: string
}

const SHOWN_FIELDS = 8

export class AppliedObjects {
  readonly #warn: (text: string) => void
  /** Versions of the objects as preflight read them, by path. */
  readonly #versions = new Map<string, string>()
  /** Paths of objects that `kubectl apply` made so far. */
  readonly #kubectlApplied = new Set<string>()
  #created: readonly Created[] = []
  /** Labels of what existed before and was changed by this run. */
  #changed: readonly string[] = []

  constructor(warn: (text: string) => void) {
    this.#warn = warn
  }

  /** How the object was before this run. */
  sawBefore(path: string, manifest: Manifest, object: unknown): void {
    this.#versions.set(path, versionOf(object))
    // A Job is replaced and not changed: its fields have no owner that matters.
    if (!isJob(manifest) && isKubectlApplied(object)) this.#kubectlApplied.add(path)
  }

  /** Whether its fields are still to be taken over from `kubectl apply`; asked once. */
  takeKubectlApplied(path: string): boolean {
    return this.#kubectlApplied.delete(path)
  }

  applied(path: string, manifest: Manifest, { created, object, taken }: Applied): void {
    const label = labelOf(manifest)
    if (created) this.#created = [...this.#created, { path, kind: manifest.kind, label, uid: uidOf(object) }]
    else if (!manifest.workload && this.#versions.get(path) !== versionOf(object)) {
      this.#changed = [...this.#changed, label]
    }
    if (taken.length > 0) this.#warn(`${label}: taken over: ${shortened(taken)}`)
  }

  /** Labels of what this run created and did not remove again. */
  created(): readonly string[] {
    return this.#created.map(({ label }) => label)
  }

  /** Labels of ConfigMaps and Secrets that this run changed. */
  changedConfig(): readonly string[] {
    return this.#changed.filter((label) => /^(configmap|secret)\//.test(label))
  }

  /** Removes what this run created, data claims excepted. @throws DeployError */
  async undo({ api }: Cluster): Promise<void> {
    const [mine, changed] = [[...this.#created].reverse(), this.#changed]
    this.#created = []
    this.#changed = []
    const claims = mine.filter(isDataClaim)
    const kept = [
      ...claims.map(({ label }) => `${label} was created and is kept`),
      ...changed.map((label) => `${label} was changed and does not go back`),
    ]
    if (kept.length > 0) this.#warn(`what this release leaves of its manifests: ${kept.join('; ')}`)
    for (const { path, uid } of mine.filter((one) => !isDataClaim(one))) {
      const body = { propagationPolicy: 'Background', preconditions: { uid } }
      const answer = await api.request('DELETE', path, { body })
      if (answer.status >= 400 && answer.status !== 404) throw refusal(answer, `${path} could not be removed again`)
    }
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

function uidOf(object: unknown): string {
  const parsed = v.safeParse(IdentitySchema, object)
  return parsed.success ? (parsed.output.metadata.uid ?? '') : ''
}

function versionOf(object: unknown): string {
  const parsed = v.safeParse(IdentitySchema, object)
  return parsed.success ? (parsed.output.metadata.resourceVersion ?? '') : ''
}
