import { list } from './list.ts'
import { release } from './release.ts'
import { rollback } from './rollback.ts'
import { smoke } from './smoke.ts'
import type { Verb } from './verb.ts'

const ROWS = [release, rollback, list, smoke] as const

/** The table of verbs. Adding one: its file here, and its name in the line above. */
export const VERBS: readonly Verb[] = ROWS

/** Those that a workflow can use. */
export const ACTIONS = VERBS.flatMap((verb) => (verb.action ? [{ ...verb, action: verb.action }] : []))

export function verbOf(name: string): Verb | undefined {
  return VERBS.find((verb) => verb.name === name)
}

/** Whether an input of this group belongs to the verb. */
export function takes({ name, takes: groups }: Verb, group: string): boolean {
  return group === name || groups.includes(group)
}

/** The inputs that verbs bring along themselves. */
export type VerbInput = (typeof ROWS)[number]['inputs'][number]

export function verbInputs(): readonly VerbInput[] {
  return ROWS.flatMap((verb): readonly VerbInput[] => verb.inputs)
}
