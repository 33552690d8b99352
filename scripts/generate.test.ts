import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { INPUTS, inputsOf } from '../src/config/inputs.ts'
import { CATALOGUE } from '../src/errors/catalogue.ts'
import { DeployError } from '../src/errors/deploy-error.ts'
import { OUTPUT_NAMES } from '../src/reporting/outputs.ts'
import { refusal } from '../src/reporting/refusal.ts'
import { takes, VERBS } from '../src/verbs/index.ts'
import { generated } from './generate/main.ts'
import { resultSchema } from './generate/result-schema.ts'
import { tables, withTables } from './generate/tables.ts'

const root = path.resolve(import.meta.dirname, '..')

interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>
  readonly outputs: Readonly<Record<string, unknown>>
  readonly runs: Readonly<Record<string, string>>
}

function action(file: string): ActionFile {
  return parse(readFileSync(path.join(root, file), 'utf8')) as ActionFile
}

it.each([...generated()])('%s is what is committed', (file, text) => {
  expect(readFileSync(path.join(root, file), 'utf8')).toBe(text)
})

describe.each([
  ['action.yml', 'release', 'dist'],
  ['release/action.yml', 'release', '../dist'],
  ['rollback/action.yml', 'rollback', '../dist'],
] as const)('%s', (file, command, dist) => {
  const { inputs, outputs, runs } = action(file)

  it('has every input and output', () => {
    expect(Object.keys(inputs)).toEqual(inputsOf(command).map(({ name }) => name))
    expect(Object.keys(outputs)).toEqual(OUTPUT_NAMES)
  })

  it('declares no default that would win over the configuration file', () => {
    const declared = Object.entries(inputs).filter(([, input]) => input.default !== undefined)
    expect(declared.map(([name]) => name)).toEqual(['github-token'])
  })

  it('has no expression where none is evaluated', () => {
    for (const { description } of Object.values(inputs)) expect(description).not.toContain('${{')
  })

  it('runs the bundles, and the clean-up only when something went wrong', () => {
    expect(runs).toEqual({
      using: 'node24',
      main: `${dist}/${command}/index.js`,
      post: `${dist}/cleanup/index.js`,
      'post-if': 'failure() || cancelled()',
    })
  })
})

describe('the table of inputs', () => {
  it('names an input once a command', () => {
    const seen = VERBS.flatMap((verb) => inputsOf(verb.name).map(({ name }) => `${verb.name} ${name}`))
    expect(new Set(seen).size).toBe(seen.length)
  })

  it.each(INPUTS.map((input) => [`${input.commands} ${input.name}`, input] as const))('%s is complete', (_, input) => {
    expect(input.name).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(input.about).toMatch(/\.$/)
    expect(VERBS.some((verb) => takes(verb, input))).toBe(true)
    if (input.choices && input.default !== undefined) expect(input.choices).toContain(input.default)
  })
})

it('explains every reason code under its own anchor', () => {
  const page = generated().get('docs/errors.md') ?? ''
  for (const code of Object.keys(CATALOGUE)) expect(page).toContain(`\n## ${code}\n`)
})

it('finds its markers in the pages', () => {
  const pages = ['README.md', 'docs/architecture.md', 'docs/ecs.md', 'docs/reusable-workflows.md']
    .map((page) => readFileSync(path.join(root, page), 'utf8'))
    .join('\n')
  for (const name of tables().keys()) expect(pages).toContain(`<!-- ${name}:start -->`)
})

it('fills the tables between their markers, and nothing else', () => {
  const page = 'a\n<!-- outputs:start -->\nold\n<!-- outputs:end -->\nb <!-- other:start --> c'
  const filled = withTables(page, new Map([['outputs', '| new |']]))
  expect(filled).toBe('a\n<!-- outputs:start -->\n\n| new |\n\n<!-- outputs:end -->\nb <!-- other:start --> c')
  expect(withTables(filled, new Map([['outputs', '| new |']]))).toBe(filled)
})

describe('the schema of results', () => {
  const { Ajv } = createRequire(import.meta.url)('ajv') as typeof import('ajv')
  const validate = new Ajv().compile(resultSchema())
  const result = refusal('release', new DeployError('invalid-input', 'x', { faults: [{ name: 'a', problem: 'b' }] }))

  it('accepts a result', () => expect(validate(JSON.parse(JSON.stringify(result)))).toBe(true))

  it.each([
    [{ ...result, outcome: 'fine' }],
    [{ ...result, reasonCode: 'unheard-of' }],
    [{ ...result, digest: 'latest' }],
    [{ ...result, tags: undefined }],
    [{ ...result, workloads: [{ name: 'web', verdict: 'good' }] }],
  ])('refuses %#', (wrong) => expect(validate(JSON.parse(JSON.stringify(wrong)))).toBe(false))
})
