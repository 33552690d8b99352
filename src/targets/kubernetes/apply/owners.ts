// Tools that would put back what a release changes.
import { FIELD_MANAGER } from '../api/client.ts'
import type { WorkloadId } from '../api/names.ts'
import type { Workload } from '../api/schema.ts'

interface Owner {
  readonly name: string
  readonly advice: string
}

const GITOPS =
  'it will set the image back at its next sync: change the image in its Git source, or exclude the image field from it'

/** Who else manages this workload, by labels, annotations and the managers that the API server keeps. */
export function ownersOf({ metadata }: Workload): Owner[] {
  const labels = metadata.labels ?? {}
  const annotations = metadata.annotations ?? {}
  const managers = (metadata.managedFields ?? []).map(({ manager }) => manager ?? '')
  const has = (pattern: RegExp) => managers.some((manager) => pattern.test(manager))
  const owners: Owner[] = []
  if (
    annotations['argocd.argoproj.io/tracking-id'] !== undefined ||
    labels['argocd.argoproj.io/instance'] !== undefined ||
    has(/^argocd/)
  ) {
    const advice = `${GITOPS} (ignoreDifferences, with RespectIgnoreDifferences)`
    owners.push({ name: 'Argo CD', advice })
  }
  if (
    Object.keys(labels).some((key) => key.startsWith('kustomize.toolkit.fluxcd.io/')) ||
    Object.keys(labels).some((key) => key.startsWith('helm.toolkit.fluxcd.io/')) ||
    has(/^(kustomize|helm)-controller$/)
  ) {
    const advice = `${GITOPS} (kustomize.toolkit.fluxcd.io/ssa: IfNotPresent, or suspend it)`
    owners.push({ name: 'Flux', advice })
  }
  if (
    annotations['meta.helm.sh/release-name'] !== undefined ||
    labels['app.kubernetes.io/managed-by'] === 'Helm' ||
    has(/^helm$/)
  ) {
    const advice = `the next helm upgrade sets the image to its values: keep image.digest there in step`
    owners.push({ name: 'Helm', advice })
  }
  return owners
}

export function ownershipWarnings(workload: Workload, { label }: WorkloadId): string[] {
  return ownersOf(workload).map(({ name, advice }) => {
    return `${label} is managed by ${name}: ${advice} (managed-elsewhere; our field manager is ${FIELD_MANAGER})`
  })
}
