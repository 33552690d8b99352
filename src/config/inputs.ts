/**
 * The one table of inputs. action.yml, the README's tables, the file's JSON Schema, `--help` and the parser are all
 * made from it, so they cannot disagree.
 */
import type { Command, Input, Kind } from '../inputs/types.ts'
import type { Values as ValuesOf } from '../inputs/values.ts'
import type { TargetInput } from '../targets/index.ts'
import { targetInputs } from '../targets/index.ts'
import { APP_INPUTS } from './inputs/app.ts'
import { BUILD_INPUTS } from './inputs/build.ts'
import { TARGET_INPUTS } from './inputs/target.ts'

export type { Command, Input, Kind }

type Row = (typeof APP_INPUTS | typeof TARGET_INPUTS | typeof BUILD_INPUTS)[number] | TargetInput
export type InputName = Row['name']
/** The values of every input of a command. */
export type Values = ValuesOf<Row>

export const INPUTS: readonly (Input & { readonly name: InputName })[] = [
  ...APP_INPUTS,
  ...TARGET_INPUTS,
  ...targetInputs(),
  ...BUILD_INPUTS,
]

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
