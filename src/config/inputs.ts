/**
 * The one table of inputs. action.yml, the README's tables, the file's JSON Schema, `--help` and the parser are all
 * made from it, so they cannot disagree.
 */
import { APP_INPUTS } from './inputs/app.ts'
import { BUILD_INPUTS } from './inputs/build.ts'
import { TARGET_INPUTS } from './inputs/target.ts'
import type { Command, Input, Kind } from './inputs/types.ts'

export type { Command, Input, Kind }

const ROWS = [...APP_INPUTS, ...TARGET_INPUTS, ...BUILD_INPUTS] as const

type Row = (typeof ROWS)[number]
export type InputName = Row['name']
export type NameOf<K extends Kind> = Extract<Row, { kind: K }>['name']
export type ChoiceOf<N extends NameOf<'choice'>> = Extract<Row, { name: N; kind: 'choice' }>['choices'][number]

export const INPUTS: readonly (Input & { readonly name: InputName })[] = ROWS

/** Targets that this version has. */
export const TARGETS = ['swarm', 'kubernetes'] as const

export function inputsOf(command: Command): readonly (Input & { readonly name: InputName })[] {
  return INPUTS.filter((input) => input.commands.includes(command))
}

export function inputOf(command: Command, name: string): Input | undefined {
  return INPUTS.find((input) => input.name === name && input.commands.includes(command))
}

/** Keys of the configuration file. */
export function fileInputs(): readonly (Input & { readonly name: InputName })[] {
  return INPUTS.filter((input) => input.file !== false)
}
