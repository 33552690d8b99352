import type { Raw } from '../inputs/raw.ts'

/** Keys of one place of the file; each value knows its line. */
export type Entry = ReadonlyMap<string, Raw>

export interface AppEntry {
  readonly values: Entry
  readonly environments: ReadonlyMap<string, Entry>
}

export interface ConfigFile {
  /** As the user names it, for messages. */
  readonly name: string
  readonly defaults: Entry
  /** Environments that every app shares. */
  readonly environments: ReadonlyMap<string, Entry>
  readonly apps: ReadonlyMap<string, AppEntry>
  /** The short form: the whole file is about one app. */
  readonly only: AppEntry | undefined
}

/** Keys that are structure, not inputs. */
export const STRUCTURE = ['version', 'defaults', 'apps', 'environments'] as const
