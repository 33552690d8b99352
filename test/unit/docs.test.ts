// Pages point at files, headings and commands that are there.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/usage.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import { exitCode, isGreen } from '../../src/domain/outcome.ts'
import { OUTCOMES } from '../../scripts/generate/result-schema.ts'
import { root } from '../harness/node.ts'

const pages = ['.', 'docs', 'test/lab'].flatMap((folder) =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name)),
)
const read = (page: string) => readFileSync(path.join(root, page), 'utf8')
const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```/gm, '')

/** As GitHub makes an anchor of a heading. */
function anchors(page: string): string[] {
  const headings = [...withoutCode(read(page)).matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => text)
  const slug = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
  return headings.map(slug)
}

describe.each(pages)('%s', (page) => {
  const links = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)

  it.each(links.filter((link) => !/^https?:/.test(link)))('links to %s, which exists', (link) => {
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? page : path.join(path.dirname(page), file)
    expect(existsSync(path.join(root, target))).toBe(true)
    if (anchor !== undefined) expect(anchors(target)).toContain(anchor)
  })

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const named = [...read(page).matchAll(/npm run ([a-z:-]+)/g)].map(([, name = '']) => name)
    for (const name of named) expect(Object.keys(scripts)).toContain(name)
  })
})

it('the page of the command line names every command', () => {
  for (const { name } of COMMANDS) expect(read('docs/cli.md')).toContain(`| \`${name}\``)
})

describe('outcomes', () => {
  const rows = [...read('README.md').matchAll(/^\| `([a-z-]+)` \| [^|]+ \| (\d+) \|$/gm)]
  const inReadme = rows.map(([, outcome, code]) => ({ outcome: outcome as Outcome, code: Number(code) }))
  const all = Object.keys(OUTCOMES) as Outcome[]
  const green = all.filter((outcome) => isGreen(outcome))

  it('are all in the table of the README, the green ones first, with the exit codes that they have', () => {
    expect([...new Set(inReadme.map(({ outcome }) => outcome))]).toEqual(all)
    expect(inReadme.slice(0, green.length).map(({ outcome }) => outcome)).toEqual(green)
    const words = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
    expect(read('README.md')).toContain(`The step is green for the first ${words[green.length] ?? ''};`)
    for (const { outcome, code } of inReadme) {
      const facts = [{ touched: false }, { touched: true }, { touched: false, misuse: true }]
      expect(facts.map((one) => exitCode(outcome, one))).toContain(code)
    }
  })

  it('that exit with 0 are all on the page of the command line', () => {
    expect(read('docs/cli.md')).toMatch(
      new RegExp(`^\\| 0 +\\| ${green.map((one) => `\`${one}\``).join(', ')} +\\|$`, 'm'),
    )
  })
})
