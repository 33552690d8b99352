import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { CATALOGUE } from '../errors/catalogue.ts'
import { parseSmoke } from './index.ts'
import { KEYS } from './parse/keys.ts'

const page = await readFile('docs/smoke.md', 'utf8')
const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text)

/** The documents of a workflow step, or the block itself. */
function documents(text: string): string[] {
  const data: unknown = parse(text)
  if (!Array.isArray(data)) return data === null ? [] : [text]
  return (data as { with: Record<string, string> }[]).flatMap((step) => {
    const { smoke, 'live-checks': live } = step.with
    return [smoke, live].filter((document) => document !== undefined)
  })
}

describe('docs/smoke.md', () => {
  it.each(blocks.flatMap(documents))('%s is a file without faults', async (text) => {
    // The page's env file is not there: the only fault that it may have.
    const { faults } = await parseSmoke({ text, source: 'smoke.md' }, { sha: 'abc' })
    expect(faults.filter(({ name }) => name !== 'container.env-file')).toEqual([])
  })

  it('names every key', () => {
    const words = new Set(page.match(/[a-z0-9-]+/g))
    expect(
      Object.values(KEYS)
        .flat()
        .filter((key) => !words.has(key)),
    ).toEqual([])
  })

  it('names codes that exist', () => {
    for (const [code] of page.matchAll(/smoke-[a-z-]+(?=`)/g))
      expect([...Object.keys(CATALOGUE), 'smoke-file']).toContain(code)
  })
})
