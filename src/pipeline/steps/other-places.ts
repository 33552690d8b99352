/** Records of other places, for a person to say that one of them is what this place was before it was rebuilt. */
import { placeKey } from '../../domain/place.ts'
import type { RollbackRequest } from '../../domain/request.ts'
import { environmentPrefix, parseRecordTag } from '../../domain/tags.ts'
import type { Survey } from './survey.ts'

/** One request each. */
const PLACES = 5

/** Lines that name the key of each place whose records begin with this environment's name. */
export async function otherPlaces(
  { repository, environment }: Pick<RollbackRequest, 'repository' | 'environment'>,
  { ledgers: { place }, registry, memory }: Pick<Survey, 'ledgers' | 'registry' | 'memory'>,
): Promise<string[]> {
  if (memory.down.has('registry')) return []
  const own = place && placeKey(place)
  const prefix = environmentPrefix('deployed', environment)
  const lines: string[] = []
  let from = prefix
  for (let asked = 0; asked < PLACES; asked += 1) {
    const found = await registry.tagsWithPrefix(repository, { prefix, after: from, limit: 1 })
    const tag = found.is === 'present' ? found.value[0] : undefined
    if (tag === undefined) break
    const key = tag.slice(prefix.length).split('-')[0] ?? ''
    const record = parseRecordTag(tag, 'deployed', { environment, key })
    if (record && key !== own)
      lines.push(`  ${key}  last ${record.at.toISOString()}  ${record.revision ?? 'unknown revision'}`)
    // A full stop stands behind the dash in the order of names: the next key.
    from = `${prefix}${key}.`
  }
  if (lines.length === 0) return []
  return ['records of other places (adopt-history takes one of them over, for a place that was rebuilt):', ...lines]
}
