/** What of a folder a builder would send, name by name: for questions that need no file's content. */
import type { Dirent } from 'node:fs'
import { readdirSync } from 'node:fs'
import { posix } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { throwIfAborted } from '../../errors/deploy-error.ts'
import { readIgnoreRules } from './context.ts'
import { dockerfilePath } from './dockerfile.ts'

/** So many names are looked at before others, a cancellation first of all, have their turn. */
const NAMES_PER_TURN = 1000

export interface SentFolder {
  readonly folder: string
  /** Of these names, relative to the folder, those that would be sent; a name with a slash at its end is a whole folder. */
  sent(names: readonly string[], signal: AbortSignal): Promise<string[]>
}

/** The context itself. */
export async function contextFolder(context: string, file: string | undefined): Promise<SentFolder> {
  return sentFolder(context, dockerfilePath(context, file))
}

/** @param dockerfile undefined for a named context, which has only a `.dockerignore` */
export async function sentFolder(folder: string, dockerfile?: string): Promise<SentFolder> {
  const rules = await readIgnoreRules(folder, dockerfile)
  const known = new Map<string, { ignored: boolean; matched: Uint8Array | undefined }>()

  function look(name: string): { ignored: boolean; matched: Uint8Array | undefined } {
    if (!rules || name === '' || name === '.') return { ignored: false, matched: undefined }
    const before = known.get(name)
    if (before) return before
    const matched = new Uint8Array(rules.count)
    const ignored = rules.ignores(name, look(posix.dirname(name)).matched, matched)
    known.set(name, { ignored, matched })
    return { ignored, matched }
  }

  /** undefined stands for a file that is left out. */
  function* below(name: string): Generator<string | undefined> {
    if (look(name).ignored && rules?.mayKeepBelow(name) === false) return
    for (const entry of entriesOf(`${folder}/${name}`)) {
      const path = name === '' ? entry.name : `${name}/${entry.name}`
      if (entry.isDirectory()) yield* below(path)
      else yield look(path).ignored ? undefined : path
    }
  }

  return {
    folder,
    async sent(names, signal) {
      const found: string[] = []
      let seen = 0
      for (const name of names) {
        const isWhole = name === '' || name.endsWith('/')
        for (const file of isWhole ? below(name.replace(/\/$/, '')) : [look(name).ignored ? undefined : name]) {
          if (file !== undefined) found.push(file)
          seen += 1
          if (seen % NAMES_PER_TURN === 0) await setImmediate()
          throwIfAborted(signal)
        }
      }
      return found
    },
  }
}

/** What cannot be read cannot be sent; the builder says so. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
