/** ConfigMaps and Secrets that manifests refer to and do not bring: named before anything is changed. */
import type { Reason } from '../../../errors/deploy-error.ts'
import type { Cluster } from '../api/cluster.ts'
import type { Manifest } from './manifests.ts'
import type { Reference } from './references.ts'
import { referencesIn } from './references.ts'

export interface AbsentReferences {
  readonly faults: readonly Reason[]
  readonly warnings: readonly string[]
  /** What may not be read. */
  readonly notices: readonly string[]
}

const WITH_PODS: ReadonlySet<string> = new Set([
  'apps/v1 Deployment',
  'apps/v1 StatefulSet',
  'apps/v1 DaemonSet',
  'apps/v1 ReplicaSet',
  'batch/v1 Job',
  'batch/v1 CronJob',
  'v1 Pod',
])

interface Wanted extends Reference {
  readonly by: string
}

/** An operator may make them in time: that is a warning and no fault. */
export async function absentReferences(cluster: Cluster, manifests: readonly Manifest[]): Promise<AbsentReferences> {
  const { namespace } = cluster
  const brought = manifests.map(({ kind, name }) => `${kind} ${name}`)
  const wanted = manifests
    .flatMap(wantedBy)
    .filter((one, index, all) => all.findIndex((other) => keyOf(other) === keyOf(one)) === index)
    .filter((one) => !brought.includes(keyOf(one)) && !isMadeBy(manifests, one))
    .sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
  const states = await Promise.all(wanted.map((one) => stateOf(cluster, one)))
  const named = (state: State) =>
    wanted.filter((_, index) => states[index] === state).map((one) => `${keyOf(one)} (${one.by})`)
  const [absent, unread] = [named('absent'), named('unread')]
  return {
    faults: [],
    warnings:
      absent.length === 0
        ? []
        : [
            `${absent.join(', ')}: neither in namespace ${namespace} nor in the manifests; the pods wait until somebody makes what is missing`,
          ],
    notices:
      unread.length === 0
        ? []
        : [`${unread.join(', ')}: this step may not read them, so whether they exist is seen when the pods start`],
  }
}

function wantedBy({ apiVersion, kind, name, object }: Manifest): Wanted[] {
  if (!WITH_PODS.has(`${apiVersion} ${kind}`)) return []
  return referencesIn(object['spec'])
    .filter(({ optional }) => !optional)
    .map((reference) => ({ ...reference, by: `${kind.toLowerCase()}/${name}` }))
}

function keyOf({ kind, name }: Reference): string {
  return `${kind} ${name}`
}

/** A SealedSecret or ExternalSecret of the manifests makes a Secret, by its own name or by the name of its target. */
function isMadeBy(manifests: readonly Manifest[], { kind, name }: Reference): boolean {
  return manifests.some((manifest) => {
    return manifest.kind.endsWith(kind) && (manifest.name === name || targetOf(manifest.object['spec']) === name)
  })
}

function targetOf(spec: unknown): unknown {
  if (typeof spec !== 'object' || spec === null || !('target' in spec)) return undefined
  const { target } = spec
  return typeof target === 'object' && target !== null && 'name' in target ? target.name : undefined
}

type State = 'there' | 'absent' | 'unread'

async function stateOf({ api, paths }: Cluster, { kind, name }: Reference): Promise<State> {
  const path = kind === 'Secret' ? paths.secret(name) : paths.configMap(name)
  const { status } = await api.request('GET', path)
  if (status === 404) return 'absent'
  return status === 200 ? 'there' : 'unread'
}
