// The parts of our reusable workflows that follow from the tables in src, and the steps that they share.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { stringify } from 'yaml'
import type { Input } from '../../src/config/inputs.ts'
import { inputsOf } from '../../src/config/inputs.ts'
import { described } from './action.ts'
import { OUTPUTS } from './outputs.ts'
import { ACCESS_INPUTS, isForRemoval, isPassed, partOf } from './workflow-inputs.ts'

export const WORKFLOWS = ['release', 'rollback', 'preview'] as const
const STEPS = path.join(import.meta.dirname, 'workflow-steps.yml')

/** Fills what stands between `# NAME:start` and `# NAME:end`, as deep as the markers stand. */
export function withBlocks(text: string): string {
  return text.replace(
    /^( *)# ([a-z][a-z -]*):start\n[\s\S]*?^ *# \2:end$/gm,
    (_, indent: string, name: string) =>
      `${indent}# ${name}:start\n${indented(block(name), indent)}${indent}# ${name}:end`,
  )
}

function indented(text: string, indent: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '\n' : `${indent}${line}\n`))
    .join('')
}

/** `inputs VERB`, `access VERB`, `with VERB JOB`, `outputs JOB…`, `results STEP`, `steps NAME…` */
function block(name: string): string {
  const [kind = '', ...rest] = name.split(' ')
  const [first = '', second = ''] = rest
  switch (kind) {
    case 'inputs':
      return yaml(Object.fromEntries(passedInputs(first).map((input) => [input.name, declared(input, first)])))
    case 'access':
      return yaml(Object.fromEntries(accessInputs(first).map(({ name: input, verbs: _, ...facts }) => [input, facts])))
    case 'with':
      return passedInputs(first)
        .filter((input) => isFor(input, second))
        .map((input) => `${input.name}: ${passed(input)}\n`)
        .join('')
    case 'outputs':
      return yaml(outputs(rest))
    case 'results':
      return Object.keys(OUTPUTS)
        .map((output) => `${output}: \${{ steps.${first}.outputs.${output} }}\n`)
        .join('')
    case 'steps':
      return rest.map(steps).join('')
    default:
      throw new Error(`there is no block “${name}”`)
  }
}

/** `all`, `remove`, or a job that shares the inputs with another one. */
function isFor(input: Input, job: string): boolean {
  if (job === 'remove') return isForRemoval(input)
  return job === 'all' || ['both', job].includes(partOf(input))
}

function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, singleQuote: true })
}

function passedInputs(verb: string): readonly Input[] {
  return inputsOf(verb).filter(isPassed)
}

function accessInputs(verb: string) {
  return ACCESS_INPUTS.filter(({ verbs }) => verbs === undefined || verbs.includes(verb))
}

/** What the caller must say, and what is different in a workflow from the action. */
const NEEDED: readonly string[] = [
  ...['release image', 'rollback image', 'rollback deploy-to', 'preview image', 'preview deploy-to'],
]
const DEFAULTS: Readonly<Record<string, string>> = {
  environment: 'production',
  'deploy-to': 'none',
  to: 'previous',
  mode: 'auto',
}

function declared(input: Input, verb: string): object {
  const { description } = described(input)
  if (NEEDED.includes(`${verb} ${input.name}`)) return { description, type: 'string', required: true }
  if (input.kind === 'boolean') return { description, type: 'boolean', default: input.default === 'true' }
  const fallback = verb === 'preview' && input.name === 'environment' ? 'preview' : DEFAULTS[input.name]
  return { description, type: 'string', default: fallback ?? '' }
}

/** What was not given stays empty, so that the configuration file can say it. */
function passed({ name, kind, default: fallback }: Input): string {
  if (kind !== 'boolean') return `\${{ inputs.${name} }}`
  return fallback === 'true' ? `\${{ !inputs.${name} && 'false' || '' }}` : `\${{ inputs.${name} && 'true' || '' }}`
}

function outputs(jobs: readonly string[]): object {
  const value = (output: string) => `\${{ ${jobs.map((job) => `jobs.${job}.outputs.${output}`).join(' || ')} }}`
  return Object.fromEntries(
    Object.entries(OUTPUTS).map(([output, description]) => [output, { description, value: value(output) }]),
  )
}

/** As they are written, with their comments. */
function steps(name: string): string {
  const text = readFileSync(STEPS, 'utf8')
  const found = new RegExp(`^${name}:\\n((?: {2}.*\\n|\\n)+)`, 'm').exec(text)?.[1]
  if (found === undefined) throw new Error(`there are no steps “${name}”`)
  return `${found.replaceAll(/^ {2}/gm, '').trimEnd()}\n`
}
