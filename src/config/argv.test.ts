import { describe, expect, it } from 'vitest'
import { parseArgv } from './argv.ts'
import { Faults } from '../inputs/faults.ts'

function parse(...argv: string[]) {
  const faults = new Faults()
  const values = parseArgv('release', argv, faults)
  const plain = Object.fromEntries([...values].map(([name, raw]) => [name, raw.value]))
  return { values: plain, faults: faults.found, sources: [...values.values()].map(({ source }) => source) }
}

describe('options', () => {
  it.each([
    [['--timeout', '5m'], { timeout: '5m' }],
    [['--timeout=5m'], { timeout: '5m' }],
    [['--reason=--really'], {}],
    [['--url=https://a/?b=c'], { url: 'https://a/?b=c' }],
    [['--dry-run'], { 'dry-run': 'true' }],
    [['--dry-run', '--timeout', '5m'], { 'dry-run': 'true', timeout: '5m' }],
    [['--dry-run', 'false'], { 'dry-run': 'false' }],
    [['--dry-run=no'], { 'dry-run': 'no' }],
    [['--workload', 'a,b', '--workload', 'c'], { workload: ['a', 'b', 'c'] }],
    [['--build-args', 'A=1,2', '--build-args', 'B=3'], { 'build-args': ['A=1,2', 'B=3'] }],
    [['--smoke', 'checks: []\nstartup: {}'], { smoke: 'checks: []\nstartup: {}' }],
  ])('%j', (argv, values) => expect(parse(...argv).values).toEqual(values))

  it('remember that they were options', () => {
    expect(parse('--timeout', '5m').sources).toEqual(['option --timeout'])
  })

  it('know the switches of every command', () => {
    expect(parse('--json', '--events', '--help')).toEqual({ values: {}, faults: [], sources: [] })
  })
})

describe('faults', () => {
  it.each([
    [['--timout', '5m'], '--timout', { suggestion: '--timeout' }],
    [['deploy'], 'deploy', { problem: 'is not an option' }],
    [['--timeout'], 'timeout', { problem: 'needs a value' }],
    [['--timeout', '--dry-run'], 'timeout', { problem: 'needs a value' }],
    [['--timeout', '1m', '--timeout', '2m'], 'timeout', { problem: 'is given twice' }],
    [['--workload', '"a'], 'workload', { value: '"a' }],
    [['--to', 'previous'], '--to', { problem: 'is not an option of release; --help lists them' }],
  ])('%j', (argv, name, fault) => {
    const { faults } = parse(...argv)
    expect(faults).toEqual([expect.objectContaining({ name, ...fault })])
  })

  it('refuse secrets and never repeat them', () => {
    const { faults, values } = parse('--github-token', 'hunter2', '--secrets', 'npm=hunter2')
    expect(faults.map(({ name }) => name)).toEqual(['github-token', 'secrets'])
    expect(JSON.stringify({ faults, values })).not.toContain('hunter2')
  })

  it('take the value of an unknown option along', () => {
    expect(parse('--nothing-like-it', 'value', '--timeout', '5m')).toMatchObject({
      values: { timeout: '5m' },
      faults: [{ name: '--nothing-like-it' }],
    })
  })
})
