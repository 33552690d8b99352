// What people copy must work: every example is read, and every input that it sets is one of ours.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { inputsOf } from '../../src/config/inputs.ts'
import { OUTPUT_NAMES } from '../../src/reporting/outputs.ts'
import { root } from '../harness/node.ts'

interface Step {
  id?: string
  uses?: string
  with?: Record<string, unknown>
}
interface Workflow {
  permissions?: unknown
  /** null where a page leaves the rest to the reader. */
  jobs: Record<string, { steps?: Step[] } | null>
}

const OURS = /^(?:OWNER\/immutable-deploy|\$)(?:\/(release|rollback|preview))?(?:@v1)?$/

function workflows(): { file: string; text: string }[] {
  const files = ['examples', '.github/workflows'].flatMap((folder) =>
    readdirSync(path.join(root, folder))
      .filter((name) => name.endsWith('.yml'))
      .map((name) => path.join(folder, name)),
  )
  const read = files.map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }))
  const pages = ['README.md', ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`)]
  return [...read, ...pages.filter((page) => page.endsWith('.md')).flatMap(inPage)]
}

/** Whole workflows (`jobs:`) and single steps (`- uses:`) in a page's YAML blocks. */
function inPage(page: string): { file: string; text: string }[] {
  const blocks = readFileSync(path.join(root, page), 'utf8').matchAll(/^```ya?ml\n([\s\S]*?)^```/gm)
  return [...blocks].map(([, text = ''], at) => ({ file: `${page} (block ${String(at + 1)})`, text }))
}

function stepsOf(text: string): Step[] {
  const document = parse(text) as Workflow | Step[] | Record<string, unknown> | null
  if (Array.isArray(document)) return document
  const jobs = (document as Workflow | null)?.jobs
  return Object.values(jobs ?? {}).flatMap((job) => job?.steps ?? [])
}

describe.each(workflows())('$file', ({ file, text }) => {
  const steps = stepsOf(text)
  const ours = steps.filter((step) => OURS.test(step.uses ?? ''))

  it('is YAML', () => {
    expect(() => parse(text) as unknown).not.toThrow()
  })

  it('sets only inputs that exist, once each', () => {
    for (const step of ours) {
      const command = OURS.exec(step.uses ?? '')?.[1] ?? 'release'
      const known = inputsOf(command).map((input): string => input.name)
      for (const name of Object.keys(step.with ?? {})) expect(known).toContain(name)
    }
  })

  it('reads only outputs that exist', () => {
    for (const { id } of ours) {
      if (id === undefined) continue
      const used = [...text.matchAll(new RegExp(`steps\\.${id}\\.outputs\\.([a-z-]+)`, 'g'))].map(([, name]) => name)
      for (const name of used) expect(OUTPUT_NAMES).toContain(name)
    }
  })

  it('pins foreign actions by commit where it is a file to copy', () => {
    if (!file.endsWith('.yml')) return
    for (const { uses = '' } of steps.filter((step) => step.uses && !OURS.test(step.uses))) {
      expect(uses).toMatch(/@[0-9a-f]{40}$/)
    }
  })
})

it('there are examples that use both actions', () => {
  const used = workflows().flatMap(({ text }) => stepsOf(text).map((step) => step.uses ?? ''))
  expect(used).toContain('OWNER/immutable-deploy@v1')
  expect(used).toContain('OWNER/immutable-deploy/rollback@v1')
})
