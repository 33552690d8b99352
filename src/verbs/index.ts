import type { Input } from '../inputs/types.ts'
import { list } from './list.ts'
import { preview } from './preview.ts'
import { release } from './release.ts'
import { rollback } from './rollback.ts'
import { smoke } from './smoke.ts'
import type { Verb } from './verb.ts'

const ROWS = [release, rollback, preview, list, smoke] as const

/** The table of verbs. Adding one: its file here, and its name in the line above. */
export const VERBS: readonly Verb[] = ROWS

/** Those that a workflow can use. */
export const ACTIONS = VERBS.flatMap((verb) => (verb.action ? [{ ...verb, action: verb.action }] : []))

export function verbOf(name: string): Verb | undefined {
  return VERBS.find((verb) => verb.name === name)
}

/** Whether the verb has this input. */
export function takes(
  { name: verb, takes: groups, without = [] }: Verb,
  { name, commands }: Pick<Input, 'name' | 'commands'>,
): boolean {
  return commands === verb || (groups.includes(commands) && !without.includes(name))
}

/** The inputs that verbs bring along themselves. */
export type VerbInput = (typeof ROWS)[number]['inputs'][number]

export function verbInputs(): readonly VerbInput[] {
  return ROWS.flatMap((verb): readonly VerbInput[] => verb.inputs)
}
