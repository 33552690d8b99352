/** What objects and label values are called in a namespace that the preview shares with others. Pure. */
import { createHash } from 'node:crypto'

const LABEL_LENGTH = 63
const HASH_LENGTH = 6
/** Kinds whose controller appends something to the name and writes the whole into a label. */
const LENGTHS: Readonly<Record<string, number>> = { StatefulSet: 52, CronJob: 52 }

/** `web` becomes `web-pr-7`. What would be too long is cut, and a hash of the whole keeps two of them apart. */
export function suffixed(text: string, suffix: string, length: number = LABEL_LENGTH): string {
  if (text === '') return suffix.replace(/^-/, '')
  if (text.length + suffix.length <= length) return text + suffix
  const hash = createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH)
  const kept = text.slice(0, length - suffix.length - HASH_LENGTH - 1).replace(/[^A-Za-z0-9]+$/, '')
  return `${kept}-${hash}${suffix}`
}

export function objectName(kind: string, name: string, suffix: string): string {
  return suffixed(name, suffix, LENGTHS[kind])
}
