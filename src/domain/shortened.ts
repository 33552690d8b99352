import { shortHash } from './place.ts'

const HASH_LENGTH = 6

/**
 * A name of at most `length` characters. What is too long is cut at its end, and a hash of the whole keeps two of them apart.
 * @param endingFor what has to follow the hash, given what is kept of the name without it
 */
export function shortened(name: string, length: number, endingFor: (kept: string) => string = () => ''): string {
  if (name.length <= length) return name
  const hash = `-${shortHash([name], HASH_LENGTH)}`
  const ending = hash + endingFor(name.slice(0, length - hash.length))
  return name.slice(0, length - ending.length) + ending
}
