import type { Faults } from '../inputs/faults.ts'
import type { Input } from './inputs.ts'
import { inputOf, inputsOf } from './inputs.ts'
import { parseList, UnclosedQuote } from '../inputs/list.ts'
import type { Raw } from '../inputs/raw.ts'
import { meant } from './refused.ts'

/** Options that every command has besides its inputs; what they mean is the entry's business (src/cli/run.ts). */
const SWITCHES = ['json', 'events', 'help'] as const

/** Reads `--name value`, `--name=value` and bare booleans; lists may be repeated. Faults go to `faults`. */
export function parseArgv(command: string, argv: readonly string[], faults: Faults): ReadonlyMap<string, Raw> {
  const values = new Map<string, Raw>()
  const words = [...argv]
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const match = /^--([^=]+)(?:=(.*))?$/s.exec(word)
    const name = match?.[1]
    if (name === undefined) {
      faults.add({
        ...OPTION,
        name: word,
        problem: 'is not an option',
        example: `--${inputsOf(command)[0]?.name ?? ''} …`,
      })
    } else if (!SWITCHES.some((known) => known === name)) {
      const input = inputOf(command, name)
      const value = input ? valueOf(input, match?.[2], words) : match?.[2]
      if (input) accept(values, input, value, faults)
      else unknownOption(command, { name, value }, words, faults)
    }
  }
  return values
}

const OPTION = { source: 'command line', value: undefined, example: undefined, suggestion: undefined } as const

function valueOf(input: Input, inline: string | undefined, words: string[]): string | undefined {
  if (inline !== undefined) return inline
  const next = words[0]
  if (input.kind === 'boolean') return next !== undefined && /^(?:true|false)$/i.test(next) ? words.shift() : 'true'
  return next === undefined || next.startsWith('--') ? undefined : words.shift()
}

function accept(values: Map<string, Raw>, input: Input, value: string | undefined, faults: Faults): void {
  const { name, example } = input
  const source = `option --${name}`
  const refuse = (problem: string, shownValue?: string) =>
    faults.add({ name, value: shownValue, source, problem, example: `--${name} ${example}`, suggestion: undefined })
  if (input.kind.startsWith('secret')) {
    faults.add({ ...OPTION, name, source, problem: NEVER_AN_ARGUMENT, example: secretExample(name) })
  } else if (value === undefined) {
    refuse('needs a value')
  } else if (input.kind === 'list' || input.kind === 'lines') {
    try {
      const before = values.get(name)?.value
      const more = parseList(value, { keepCommas: input.kind === 'lines' })
      values.set(name, { value: [...(typeof before === 'object' ? before : []), ...more], source })
    } catch (thrown) {
      if (!(thrown instanceof UnclosedQuote)) throw thrown
      refuse(thrown.message, value)
    }
  } else if (values.has(name)) {
    refuse('is given twice', value)
  } else {
    values.set(name, { value, source })
  }
}

const NEVER_AN_ARGUMENT = 'cannot be an argument: every process on the machine could read it'

function secretExample(name: string): string {
  return name === 'github-token' ? 'GITHUB_TOKEN in the environment' : '--secret-envs npm=NPM_TOKEN'
}

function unknownOption(
  command: string,
  { name, value }: { name: string; value: string | undefined },
  words: string[],
  faults: Faults,
): void {
  if (value === undefined && words[0] !== undefined && !words[0].startsWith('--')) words.shift()
  const names = [...inputsOf(command).map((input) => input.name), ...SWITCHES]
  const suggestion = meant(name, names)
  faults.add({
    ...OPTION,
    name: `--${name}`,
    problem: `is not an option of ${command}; --help lists them`,
    suggestion: suggestion === undefined ? undefined : `--${suggestion}`,
  })
}
