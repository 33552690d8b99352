/** What `git status --porcelain=v2 --branch -z --untracked-files=all --ignored=matching` says. Paths are relative to the work tree. */
export interface Status {
  /** Undefined before the first commit. */
  readonly revision: string | undefined
  readonly dirty: readonly string[]
  readonly untracked: readonly string[]
  /** Files, and whole folders with a slash at their end. */
  readonly ignored: readonly string[]
}

/** Fields before the path, by kind of line. */
const FIELDS: Readonly<Record<string, number>> = { '1': 8, '2': 9, u: 10 }

export function parseStatus(text: string): Status {
  let revision: string | undefined
  const dirty: string[] = []
  const untracked: string[] = []
  const ignored: string[] = []
  const entries = text.split('\0')
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index] ?? ''
    const kind = entry[0] ?? ''
    if (entry.startsWith('# branch.oid ')) {
      const oid = entry.slice('# branch.oid '.length)
      revision = /^[0-9a-f]{40}$/.test(oid) ? oid : undefined
    } else if (kind === '?') {
      untracked.push(entry.slice(2))
    } else if (kind === '!') {
      ignored.push(entry.slice(2))
    } else if (FIELDS[kind] !== undefined) {
      const fields = entry.split(' ')
      if (!onlyUntrackedInside(fields)) dirty.push(fields.slice(FIELDS[kind]).join(' '))
      // A rename is followed by the path that it came from.
      if (kind === '2') index += 1
    }
  }
  return { revision, dirty, untracked, ignored }
}

/** A submodule at its commit whose only change is files that nobody tracks: `.M S..U`. */
function onlyUntrackedInside([, change, submodule]: readonly string[]): boolean {
  return change === '.M' && submodule === 'S..U'
}
