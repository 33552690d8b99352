// Lists, page by page: thousands of pods in one answer would fill the memory.
import { setFlagsFromString } from 'node:v8'
import type * as v from 'valibot'
import type { Cluster } from './cluster.ts'
import { refusal } from './client.ts'
import { listOf } from './schema.ts'

export interface Selection {
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

const ITEMS_PER_PAGE = 250
const RESTARTS = 3

/** All objects of a collection that are selected, and the version of the list. @throws DeployError */
export async function listObjects<T>(
  cluster: Cluster,
  path: string,
  schema: v.GenericSchema<unknown, T>,
  selection: Selection,
): Promise<{ items: T[]; resourceVersion: string }> {
  for (let attempt = 1; ; attempt++) {
    const listed = await pages(cluster, path, schema, {
      ...selection,
      limit: attempt === RESTARTS ? undefined : ITEMS_PER_PAGE,
    })
    if (listed) return listed
  }
}

/** undefined: the version that the pages show is too old by now (410), so all has to begin anew. */
async function pages<T>(
  { api }: Cluster,
  path: string,
  schema: v.GenericSchema<unknown, T>,
  query: Selection & { readonly limit: number | undefined },
): Promise<{ items: T[]; resourceVersion: string } | undefined> {
  const items: T[] = []
  let next: string | undefined
  for (;;) {
    const answer = await api.request('GET', path, { query: { ...query, continue: next } })
    if (answer.status === 410 && next !== undefined) return undefined
    if (answer.status !== 200) throw refusal(answer, `${path} could not be listed`)
    const page = listOf(schema, answer.body)
    items.push(...page.items)
    next = page.next
    if (next !== undefined) keepGarbageSmall()
    if (next === undefined) return { items, resourceVersion: page.resourceVersion }
  }
}

/**
 * Lists of thousands of objects are read again and again, and little of each is kept: V8 would let its space for young
 * objects grow to a hundred megabytes of what nobody needs any more.
 */
function keepGarbageSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
