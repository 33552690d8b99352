import type { Input } from '../../src/config/inputs.ts'
import { inputsOf } from '../../src/config/inputs.ts'
import { NEEDS, OTHER_NEEDS, policy } from '../../src/targets/ecs/policy.ts'
import { ACTIONS } from '../../src/verbs/index.ts'
import { OUTPUTS } from './outputs.ts'
import { roomsTable } from './rooms.ts'
import { ACCESS_INPUTS } from './workflow-inputs.ts'

/** Tables by the name of their markers: `<!-- NAME:start -->` … `<!-- NAME:end -->`. */
export function tables(): ReadonlyMap<string, string> {
  return new Map([
    ...ACTIONS.map(({ name }): [string, string] => [`inputs:${name}`, inputsTable(inputsOf(name))]),
    ['rooms', roomsTable()],
    [
      'access',
      table(
        ['input', 'default', 'meaning'],
        ACCESS_INPUTS.map(({ name, description, default: value }) => [
          code(name),
          value === '' ? '–' : code(String(value)),
          cell(description),
        ]),
      ),
    ],
    [
      'outputs',
      table(
        ['output', 'meaning'],
        Object.entries(OUTPUTS).map(([name, about]) => [code(name), about]),
      ),
    ],
    [
      'ecs-needs',
      table(
        ['action', 'what for'],
        [
          ...Object.entries(NEEDS).map(([name, need]) => [`ecs:${name}`, need] as const),
          ...Object.entries(OTHER_NEEDS),
        ].map(([action, { about, isOptional, isForPreviews }]) => [
          code(action),
          `${about}${isOptional ? ' (a release works without it)' : ''}${isForPreviews ? ' (only previews)' : ''}`,
        ]),
      ),
    ],
    ['ecs-policy', `\`\`\`json\n${JSON.stringify(policy(), undefined, 2)}\n\`\`\``],
    ['ecs-preview-policy', `\`\`\`json\n${JSON.stringify(policy('previews'), undefined, 2)}\n\`\`\``],
  ])
}

export function withTables(text: string, named: ReadonlyMap<string, string>): string {
  let result = text
  for (const [name, content] of named) {
    const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
    const [from, to] = [result.indexOf(start), result.indexOf(end)]
    if (from < 0 || to < from) continue
    result = `${result.slice(0, from + start.length)}\n\n${content}\n\n${result.slice(to)}`
  }
  return result
}

const GROUPS: Readonly<Record<Input['group'], string>> = {
  what: 'What is released',
  where: 'Where it runs',
  prove: 'How it is proven',
  run: 'This run',
  build: 'Build',
}

export function inputsPage(): string {
  const sections = ACTIONS.flatMap(({ name: command }) => [
    `## ${command.charAt(0).toUpperCase()}${command.slice(1)}`,
    ...Object.entries(GROUPS).flatMap(([group, title]) => {
      const inputs = inputsOf(command).filter((input) => input.group === group)
      return inputs.length === 0 ? [] : [`### ${title}`, inputsTable(inputs)]
    }),
  ])
  return `${[
    '<!-- Made by scripts/generate.mjs from src/config/inputs.ts: change it there. -->',
    '# Inputs',
    'The same names are the options of the command line (`--deploy-to swarm`) and, but for those that belong to one run, the keys of the [configuration file](config.md). Build inputs are read exactly as docker/build-push-action reads them.',
    ...sections,
  ].join('\n\n')}\n`
}

function inputsTable(inputs: readonly Input[]): string {
  return table(
    ['input', 'default', 'meaning'],
    inputs.map((input) => [code(input.name), fallback(input), `${cell(input.about)}${values(input)}`]),
  )
}

function fallback(input: Input): string {
  return input.default === undefined ? cell(input.otherwise ?? '–') : code(input.default)
}

function values(input: Input): string {
  return input.choices ? ` (${input.choices.map(code).join(', ')})` : ''
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function code(text: string): string {
  return `\`${text}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
