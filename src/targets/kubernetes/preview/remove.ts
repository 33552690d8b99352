/** The removal of one preview: its namespace, or in a shared one everything that carries its marks. */
import { isPartOf } from '../../../domain/preview-labels.ts'
import type { Preview } from '../../../domain/preview.ts'
import type { Removal } from '../../../ports.ts'
import { read, refusal } from '../api/client.ts'
import type { Cluster } from '../api/cluster.ts'
import { listOf } from '../api/schema.ts'
import { COLLECTIONS } from './kinds.ts'
import { selectorOf } from './ownership.ts'
import type { RecordObject } from './record.ts'
import { contentOf, NAMESPACES, nameOf, RecordSchema, recordPlace, remainsOf } from './record.ts'
import type { Labelled, RemovalLimit } from './removal.ts'
import { labelled, removeObjects, untilGone, waitingText } from './removal.ts'

export interface NamespaceSearch extends RemovalLimit {
  readonly preview: Preview
  /** The namespace that has its name: reported where it is somebody else's. */
  readonly named: string | undefined
}

/** Its namespaces, whatever they were called: they are found by their label. */
export async function removeNamespaces(
  cluster: Pick<Cluster, 'api' | 'clock'>,
  { preview, named, ...limit }: NamespaceSearch,
): Promise<Removal> {
  const [answer, other] = await Promise.all([
    cluster.api.request('GET', NAMESPACES, { query: { labelSelector: selectorOf(preview) } }),
    named === undefined ? undefined : read(cluster, pathOf(named), RecordSchema).catch(() => undefined),
  ])
  if (answer.status !== 200) throw refusal(answer, 'namespaces could not be listed')
  const listed = listOf(RecordSchema, answer.body).items
  const isListed = listed.some(({ metadata }) => metadata.name === named)
  const found = other && !isListed ? [...listed, other] : listed
  const isOurs = ({ metadata }: RecordObject) => isPartOf(metadata.annotations ?? {}, metadata.name, preview)
  const [ours, others] = [found.filter(isOurs), found.filter((one) => !isOurs(one))]
  const label = ({ metadata }: RecordObject): string => `namespace ${metadata.name}`
  const path = ({ metadata }: RecordObject): string => pathOf(metadata.name)
  await removeObjects(
    cluster,
    ours.map((one) => ({ path: path(one), uid: one.metadata.uid, label: label(one) })),
  )
  await untilGone(
    cluster,
    async () => {
      const now = await Promise.all(ours.map((one) => read(cluster, path(one), RecordSchema)))
      return now.flatMap((live, index) => {
        const one = ours[index]
        if (!one || !live || live.metadata.uid !== one.metadata.uid) return []
        return [[label(one), remainsOf(live.status)].filter(Boolean).join(': ')]
      })
    },
    limit,
  )
  const candidates = ours.flatMap(({ metadata }) => contentOf(metadata.annotations ?? {}).candidates)
  return { removed: ours.map(label), left: others.map(label), candidates }
}

function pathOf(namespace: string): string {
  return `${NAMESPACES}/${encodeURIComponent(namespace)}`
}

/** Everything in a shared namespace. */
export async function removeShared(cluster: Cluster, preview: Preview, limit: RemovalLimit): Promise<Removal> {
  const place = recordPlace(cluster, { namespace: cluster.namespace, isOwn: false }, preview)
  const record = await read(cluster, place.path, RecordSchema)
  const isOurs = record !== undefined && isPartOf(record.metadata.annotations ?? {}, place.name, preview)
  const known = isOurs ? contentOf(record.metadata.annotations ?? {}).collections : []
  const collections = [...new Set([...COLLECTIONS, ...known])]
  const sought = { preview, isOwnNamespace: false }
  const found = (await labelled(cluster, collections, sought)).filter(({ path }) => path !== place.path)
  const ours = found.filter((one) => one.isOurs)
  const others = found.filter((one) => !one.isOurs && !one.isControlled)
  await removeObjects(cluster, ours)
  const watched = ours.length === 0 ? [] : [...new Set([...ours.map(({ collection }) => collection), 'api/v1/pods'])]
  await untilGone(
    cluster,
    async () => {
      const now = await labelled(cluster, watched, sought)
      // What is left alone keeps its own pods.
      const isWaitedFor = (one: Labelled) => one.isOurs || (one.isControlled && others.length === 0)
      return now.filter((one) => one.path !== place.path && isWaitedFor(one)).map(waitingText)
    },
    limit,
  )
  // Last, so that what was begun is found again.
  const last = isOurs ? [{ path: place.path, uid: record.metadata.uid, label: nameOf(place) }] : []
  await removeObjects(cluster, last)
  return {
    removed: [...ours, ...last].map(({ label }) => label),
    left: others.map(({ label }) => label),
    candidates: isOurs ? contentOf(record.metadata.annotations ?? {}).candidates : [],
  }
}
