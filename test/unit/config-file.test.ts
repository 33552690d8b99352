import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readRelease } from '../../src/config/index.ts'
import { checkout, environment, FACTS, faultOf, faultsOf, release, rollback, source } from './config-helpers.ts'

const FILE = '.github/immutable-deploy.yml'

const SEVERAL = `version: 1
defaults:
  timeout: 5m
  stability: 1s
environments:
  production:
    deploy-to: swarm
    docker-host: ssh://deploy@production
    timeout: 20m
  staging:
    deploy-to: swarm
    docker-host: ssh://deploy@staging
apps:
  web:
    image: ghcr.io/acme/web
    workload: web
    stability: 30s
    build-args:
      NODE_VERSION: 24
      DEBUG: false
    environments:
      staging:
        workload: [web-staging, worker]
        stability: 2s
  api:
    image: ghcr.io/acme/api
    workload: api
`

/** Only the file names the image, unless the test does. */
async function read(text: string, inputs: Record<string, string> = {}, env = {}) {
  const io = { env: environment(inputs, env), cwd: checkout({ [FILE]: text }) }
  return readRelease(io, source(FACTS))
}

describe('precedence', () => {
  it.each([
    ['input', { app: 'web', environment: 'staging', stability: '7s' }, 7000, 'input'],
    ['the environment of the app', { app: 'web', environment: 'staging' }, 2000, `${FILE}:24`],
    ['the app', { app: 'web', environment: 'production' }, 30_000, `${FILE}:17`],
    ['the defaults', { app: 'api', environment: 'production' }, 1000, `${FILE}:4`],
  ])('%s', async (_, inputs, stability, origin) => {
    const reading = await read(SEVERAL, inputs)
    expect(reading.request.stability).toBe(stability)
    expect(reading.origins.get('stability')).toBe(origin)
  })

  it('the shared environment wins over the defaults', async () => {
    expect((await read(SEVERAL, { app: 'web', environment: 'production' })).request.timeout).toBe(1_200_000)
    expect((await read(SEVERAL, { app: 'web', environment: 'staging' })).request.timeout).toBe(300_000)
  })

  it('the built-in default comes last', async () => {
    const { request, origins } = await read('image: acme/app\n')
    expect(request.stability).toBe(10_000)
    expect(origins.get('stability')).toBe('default')
  })

  it('an endpoint that is an input wins over another kind of endpoint in the file', async () => {
    const inputs = { app: 'api', environment: 'staging', 'docker-context': 'other' }
    expect((await read(SEVERAL, inputs)).request.target).toMatchObject({
      dockerHost: undefined,
      dockerContext: 'other',
    })
  })

  it('what belongs to one run is not a key', async () => {
    expect(await faultOf(read('image: acme/app\ndry-run: true\n'), 'dry-run')).toMatchObject({
      source: `${FILE}:2`,
      problem: expect.stringContaining('one run') as string,
    })
  })
})

describe('which app', () => {
  it.each([
    [{ app: 'api', environment: 'staging' }, 'api'],
    [{ image: 'ghcr.io/Acme/API', environment: 'staging' }, 'api'],
    [{ image: 'docker.io/fork/web', environment: 'staging' }, 'web'],
  ])('%j', async (inputs, name) => {
    const { request } = await read(SEVERAL, inputs)
    expect(request).toMatchObject({ app: name, target: { app: name } })
  })

  it('is the only one', async () => {
    expect((await read('apps: {web: {image: acme/site}}')).request.app).toBe('web')
  })

  it('must be said among several, and exist', async () => {
    expect((await faultOf(read(SEVERAL), 'app')).problem).toContain('web, api')
    expect(await faultOf(read(SEVERAL, { app: 'wbe' }), 'app')).toMatchObject({ value: 'wbe', suggestion: 'web' })
  })

  it('may be none of the file', async () => {
    expect((await read(SEVERAL, { image: 'acme/tool', promote: 'none' })).request.app).toBe('tool')
  })
})

describe('which environment', () => {
  const one = 'image: acme/app\nworkload: web\nenvironments: {staging: {deploy-to: swarm}}\n'
  const two = 'image: acme/app\nworkload: web\nenvironments: {a: {deploy-to: swarm}, b: {deploy-to: swarm}}\n'

  it('is the only one', async () => {
    expect((await read(one)).request).toMatchObject({ environment: 'staging', target: { name: 'swarm' } })
  })

  it('must be said among several where something is deployed', async () => {
    expect((await faultOf(read(two), 'environment')).problem).toContain('a, b')
    expect((await read(two, { promote: 'release-tag' })).request).toMatchObject({ environment: undefined })
    const env = { GITHUB_EVENT_NAME: 'pull_request' }
    expect((await read(two, {}, env)).request).toMatchObject({ promote: 'none', target: undefined })
  })

  it('is production where the target is chosen without one', async () => {
    expect((await read(SEVERAL, { app: 'web', 'deploy-to': 'swarm' })).request).toMatchObject({
      environment: 'production',
      target: { dockerHost: 'ssh://deploy@production' },
    })
  })

  it('must be one of the file', async () => {
    const fault = await faultOf(read(SEVERAL, { app: 'web', environment: 'prodution' }), 'environment')
    expect(fault).toMatchObject({ value: 'prodution', suggestion: 'production' })
  })

  it('must not share its tag with another', async () => {
    const text = 'image: acme/app\nenvironments: {EU West: {}, eu-west: {}}\n'
    const fault = await faultOf(read(text, { environment: 'eu-west' }), 'environments.eu-west')
    expect(fault.problem).toContain('EU West')
  })

  it('leaves what only another command reads from the file alone', async () => {
    const files = { [FILE]: 'deploy-to: swarm\nworkload: web\non-failure: leave\n' }
    expect((await rollback({}, { files })).request.onFailure).toBe('restore')
    expect((await release({}, { files })).request.onFailure).toBe('leave')
  })

  it('counts for a rollback too', async () => {
    const files = { [FILE]: SEVERAL }
    const { request } = await rollback({ image: '', app: 'web', environment: 'staging' }, { files })
    expect(request).toMatchObject({ environment: 'staging', target: { workloads: ['web-staging', 'worker'] } })
  })
})

describe('values', () => {
  it('are lists, pairs, numbers and booleans as YAML has them', async () => {
    const { request } = await read(SEVERAL, { app: 'web', environment: 'staging' })
    expect(request.build.buildArgs).toEqual(['NODE_VERSION=24', 'DEBUG=false'])
    expect(request.target).toMatchObject({ workloads: ['web-staging', 'worker'] })
  })

  it('are kept as written', async () => {
    const { request } = await read(
      'image: acme/app\nbuild-args: {VERSION: 1.10}\nlabels: ["a=b,c"]\nplatforms: a/b,c/d\n',
    )
    expect(request.build).toMatchObject({
      buildArgs: ['VERSION=1.10'],
      labels: { a: 'b,c' },
      platforms: ['a/b', 'c/d'],
    })
  })

  it.each([
    ['a mapping', 'image: acme/app\nsmoke:\n  startup: {}\n  checks:\n    - http: GET /\n', '    - http: GET /'],
    ['a flow mapping', 'image: acme/app\nsmoke: {startup: {within: 1s},\n  checks: []}\n', '  checks: []}'],
    ['a block', 'image: acme/app\nsmoke: |\n  startup: {}\n  checks: []\n', 'checks: []'],
  ])('documents keep the lines of the file: %s', async (_, text, line) => {
    const { smoke } = (await read(text)).request
    if (typeof smoke === 'string') throw new Error(smoke)
    expect(smoke.source).toBe(FILE)
    expect(smoke.text.split('\n').indexOf(line)).toBe(text.split('\n').findIndex((each) => each.endsWith(line)))
    expect(Object.keys(parse(smoke.text) as object)).toContain('checks')
  })

  it('may switch smoke off', async () => {
    expect((await read('image: acme/app\nsmoke: off\n')).request.smoke).toBe('off')
  })

  it('may be empty', async () => {
    expect((await read('image: acme/app\ntimeout:\nenvironments:\n')).request.timeout).toBe(600_000)
    expect((await read('', { image: 'acme/app' })).request.app).toBe('app')
    expect((await read('# nothing\n', { image: 'acme/app' })).request.app).toBe('app')
  })

  it('may be shared by an alias', async () => {
    const text = 'apps:\n  a: {image: acme/a, build-args: &args {A: 1}}\n  b: {image: acme/b, build-args: *args}\n'
    expect((await read(text, { app: 'b' })).request.build.buildArgs).toEqual(['A=1'])
  })
})

describe('faults name line and near miss', () => {
  it.each([
    ['image: acme/app\ntimout: 5m\n', 'timout', { source: `${FILE}:2`, suggestion: 'timeout' }],
    ['image: acme/app\ntimeout: 5\n', 'timeout', { source: `${FILE}:2`, value: '5', suggestion: '5s' }],
    ['image: acme/app\ntimeout: [5m]\n', 'timeout', { source: `${FILE}:2`, problem: 'takes one value' }],
    ['image: acme/app\npolicy: wran\n', 'policy', { source: `${FILE}:2`, suggestion: 'warn' }],
    ['apps:\n  web:\n    image: acme/app\n    workloads: web\n', 'apps.web.workloads', { source: `${FILE}:4` }],
    [
      'apps:\n  web: {image: acme/app}\ntimeout: 5m\n',
      'timeout',
      { problem: expect.stringContaining('defaults') as string },
    ],
    ['apps: {web: {image: a/b, app: x}}', 'apps.web.app', { problem: 'cannot be set here' }],
    ['image: acme/app\nsecrets: npm=x\n', 'secrets', { problem: expect.stringContaining('secret') as string }],
    ['image: acme/app\ngithub-token: x\n', 'github-token', { problem: expect.stringContaining('secret') as string }],
    ['image: acme/app\npush: true\n', 'push', { problem: expect.stringContaining('is not an input') as string }],
    ['image: acme/app\nversion: 2\n', 'version', { problem: 'must be 1' }],
    ['image: acme/app\nimage: acme/b\n', 'config', { source: `${FILE}:2`, problem: 'the same key is written twice' }],
    ['image: [\n', 'config', { problem: expect.stringContaining('is not valid YAML') as string }],
    ['- a\n', 'config', { problem: 'must be a mapping of keys and values' }],
    ['apps: [a]\n', 'apps', { problem: 'must be a mapping of keys and values' }],
    [
      'image: acme/app\nbuild-args: {A: {B: c}}\n',
      'build-args',
      { problem: expect.stringContaining('plain') as string },
    ],
  ])('%j', async (text, name, fault) => {
    expect(await faultOf(read(text, { app: '' }), name)).toMatchObject(fault)
  })

  it('come together with those of the inputs, and never show secrets', async () => {
    const faults = await faultsOf(read('image: acme/app\nsecrets: npm=hunter2\ntimout: 5m\n', { stability: 'x' }))
    expect(faults.map(({ name }) => name)).toEqual(['secrets', 'timout', 'stability'])
    expect(JSON.stringify(faults)).not.toContain('hunter2')
  })
})

describe('the file', () => {
  it('may be another one, which must be there', async () => {
    const files = { 'deploy.yml': 'timeout: 1m\n' }
    expect((await release({ config: 'deploy.yml' }, { files })).request.timeout).toBe(60_000)
    expect(await faultOf(release({ config: 'none.yml' }), 'config')).toMatchObject({ value: 'none.yml' })
    expect((await faultOf(release({ config: '.' }), 'config')).problem).toContain('cannot be read')
  })

  it('is found with the other ending too', async () => {
    const files = { '.github/immutable-deploy.yaml': 'timeout: 1m\n' }
    expect((await release({}, { files })).request.timeout).toBe(60_000)
  })
})

describe('the manual', () => {
  const text = readFileSync(path.resolve('docs/config.md'), 'utf8')
  const files = [...text.matchAll(/```yaml\n([^`]*?version: 1\n[^`]*?)```/g)].map(([, file = '']) => file)

  it('shows files', () => expect(files).toHaveLength(2))

  it.each(files.map((file) => [file]))('that work: %j', async (file) => {
    const app = file.includes('apps:') ? { app: 'web' } : {}
    const { request } = await read(file, { ...app, environment: 'staging', context: '.' })
    expect(request).toMatchObject({ environment: 'staging', stability: 30_000 })
    expect(request.target).toBeDefined()
  })
})

describe('the shipped schema', () => {
  const schema = JSON.parse(readFileSync(path.resolve('schema/config.schema.json'), 'utf8')) as object
  const require = createRequire(import.meta.url)
  const { Ajv } = require('ajv') as typeof import('ajv')
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema)

  it.each([[SEVERAL], ['image: acme/app\nsmoke: off\n'], ['image: acme/app\nsmoke: {checks: []}\nplatforms: [a/b]\n']])(
    'accepts %j',
    (text) => {
      expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true)
    },
  )

  it.each([
    ['image: acme/app\ntimout: 5m\n'],
    ['image: acme/app\ntimeout: 5\n'],
    ['image: acme/app\npolicy: wran\n'],
    ['image: acme/app\nsecrets: npm=x\n'],
    ['image: acme/app\ndry-run: true\n'],
    ['apps: {web: {image: a/b, app: x}}'],
    ['apps: {web: {image: a/b}}\ntimeout: 5m\n'],
    ['version: 2\n'],
  ])('refuses %j', (text) => expect(validate(parse(text))).toBe(false))
})
