import * as v from 'valibot'
import type { Cluster } from '../api/cluster.ts'
import type { Selection } from '../api/list.ts'
import { listObjects } from '../api/list.ts'

interface Named {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string }
}

const WatchEventSchema = v.object({ type: v.string(), object: v.unknown() })
const BookmarkSchema = v.object({ metadata: v.object({ resourceVersion: v.string() }) })

export interface Watched<T> {
  items(): readonly T[]
  /** A fresh list. @throws DeployError */
  refresh(): Promise<void>
  /** When the last list was taken, ms since 1970; 0: never. */
  listedAt(): number
  /** How long the last list took, ms. */
  listedIn(): number
  stop(): void
}

/** One kind of object in the namespace, and which of them are wanted. */
export interface Collection<T> {
  readonly path: string
  readonly schema: v.GenericSchema<unknown, T>
  readonly selection: Selection
}

const RETRY_MS = 500

/**
 * One kind of object, listed and then followed by a watch. The watch only makes it faster: whatever decides
 * something calls `refresh` first, and a watch that ends, fails or falls silent costs nothing but time.
 */
export function watchObjects<T extends Named>(
  cluster: Cluster,
  { path, schema, selection }: Collection<T>,
  onChange: () => void,
): Watched<T> {
  const { api, clock } = cluster
  const stopper = new AbortController()
  let known = new Map<string, T>()
  let version = ''
  let listedAt = 0
  let listedIn = 0
  let following = false
  /** For each list that is under way: what the watch has said since it was asked for; undefined: deleted. */
  const underWay = new Set<Map<string, T | undefined>>()

  async function refresh(): Promise<void> {
    const began = clock.now()
    const news = new Map<string, T | undefined>()
    underWay.add(news)
    try {
      const list = await listObjects(cluster, path, schema, selection)
      // What did not change stays the same object, so that nothing is judged anew for it.
      known = new Map(list.items.map((item) => [item.metadata.uid, sameVersion(known.get(item.metadata.uid), item)]))
      version = list.resourceVersion
      for (const [uid, object] of news) addNews(uid, object)
    } finally {
      underWay.delete(news)
    }
    listedAt = clock.now()
    listedIn = listedAt - began
    if (!following) void follow()
  }

  /** What came while the list was under way is not in it, and the watch says it only once. */
  function addNews(uid: string, object: T | undefined): void {
    if (!object) known.delete(uid)
    else if (Number(object.metadata.resourceVersion) > Number(version)) known.set(uid, object)
  }

  async function follow(): Promise<void> {
    following = true
    while (!stopper.signal.aborted) {
      const clean = await followOnce().catch(() => false)
      if (stopper.signal.aborted) return
      if (clean) continue
      await clock.sleep(RETRY_MS, stopper.signal)
      // Events were missed: the next list closes the gap. Where the API is away, the next look says so.
      await refresh().then(onChange, () => undefined)
    }
  }

  /** @returns whether the watch may simply go on from the last known version */
  async function followOnce(): Promise<boolean> {
    const query = { ...selection, resourceVersion: version, timeoutSeconds: 300 }
    let received = false
    for await (const raw of api.watch(path, { query, signal: stopper.signal })) {
      const event = v.parse(WatchEventSchema, raw)
      // 410 Gone among others: the version is too old.
      if (event.type === 'ERROR') return false
      received = true
      if (event.type === 'BOOKMARK') version = v.parse(BookmarkSchema, event.object).metadata.resourceVersion
      else take(event.type, event.object)
    }
    return received
  }

  function take(type: string, raw: unknown): void {
    const object = v.safeParse(schema, raw)
    if (!object.success) return
    const { uid, resourceVersion } = object.output.metadata
    version = resourceVersion
    const before = known.get(uid)
    // A list may be ahead of the watch: what is older than known is not news.
    if (before && Number(before.metadata.resourceVersion) > Number(resourceVersion)) return
    const now = type === 'DELETED' ? undefined : object.output
    for (const news of underWay) news.set(uid, now)
    if (now) known.set(uid, now)
    else known.delete(uid)
    onChange()
  }

  return {
    items: () => [...known.values()],
    refresh,
    listedAt: () => listedAt,
    listedIn: () => listedIn,
    stop: () => stopper.abort(),
  }
}

function sameVersion<T extends Named>(known: T | undefined, item: T): T {
  return known?.metadata.resourceVersion === item.metadata.resourceVersion ? known : item
}
