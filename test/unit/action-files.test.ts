// What the runner's files do to a run that cannot write them: nothing but a warning.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { emptyResult } from '../../src/domain/result.ts'
import { node24, root } from '../harness/node.ts'
import { tempDir } from '../harness/temp.ts'

const MAIN = pathToFileURL(path.join(root, 'src/actions/main.ts')).href
const SECRET = 'correct-horse-battery'

function act(env: Readonly<Record<string, string>>) {
  const printed = Buffer.from(`user:${SECRET}`).toString('base64')
  const result = {
    ...emptyResult('release', 'healthy'),
    warnings: [`it printed ${SECRET} and ${printed}`],
    plan: [`as an address: ${encodeURIComponent(SECRET)}`],
  }
  const script = `
    import { main } from ${JSON.stringify(MAIN)}
    await main({ name: 'release', run: async (invocation, context) => {
      context.mask([${JSON.stringify(SECRET)}])
      context.remember('token')
      context.reporter.emit({ type: 'output', step: 'build', lines: ['the build printed ${printed}'] })
      return { result: ${JSON.stringify(result)} }
    } })`
  const options = { encoding: 'utf8', env: { PATH: process.env['PATH'], ...env } } as const
  return spawnSync(node24, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script], options)
}

function files(folder = tempDir('action-files')) {
  const names = ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY', 'GITHUB_STATE'].map((name) => [name, path.join(folder, name)])
  const paths = Object.fromEntries(names) as Record<string, string>
  for (const file of Object.values(paths)) writeFileSync(file, '')
  return paths
}

describe('a healthy release stays green', () => {
  it('when every file can be written, which then hold no secret in any form', () => {
    const paths = files()
    const { status, stdout } = act(paths)
    expect(status).toBe(0)
    const written = Object.values(paths).map((file) => readFileSync(file, 'utf8'))
    expect(written[0]).toContain('healthy')
    expect(written[2]).toBe('token=token\n')
    const shown = [...written, stdout.replaceAll(/^::add-mask::.*$/gm, '')].join('\n')
    expect(shown).toContain('***')
    expect(shown).not.toContain(SECRET)
    expect(shown).not.toContain(Buffer.from(`user:${SECRET}`).toString('base64').slice(8, 24))
  })

  it.each([
    ['GITHUB_OUTPUT', 'no such file', '/nowhere/output'],
    ['GITHUB_OUTPUT', 'a folder', tempDir('output')],
    ['GITHUB_STEP_SUMMARY', 'no such file', '/nowhere/summary'],
    ['GITHUB_STEP_SUMMARY', 'a folder', tempDir('summary')],
    ['GITHUB_STATE', 'no such folder', '/nowhere/state'],
  ])('when %s is %s', (name, _, value) => {
    const { status, stdout, stderr } = act({ ...files(), [name]: value })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^::warning::/m)
    expect(stdout).not.toMatch(/^\s+at /m)
  })
})
