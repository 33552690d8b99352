/** What the parts of a preview are called: a Swarm takes 63 characters, and a part is known by the number in its name. */
import { shortened } from '../../../domain/shortened.ts'

const NAME_CHARACTERS = 63

interface NameOptions {
  readonly prefix?: string
  readonly characters?: number
}

/** `<preview>_<key>`; the number of the preview stays in it, however long the key is. */
export function partName(
  preview: string,
  key: string,
  { prefix = '', characters = NAME_CHARACTERS }: NameOptions = {},
): string {
  const beginning = `${prefix}${preview}_`
  const ending = /-pr-\d+$/.exec(preview)?.[0] ?? ''
  return shortened(beginning + key, characters, (kept) => (kept.startsWith(beginning) ? '' : ending))
}
