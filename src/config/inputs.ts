/**
 * The one table of inputs. action.yml, the README's tables, the file's JSON Schema, `--help` and the parser are all
 * made from it, so they cannot disagree.
 */
import type { Input, Kind } from '../inputs/types.ts'
import type { Values as ValuesOf } from '../inputs/values.ts'
import type { TargetInput } from '../targets/index.ts'
import { targetInputs } from '../targets/index.ts'
import type { VerbInput } from '../verbs/index.ts'
import { takes, verbInputs, verbOf } from '../verbs/index.ts'
import { BUILD_INPUTS } from './inputs/build.ts'
import { PROVE_INPUTS } from './inputs/prove.ts'
import { RUN_INPUTS } from './inputs/run.ts'
import { TARGET_INPUTS } from './inputs/target.ts'
import { WHAT_INPUTS } from './inputs/what.ts'

export type { Input, Kind }

type Row =
  | (typeof WHAT_INPUTS | typeof PROVE_INPUTS | typeof RUN_INPUTS | typeof TARGET_INPUTS | typeof BUILD_INPUTS)[number]
  | TargetInput
  | VerbInput
export type InputName = Row['name']
/** The values of every input of a command. */
export type Values = ValuesOf<Row>

export const INPUTS: readonly (Input & { readonly name: InputName })[] = [
  ...verbInputs(),
  ...WHAT_INPUTS,
  ...PROVE_INPUTS,
  ...RUN_INPUTS,
  ...TARGET_INPUTS,
  ...targetInputs(),
  ...BUILD_INPUTS,
]

/** @param command the name of a verb */
export function inputsOf(command: string): readonly (Input & { readonly name: InputName })[] {
  const verb = verbOf(command)
  return verb === undefined ? [] : INPUTS.filter((input) => takes(verb, input))
}

export function inputOf(command: string, name: string): Input | undefined {
  return inputsOf(command).find((input) => input.name === name)
}

/** Keys of the configuration file. Where a verb has a row of its own for a name, the one of all other verbs describes it. */
export function fileInputs(): readonly (Input & { readonly name: InputName })[] {
  const rows = INPUTS.filter((input) => input.file !== false)
  return [...new Map(rows.map((input) => [input.name, input])).values()]
}
