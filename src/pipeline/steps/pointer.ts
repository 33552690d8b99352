/** Which moving tags name a version after its verdict. */
import type { Digest } from '../../domain/digest.ts'
import { placeKey } from '../../domain/place.ts'
import { environmentSlug, placeTag } from '../../domain/tags.ts'
import type { LedgerContext, Registry } from '../../ports.ts'
import type { PlaceRecord } from './other-places.ts'
import { otherRecords } from './other-places.ts'

export interface Pointer {
  /** The tags that shall name the digest now. */
  readonly tags: readonly string[]
  /** Why the environment's tag stays where it is. */
  readonly notice?: string
}

export interface PointerContext {
  readonly environment: string
  readonly environmentTag: string
  readonly ledgers: LedgerContext
}

/**
 * Where several places share one environment, each has a tag of its own, and the environment's tag is not moved away
 * from what another place runs by its newest record: so it always names something that runs. A tag that a person named
 * is theirs to share.
 */
export async function pointerOf(
  { environment, environmentTag, ledgers: { repository, place, adopted } }: PointerContext,
  digest: Digest,
  registry: Registry,
): Promise<Pointer> {
  if (place === undefined || environmentTag !== environmentSlug(environment)) return { tags: [environmentTag] }
  const key = placeKey(place)
  const others = await otherRecords(registry, { repository, environment }, [key, adopted])
  if (others.length === 0) return { tags: [environmentTag] }
  const own = placeTag(environmentTag, key)
  const named = await registry.resolve(repository, environmentTag)
  const now = named.is === 'present' ? named.value.digest : undefined
  if (now === undefined || now === digest) return { tags: [environmentTag, own] }
  const runsThere = async ({ tag }: PlaceRecord): Promise<boolean> => {
    const found = await registry.resolve(repository, tag)
    return found.is === 'present' && found.value.digest === now
  }
  const answers = await Promise.all(others.map(runsThere))
  const other = others.find((_, index) => answers[index])
  if (other === undefined) return { tags: [environmentTag, own] }
  const notice = `the tag ${environmentTag} stays on what runs at another place of ${environment} (${other.key}); ${own} names this place. If that place was rebuilt as this one, say adopt-history: ${other.key}`
  return { tags: [own], notice }
}
