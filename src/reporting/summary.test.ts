import { describe, expect, it } from 'vitest'
import type { AppRequest } from '../domain/request.ts'
import { emptyResult, type Result } from '../domain/result.ts'
import { code, fence, plain } from './markdown.ts'
import { outputsOf, OUTPUT_NAMES, resultJson } from './outputs.ts'
import { createEventStream } from './jsonl.ts'
import { rollbackCommand } from './rollback-command.ts'
import { resultText } from './result-text.ts'
import { summarize } from './summary.ts'

const DIGEST = `sha256:${'a'.repeat(64)}` as const
const OLD = `sha256:${'b'.repeat(64)}` as const
const REVISION = 'c'.repeat(40)

const HEALTHY: Result = {
  version: 1,
  action: 'release',
  outcome: 'healthy',
  app: 'web',
  environment: 'production',
  target: 'swarm',
  digest: DIGEST,
  imageRef: `ghcr.io/acme/web@${DIGEST}`,
  revision: REVISION,
  tags: [`sha-${REVISION}`, 'production'],
  reused: false,
  previousDigest: OLD,
  rolledBack: false,
  touched: true,
  custody: [
    { hop: 'commit', value: REVISION, evidence: 'clean work tree' },
    { hop: 'built', value: DIGEST, evidence: 'buildx' },
    { hop: 'smoked', value: DIGEST, evidence: '3 checks' },
    { hop: 'promoted', value: DIGEST, evidence: `sha-${REVISION}` },
    { hop: 'running', value: DIGEST, evidence: '2/2 replicas' },
  ],
  workloads: [{ name: 'web', digest: DIGEST, verdict: 'healthy', replicas: '2/2' }],
  checks: [{ name: 'GET /healthz', passed: true, detail: '200', attempts: 1, ms: 12 }],
  warnings: [],
  timings: { build: 1200, verify: 10_000 },
  run: { id: '1', attempt: 1 },
}

const REQUEST: AppRequest = {
  repository: { registry: 'ghcr.io', path: 'acme/web', name: 'ghcr.io/acme/web' },
  app: 'web',
  environment: 'production',
  environmentTag: 'production',
  adoptHistory: undefined,
  target: {
    name: 'swarm',
    workloads: ['web', 'worker'],
    container: undefined,
    manifests: [],
    strategy: 'rolling',
    app: 'web',
    environment: 'production',
    options: [['docker-host', 'ssh://deploy@host']],
  },
  url: undefined,
  liveChecks: undefined,
  timeout: 1,
  stability: 1,
  bake: 0,
  dryRun: false,
  deploymentRecord: true,
  run: { id: '1', attempt: 1 },
}

const FAILED: Result = {
  ...HEALTHY,
  outcome: 'rolled-back',
  rolledBack: true,
  touched: false,
  reasonCode: 'died-after-ready',
  reason: 'web.1 ended with 1',
  evidence: ['line one', '```', '<script>alert(1)</script>'],
  state: `production runs ${OLD} again`,
  fix: 'Read the log.',
}

describe('the summary', () => {
  it('starts with the verdict and holds the chain of custody as one table', () => {
    const text = summarize(HEALTHY, REQUEST)
    expect(text.split('\n')[0]).toBe(
      '## ✅ release: healthy — web in **production** (`sha256:aaaaaaaaaaaa`, commit `ccccccc`)',
    )
    for (const hop of ['commit', 'built', 'smoke-tested', 'promoted', 'running']) expect(text).toContain(`| ${hop} |`)
    expect(text.match(/^\| --- \| --- \| --- \|$/gm)).toHaveLength(1)
  })

  it('gives the rollback command ready to paste', () => {
    expect(summarize(HEALTHY, REQUEST)).toContain(
      `immutable-deploy rollback --image ghcr.io/acme/web --app web --deploy-to swarm --environment production --workload web --workload worker --docker-host ssh://deploy@host --to ${OLD}`,
    )
    expect(summarize(HEALTHY, REQUEST)).toContain(`gh workflow run rollback.yml -f environment=production -f to=${OLD}`)
  })

  it('offers no way back where nothing changed or nothing ran before', () => {
    expect(summarize(FAILED, REQUEST)).not.toContain('Go back')
    const first: Result = { ...HEALTHY }
    delete (first as { previousDigest?: string }).previousDigest
    expect(summarize(first, REQUEST)).not.toContain('Go back')
  })

  it('names the reason that a person gave, for this run and for the versions of the list', () => {
    const versions = [
      { digest: OLD, verdict: 'verified', knownBy: ['registry'], reason: 'v2 | lost *orders*' },
      { digest: OLD, verdict: 'running', knownBy: ['target'] },
    ] as const
    const text = summarize({ ...HEALTHY, action: 'rollback', note: 'lost <b>orders</b>', versions }, REQUEST)
    expect(text.split('\n')[2]).toBe('**Reason given:** lost &#60;b&#62;orders&#60;/b&#62;')
    expect(text).toContain('| known by | reason given |')
    expect(text).toMatch(/registry \| v2 .*orders.* \|\n.*target \| – \|/)
    expect(summarize({ ...HEALTHY, versions: [versions[1]] }, REQUEST)).not.toContain('eason given')
  })

  it('says what failed, the evidence in a fence it cannot close, the state and what to do', () => {
    const text = summarize(FAILED, REQUEST)
    expect(text).toContain('## ❌ release: rolled-back')
    expect(text).toContain('`died-after-ready`: web.1 ended with 1')
    expect(text).toContain('````text\nline one\n```\n<script>alert(1)</script>\n````')
    expect(text).toContain(`**State left behind:** production runs ${OLD} again`)
    expect(text).toContain('**What to do:** Read the log.')
  })

  it('stays below the limit of the runner with absurd input', () => {
    const checks = Array.from({ length: 20_000 }, (_, at) => ({
      name: `check ${String(at)} ${'n'.repeat(400)}`,
      passed: true,
      detail: 'd'.repeat(5000),
      attempts: 1,
      ms: 1,
    }))
    const plan = Array.from({ length: 20_000 }, () => 'p'.repeat(100))
    const text = summarize({ ...HEALTHY, checks, plan })
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024)
    expect(text).toContain('left out')
  })
})

describe('foreign text in Markdown', () => {
  it('cannot end its code span or its table cell', () => {
    expect(code('a`b')).toBe('``a`b``')
    expect(code('`a`')).toBe('`` `a` ``')
    expect(code('a|b`c')).toBe('<code>a&#124;b&#96;c</code>')
    expect(code('a\nb')).toBe('`a b`')
    expect(code('')).toBe('–')
  })

  it('cannot become a link, an image, HTML or a mention', () => {
    const text = plain('![x](https://evil.example) <img src=x> @team #1 **b** | `c`\n# h')
    expect(text).not.toMatch(/[![\]()<>@*|`]/)
    expect(text).not.toContain('\n')
  })

  it('cannot close its fence', () => {
    expect(fence(['```', '`````'])).toBe('``````text\n```\n`````\n``````')
  })
})

describe('outputs', () => {
  it('are exactly those of the interface, also when nothing is known', () => {
    const nothing = emptyResult('release', 'failed')
    const outputs = outputsOf(nothing)
    expect(Object.keys(outputs)).toEqual([...OUTPUT_NAMES])
    expect(outputs).toMatchObject({ outcome: 'failed', reused: 'false', 'rolled-back': 'false', digest: '' })
    expect(JSON.parse(outputs.result)).toEqual(nothing)
  })

  it('hand on tags one a line', () => {
    expect(outputsOf(HEALTHY).tags).toBe(`sha-${REVISION}\nproduction`)
  })

  it('keep the result small and in one harmless line', () => {
    const evidence = Array.from({ length: 5000 }, () => `x\u009b\u2028${'y'.repeat(2000)}`)
    const json = resultJson({ ...FAILED, evidence, reason: 'a\u009bb\u2028' })
    expect(json.length).toBeLessThan(100_000)
    expect(json).not.toMatch(/[\u007f-\u009f\u2028\n]/)
    expect((JSON.parse(json) as Result).reason).toBe('a\u009bb\u2028')
  })
})

it('writes one JSON object a line and the result last', () => {
  let text = ''
  const stream = createEventStream(
    (part) => (text += part),
    () => 0,
  )
  stream.emit({ type: 'output', step: 'build', lines: ['a\nb\u009b'] })
  stream.result(HEALTHY)
  const [first, last] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(first).toEqual({ time: '1970-01-01T00:00:00.000Z', type: 'output', step: 'build', lines: ['a\nb\u009b'] })
  expect(last).toMatchObject({ type: 'result', result: { outcome: 'healthy' } })
})

it('names the environment tag in the rollback command only where it is not the usual one', () => {
  expect(rollbackCommand({ ...REQUEST, environmentTag: undefined }, 'previous')).toContain('--environment-tag off')
  expect(rollbackCommand({ ...REQUEST, target: undefined }, 'previous')).toBeUndefined()
})

it('gives a person at a terminal the chain, the verdict and the way back', () => {
  const text = resultText(HEALTHY, REQUEST)
  expect(text).toMatch(/^commit +c{40} +clean work tree\n/)
  expect(text).toContain('release in production: healthy\n')
  expect(text).toContain('go back: immutable-deploy rollback')
})
