/** Records of other places of the same environment, as the registry's tags name them. */
import type { Repository } from '../../domain/image.ts'
import { placeKey } from '../../domain/place.ts'
import type { RollbackRequest } from '../../domain/request.ts'
import type { RecordTag } from '../../domain/tags.ts'
import { environmentPrefix, parseRecordTag } from '../../domain/tags.ts'
import type { Registry } from '../../ports.ts'
import type { Survey } from './survey.ts'

/** One request each. */
const PLACES = 5

/** The newest record of one place. */
export interface PlaceRecord {
  readonly key: string
  readonly tag: string
  readonly record: RecordTag
}

/** The newest record of each place but those of `own`, some places at the most. */
export async function otherRecords(
  registry: Registry,
  { repository, environment }: { readonly repository: Repository; readonly environment: string },
  own: readonly (string | undefined)[],
): Promise<PlaceRecord[]> {
  const prefix = environmentPrefix('deployed', environment)
  const records: PlaceRecord[] = []
  let from = prefix
  for (let asked = 0; asked < PLACES; asked += 1) {
    const found = await registry.tagsWithPrefix(repository, { prefix, after: from, limit: 1 })
    const tag = found.is === 'present' ? found.value[0] : undefined
    if (tag === undefined) break
    const key = tag.slice(prefix.length).split('-')[0] ?? ''
    const record = parseRecordTag(tag, 'deployed', { environment, key })
    if (record && !own.includes(key)) records.push({ key, tag, record })
    // A full stop stands behind the dash in the order of names: the next key.
    from = `${prefix}${key}.`
  }
  return records
}

/** Lines that name the key of each other place, for a person to say that one of them is what this place was. */
export async function otherPlaces(
  request: Pick<RollbackRequest, 'repository' | 'environment'>,
  { ledgers: { place }, registry, memory }: Pick<Survey, 'ledgers' | 'registry' | 'memory'>,
): Promise<string[]> {
  if (memory.down.has('registry')) return []
  const records = await otherRecords(registry, request, [place && placeKey(place)])
  if (records.length === 0) return []
  return [
    'records of other places (adopt-history takes one of them over, for a place that was rebuilt):',
    ...records.map(
      ({ key, record }) => `  ${key}  last ${record.at.toISOString()}  ${record.revision ?? 'unknown revision'}`,
    ),
  ]
}
