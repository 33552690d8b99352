import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { parseSmoke, type Variables } from '../index.ts'
import { KEYS } from './keys.ts'

const read = (text: string, variables: Variables = { sha: 'abc' }, folder?: string) =>
  parseSmoke({ text, source: 'smoke.yml' }, variables, folder)

const like = (pattern: RegExp): unknown => expect.stringMatching(pattern)

const FULL = `
container: { env: {PORT: "8080"}, secrets: [API_KEY], args: [], user: "", read-only: true, memory: 256m, aliases: [app] }
services:
  db: { image: "postgres@sha256:${'0'.repeat(64)}", env: {POSTGRES_PASSWORD: x}, ready: {exec: [pg_isready]} }
startup: { within: 60s, ready: healthcheck, stay-up: 3s }
timeout: 2m
probe: ip
internal: true
checks:
  - http: GET :8080/healthz -> 200
  - http: { path: /api/version, port: 8080 }
    expect: { status: 200, headers: {content-type: /json/}, json: {commit: "\${sha}"}, body: ["ready", "!error"], within: 500ms }
    retry: { for: 20s, every: 500ms }
  - tcp: 9090
  - exec: [node, --version]
    expect: { exit: 0, stdout: ["/^v24/"] }
  - file: { path: /app/server.js, mode: "0644", uid: 1000 }
  - image: { user: "!root", ports: [8080/tcp], labels: {org.opencontainers.image.revision: "\${sha}"}, max-size: 300MB }
  - log: ["listening", "!/panic|Traceback/"]
  - stop: { signal: SIGTERM, within: 10s, exit: [0, 143] }
`

describe('a full file', () => {
  it('is read as it is meant', async () => {
    const { spec, faults } = await read(FULL)
    expect(faults).toEqual([])
    expect(spec).toMatchObject({
      container: {
        env: { PORT: '8080' },
        secrets: ['API_KEY'],
        args: undefined,
        user: undefined,
        readOnly: true,
        memory: 268_435_456,
        aliases: ['app'],
      },
      services: [
        { name: 'db', env: { POSTGRES_PASSWORD: 'x' }, aliases: ['db'], ready: { kind: 'exec', argv: ['pg_isready'] } },
      ],
      startup: { within: 60_000, ready: { kind: 'healthcheck' }, stayUp: 3000 },
      timeout: 120_000,
      probe: 'ip',
      internal: true,
      checks: [
        {
          kind: 'http',
          name: 'GET :8080/healthz',
          probe: { method: 'GET', port: 8080, path: '/healthz' },
          expect: { status: [{ from: 200, to: 200 }] },
        },
        { kind: 'http', retry: { for: 20_000, every: 500 }, expect: { json: { commit: 'abc' }, within: 500 } },
        { kind: 'tcp', port: 9090 },
        { kind: 'exec', argv: ['node', '--version'], exit: [0], stdout: [{ source: '/^v24/' }] },
        { kind: 'file', path: '/app/server.js', mode: 0o644, uid: 1000, gid: undefined },
        {
          kind: 'image',
          ports: ['8080/tcp'],
          maxSize: 300_000_000,
          labels: { 'org.opencontainers.image.revision': [{ source: 'abc' }] },
        },
        { kind: 'log', patterns: [{ absent: false }, { absent: true }] },
        { kind: 'stop', signal: 'SIGTERM', within: 10_000, exit: [0, 143] },
      ],
    })
  })

  it('is accepted by the schema for editors', async () => {
    const validate = await schemaValidator()
    expect(validate(parseYaml(FULL)), JSON.stringify(validate.errors)).toBe(true)
  })
})

describe('short forms', () => {
  const http: Record<string, object> = {
    '/healthz': { method: 'GET', port: undefined, path: '/healthz' },
    ':80': { port: 80, path: '/' },
    'POST :80/a?b=c#d': { method: 'POST', path: '/a?b=c#d' },
    'head /x': { method: 'HEAD', path: '/x' },
  }
  it.each(Object.entries(http))('http: %s', async (text, probe) => {
    const { spec, faults } = await read(`- http: ${text}`)
    expect(faults).toEqual([])
    expect(spec.checks[0]).toMatchObject({ probe, expect: { status: [{ from: 200, to: 399 }] } })
  })

  it.each([
    ['204', [[204, 204]]],
    ['2xx', [[200, 299]]],
    [
      '200, 404',
      [
        [200, 200],
        [404, 404],
      ],
    ],
    ['<500', [[100, 499]]],
  ])('status %s', async (status, ranges) => {
    const { spec } = await read(`- http: / -> ${status}`)
    expect(spec.checks[0]).toMatchObject({ expect: { status: ranges.map(([from, to]) => ({ from, to })) } })
  })

  const ready: Record<string, object> = {
    healthcheck: { kind: 'healthcheck' },
    'http GET :8080/up -> 200': { kind: 'http', probe: { port: 8080, path: '/up' } },
    'tcp 5432': { kind: 'tcp', port: 5432 },
    'log /listening on \\d+/': { kind: 'log', patterns: [{ source: '/listening on \\d+/' }] },
    exit: { kind: 'exit', codes: [0] },
    'exit 3': { kind: 'exit', codes: [3] },
    'exec pg_isready -q': { kind: 'exec', argv: ['pg_isready', '-q'] },
    '{exit: [0, 2]}': { kind: 'exit', codes: [0, 2] },
    '{log: [a, "!b"]}': { kind: 'log', patterns: [{ source: 'a' }, { source: '!b' }] },
    '{http: {path: /up}, expect: {status: 204}}': { kind: 'http', expect: { status: [{ from: 204 }] } },
  }
  it.each(Object.entries(ready))('ready: %s', async (text, expected) => {
    const { spec, faults } = await read(`startup: {ready: ${text.startsWith('{') ? text : JSON.stringify(text)}}`)
    expect(faults).toEqual([])
    expect(spec.startup.ready).toMatchObject(expected)
  })

  it.each([
    ['0644', 0o644],
    ['"0755"', 0o755],
    ['0o600', 0o600],
    ['4755', 0o4755],
  ])('mode %s', async (text, mode) => {
    expect((await read(`- file: {path: /a, mode: ${text}}`)).spec.checks[0]).toMatchObject({ mode })
  })

  it('a stop and a file need no mapping', async () => {
    const { spec, faults } = await read('- stop:\n- file: /bin/app')
    expect(faults).toEqual([])
    expect(spec.checks).toMatchObject([
      { kind: 'stop', signal: undefined, exit: undefined },
      { path: '/bin/app', exists: true },
    ])
  })

  it('the clocks follow each other', async () => {
    expect((await read('startup: {within: 10m}')).spec.timeout).toBeGreaterThan(600_000)
  })
})

describe('faults', () => {
  const cases: Record<string, [string, object]> = {
    'no mapping': ['hello', { name: 'smoke', source: 'smoke.yml:1', problem: 'must be a mapping' }],
    empty: ['# nothing', { problem: 'the file is empty' }],
    syntax: ['checks:\n  - http: {', { source: 'smoke.yml:2', problem: like(/^is not valid YAML/) }],
    'duplicate key': ['timeout: 1m\ntimeout: 2m', { source: 'smoke.yml:2', problem: 'the same key is written twice' }],
    'unknown key': [
      'checks: [{tcp: 1}]\nstartups: {within: 1s}',
      { name: 'startups', source: 'smoke.yml:2', suggestion: 'startup' },
    ],
    'unknown key below': [
      'checks:\n  - http: /\n    expect:\n      stats: 200',
      { name: 'checks[0].expect.stats', source: 'smoke.yml:4', suggestion: 'status' },
    ],
    'no kind': ['- name: x', { problem: 'a check needs a kind' }],
    'two kinds': ['- tcp: 1\n  log: x', { name: 'checks[0]', problem: 'a check is of one kind, this is tcp and log' }],
    'empty list': ['checks: []', { name: 'checks', problem: 'an empty list demands nothing' }],
    'empty patterns': ['- log: []', { name: 'checks[0].log', problem: 'an empty list demands nothing' }],
    'empty pattern': ['- log: [""]', { problem: 'an empty pattern demands nothing' }],
    'empty expectation': [
      '- http: /\n  expect: {}',
      { source: 'smoke.yml:2', problem: 'an empty expectation demands nothing' },
    ],
    'empty json': [
      '- http: /\n  expect: {json: {}}',
      { problem: 'must be a mapping or list that the answer contains' },
    ],
    'empty image check': ['- image: {}', { problem: 'an empty image check demands nothing' }],
    'bad regex': ['- log: ["/(/"]', { value: '/(/', problem: like(/^is not a regular expression/) }],
    'yaml tag': ['- log:\n  - !error', { source: 'smoke.yml:2', problem: like(/quotes/), example: '"!error"' }],
    'duration without unit': ['timeout: 30', { value: '30', problem: 'a duration needs a unit', suggestion: '30s' }],
    'bad duration': [
      'startup: {within: soon}',
      { name: 'startup.within', value: 'soon', problem: 'is not a duration' },
    ],
    'short timeout': ['timeout: 5s\nstartup: {within: 10s}', { name: 'timeout', problem: like(/cannot be shorter/) }],
    'bad http': [
      '- http: GET healthz',
      { value: 'GET healthz', problem: like(/not an HTTP check/), example: 'GET :8080/healthz -> 200' },
    ],
    'bad method': ['- http: FETCH /x', { problem: like(/not an HTTP check/) }],
    'bad status': ['- http: / -> 2x', { problem: '2x is not a status' }],
    'status twice': ['- http: / -> 200\n  expect: {status: 204}', { problem: like(/given twice/) }],
    'bad port': ['- tcp: 70000', { name: 'checks[0].tcp', value: '70000' }],
    'bad short port': ['- http: :0/x', { problem: '0 is not a port' }],
    'exec as a line': [
      '- exec: node --version',
      { problem: 'must be a list: no shell reads it', example: '[node, --version]' },
    ],
    'relative file': ['- file: app', { problem: 'the path must be absolute' }],
    'bad size': ['container: {memory: lots}', { name: 'container.memory', problem: 'is not a size' }],
    'bad choice': ['probe: hosts', { suggestion: 'host', problem: 'must be one of auto, host, ip, sidecar' }],
    'bad signal': ['- stop: {signal: TERM}', { suggestion: 'SIGTERM', problem: like(/must be one of SIGHUP/) }],
    'bad boolean': ['internal: yes', { value: 'yes', problem: 'must be true or false' }],
    'retry without time': ['- tcp: 1\n  retry: {every: 1s}', { problem: 'retry needs for' }],
    'retry of a stop': ['- stop:\n  retry: 3s', { problem: like(/no retry/) }],
    'expect elsewhere': ['- tcp: 1\n  expect: {status: 200}', { problem: like(/expect belongs to http and exec/) }],
    'service without image': [
      'services: {db: {env: {A: b}}}',
      { name: 'services.db', problem: 'a service needs an image' },
    ],
    'bad image': ['services: {db: {image: "a b"}}', { problem: 'is not an image reference' }],
    'bad ready': ['startup: {ready: helthcheck}', { problem: 'is not a readiness condition' }],
    'ready nothing': ['startup: {ready: tcp}', { problem: 'is not a readiness condition' }],
    'ready two': ['startup: {ready: {tcp: 1, exit: 0}}', { problem: 'name exactly one condition' }],
    'one-shot with http': [
      'startup: {ready: exit}\nchecks: [{http: /}]',
      { problem: like(/needs a running container/) },
    ],
    'secret with value': ['container: {secrets: ["KEY=hunter2"]}', { problem: like(/names only/), value: '…' }],
    'missing env file': [
      'container: {env-file: nowhere.env}',
      { name: 'container.env-file', problem: 'nowhere.env cannot be read' },
    ],
    'unknown variable': ['- log: "${revison}"', { problem: 'unknown variable ${revison}', suggestion: '${revision}' }],
    'variable without value': ['- log: "${digest}"', { problem: '${digest} has no value in this run' }],
  }
  it.each(Object.entries(cases))('%s', async (_, [text, fault]) => {
    const { faults } = await read(text)
    expect(faults[0]).toMatchObject(fault)
    expect(faults[0]?.source).toMatch(/^smoke\.yml(:\d+)?$/)
    expect(JSON.stringify(faults)).not.toContain('hunter2')
  })

  it('come all at once', async () => {
    const { faults } = await read('probe: x\ntimeout: 3\nchecks:\n  - tcp: 0\n  - {}\n  - log: ["/(/"]')
    expect(faults.map(({ source }) => source)).toEqual([
      'smoke.yml:2',
      'smoke.yml:1',
      'smoke.yml:4',
      'smoke.yml:5',
      'smoke.yml:6',
    ])
  })

  it.each(['&a [*a]', '{a: *b}', '- - - -', '? {x: 1}\n: 2', '\u0000', '%YAML 9\n---\n1', '- http: &x {path: *x}'])(
    'never a crash: %j',
    async (text) => {
      expect((await read(text)).faults.length).toBeGreaterThan(0)
    },
  )
})

describe('variables', () => {
  it('that are not known yet stay, others of a shell too', async () => {
    const { spec, faults } = await read('- exec: [sh, -c, "echo ${HOME} $${sha} ${sha} ${digest}"]', {
      sha: 'abc',
      digest: undefined,
    })
    expect(faults).toEqual([])
    expect(spec.checks[0]).toMatchObject({ argv: ['sh', '-c', 'echo ${HOME} ${sha} abc ${digest}'] })
  })

  it('are literal inside regular expressions', async () => {
    const { spec } = await read('- log: "/at ${image}$/"', { image: 'ghcr.io/a.b/c+d' })
    const [check] = spec.checks
    const needle = check?.kind === 'log' ? check.patterns[0]?.needle : undefined
    expect((needle as RegExp).test('at ghcr.io/a.b/c+d')).toBe(true)
    expect((needle as RegExp).test('at ghcrxio/a.b/c+d')).toBe(false)
  })
})

it('an env file is read as Docker reads it, and env wins', async () => {
  await writeFile(path.join(tmpdir(), 'imd-smoke.env'), '# comment\r\nA=1=2\r\nB="x"\n\nPORT=1\nbroken\n')
  const { spec, faults } = await read('container: {env-file: imd-smoke.env, env: {PORT: 2}}', {}, tmpdir())
  expect(faults).toEqual([])
  expect(spec.container.env).toEqual({ A: '1=2', B: '"x"', PORT: '2' })
})

describe('the schema for editors', () => {
  const wrong = [
    'checks: []',
    'startups: {}',
    'checks: [{log: []}]',
    'timeout: 3',
    'checks: [{tcp: 1, log: x}]',
    'checks: [{name: x}]',
  ]
  it.each(wrong)('refuses %s as we do', async (text) => {
    const validate = await schemaValidator()
    expect(validate(parseYaml(text))).toBe(false)
    expect((await read(text)).faults).not.toEqual([])
  })

  it('knows exactly the keys that we know', async () => {
    const { definitions, properties } = JSON.parse(await readFile('schema/smoke.schema.json', 'utf8')) as {
      properties?: object
      definitions: Record<string, { properties?: object }>
    }
    const found = Object.fromEntries(
      Object.entries({ ...definitions, document: { properties } }).flatMap(([name, { properties: keys }]) =>
        keys ? [[name, Object.keys(keys).sort()]] : [],
      ),
    )
    expect(found).toEqual(Object.fromEntries(Object.entries(KEYS).map(([name, keys]) => [name, [...keys].sort()])))
  })
})

async function schemaValidator() {
  const schema = JSON.parse(await readFile('schema/smoke.schema.json', 'utf8')) as object
  return new Ajv({ allowUnionTypes: true, strict: true, strictTypes: false, strictRequired: false }).compile(schema)
}

it.each([
  ['container: {secrets: [GITHUB_TOKEN]}', 'container.secrets', /variable of the runner/],
  ['container: {secrets: [API_KEY, ACTIONS_RUNTIME_TOKEN]}', 'container.secrets', /variable of the runner/],
  ['services: {db: {image: "postgres:16", secrets: [INPUT_SECRETS]}}', 'services.db.secrets', /variable of the runner/],
  ['container: {env-file: /proc/self/environ}', 'container.env-file', /cannot be read/],
])('%s hands no variable of the runner to a container', async (text, name, problem) => {
  const { faults } = await read(text)
  expect(faults).toEqual([expect.objectContaining({ name, problem: expect.stringMatching(problem) as unknown })])
})
