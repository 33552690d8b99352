/** What the parts of a preview are called: a Swarm takes 63 characters, and a part is known by the number in its name. */
import { shortHash } from '../../../domain/place.ts'

const NAME_CHARACTERS = 63

interface NameOptions {
  readonly prefix?: string
  readonly characters?: number
}

/** `<preview>_<key>`; what would be too long is cut, and a hash of the whole keeps two of them apart. */
export function partName(
  preview: string,
  key: string,
  { prefix = '', characters = NAME_CHARACTERS }: NameOptions = {},
): string {
  const full = `${prefix}${preview}_${key}`
  if (full.length <= characters) return full
  const hash = `-${shortHash([full], 6)}`
  const cut = full.slice(0, characters - hash.length)
  if (cut.startsWith(`${prefix}${preview}_`)) return cut + hash
  const ending = hash + (/-pr-\d+$/.exec(preview)?.[0] ?? '')
  return full.slice(0, characters - ending.length) + ending
}
