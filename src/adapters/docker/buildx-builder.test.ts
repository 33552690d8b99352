import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildRequest } from '../../../test/fakes/build-request.ts'
import { parseRepository, type Repository } from '../../domain/image.ts'
import type { BuildRequest } from '../../domain/request.ts'
import type { Built, EngineApi } from '../../ports.ts'
import { chooseBuilder } from './choose-builder.ts'
import { findBuilder, findBuildx } from './buildx-find.ts'

const INDEX = `sha256:${'a'.repeat(64)}`
const CONFIG = `sha256:${'b'.repeat(64)}`
const HOST = 'unix:///engine.sock'

let home: string
let env: Record<string, string>
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'buildx-'))
  mkdirSync(join(home, 'cli-plugins'))
  mkdirSync(join(home, 'temp'))
  mkdirSync(join(home, 'buildx/instances'), { recursive: true })
  env = { DOCKER_CONFIG: home, DOCKER_HOST: HOST, RUNNER_TEMP: join(home, 'temp'), PATH: process.env['PATH'] ?? '' }
  // Records its arguments and answers as buildx does.
  const program = `#!${process.execPath}
const { appendFileSync, writeFileSync, readFileSync } = require('node:fs')
const args = process.argv.slice(2)
if (process.env.ENDS_BY) {
  console.error(process.env.ENDS_AFTER)
  process.kill(process.pid, process.env.ENDS_BY)
}
const config = readFileSync(process.env.DOCKER_CONFIG + '/config.json', { encoding: 'utf8', flag: 'a+' })
appendFileSync(${JSON.stringify(join(home, 'calls'))}, JSON.stringify({ args, config, names: Object.keys(process.env) }) + '\\n')
const metadata = { 'containerimage.digest': '${INDEX}', 'containerimage.config.digest': '${CONFIG}' }
writeFileSync(args[args.indexOf('--metadata-file') + 1], JSON.stringify(metadata))
`
  writeFileSync(join(home, 'cli-plugins/docker-buildx'), program, { mode: 0o755 })
})
afterEach(() => rmSync(home, { recursive: true }))

function instance(name: string, driver: string): void {
  writeFileSync(join(home, 'buildx/instances', name), JSON.stringify({ Name: name, Driver: driver, Nodes: [] }))
}

function choose(name: string, key = HOST, global = false): void {
  writeFileSync(join(home, 'buildx/current'), JSON.stringify({ Key: key, Name: name, Global: global }))
}

const plain = buildRequest('/src', { labels: { a: 'b' }, sourceDateEpoch: 1 })

/** An engine that knows one image and its own platform. */
function engine(image: string): EngineApi {
  const facts = { Id: image, Os: 'linux', Architecture: 'amd64' }
  const info = { ServerVersion: '28', OSType: 'linux', Architecture: 'x86_64' }
  return {
    endpoint: HOST,
    version: () => Promise.resolve('1.51'),
    request: (_method, path) => {
      const known = path === '/info' ? info : path.includes(image) ? facts : undefined
      const status = known ? 200 : 404
      return Promise.resolve({ status, headers: {}, bytes: new Uint8Array(), json: () => known, message: () => '' })
    },
    stream: () => Promise.reject(new Error('not asked')),
    close: () => undefined,
  }
}

const auth = (credentials: object) => ({
  engineAuth: () => Promise.resolve(Buffer.from(JSON.stringify(credentials)).toString('base64url')),
})

async function build(
  change: Partial<BuildRequest>,
  push?: Repository,
  image = CONFIG,
  credentials = {},
): Promise<Built> {
  const request = { ...plain, ...change }
  const builder = await chooseBuilder(env, engine(image), request, {
    reporter: { emit: () => undefined },
    registry: auth(credentials),
  })
  return builder.build(request, { signal: new AbortController().signal, ...(push ? { push } : {}) })
}

function calls(): { line: string; config: string }[] {
  const lines = readFileSync(join(home, 'calls'), 'utf8').trim().split('\n')
  return lines.map((line) => {
    const { args, config } = JSON.parse(line) as { args: string[]; config: string }
    return { line: args.join(' ').replace(/--metadata-file \S+/, '--metadata-file FILE'), config }
  })
}

const repository = parseRepository('ghcr.io/acme/app')!
const ARGS = 'build --build-arg SOURCE_DATE_EPOCH=1 --label a=b --metadata-file FILE'
const PUSH = '--output type=image,name=ghcr.io/acme/app,push-by-digest=true,name-canonical=true,push=true'

describe('the environment of buildx', () => {
  const hidden = [
    'ACTIONS_RUNTIME_TOKEN',
    'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
    'GITHUB_TOKEN',
    'INPUT_SECRETS',
    'GITHUB_ENV',
  ]
  test.each<[string, Partial<BuildRequest>, readonly string[]]>([
    ['no token', {}, []],
    ['that of the cache service for a cache there', { cacheTo: ['type=gha,mode=max'] }, ['ACTIONS_RUNTIME_TOKEN']],
    ['that of the cache service to read there', { cacheFrom: ['type=gha'] }, ['ACTIONS_RUNTIME_TOKEN']],
    ['none for another cache', { cacheTo: ['type=registry,ref=type=gha.example/x'] }, []],
    ['what an input names as a secret', { secretEnvs: ['token=GITHUB_TOKEN'] }, ['GITHUB_TOKEN']],
    ['what an input names as a build argument', { buildArgs: ['GITHUB_ENV', 'A=INPUT_SECRETS'] }, ['GITHUB_ENV']],
  ])('%s', async (_, change, expected) => {
    for (const name of hidden) env[name] = 'x'
    instance('mine', 'docker-container')
    choose('mine')
    await build(change, repository)
    const { names } = JSON.parse(readFileSync(join(home, 'calls'), 'utf8')) as { names: string[] }
    expect(hidden.filter((name) => names.includes(name))).toEqual(expected)
    expect(names).toContain('PATH')
  })
})

describe('recorded arguments', () => {
  test.each(['docker-container', 'kubernetes', 'remote', 'cloud'])('%s driver: pushes by digest', async (driver) => {
    instance('mine', driver)
    choose('mine')
    expect(await build({ platforms: ['linux/amd64', 'linux/arm64'] }, repository)).toEqual({
      where: 'registry',
      digest: INDEX,
    })
    expect(calls().map(({ line }) => line)).toEqual([
      `${ARGS} ${PUSH} --platform linux/amd64,linux/arm64 --progress rawjson -- /src`,
    ])
  })

  test('docker-container driver, nothing to push: all platforms, then its own into the engine', async () => {
    instance('mine', 'docker-container')
    choose('mine')
    expect(await build({ platforms: ['linux/arm64', 'linux/amd64'] })).toEqual({ where: 'engine', imageId: CONFIG })
    expect(calls().map(({ line }) => line)).toEqual([
      `${ARGS} --output type=cacheonly --platform linux/arm64,linux/amd64 --progress rawjson -- /src`,
      `${ARGS} --load --platform linux/amd64 --progress rawjson --provenance=false -- /src`,
    ])
  })

  test("docker driver: loads; what the image is called is the store's choice", async () => {
    expect(await build({}, repository)).toEqual({ where: 'engine', imageId: CONFIG })
    expect(await build({}, repository, INDEX)).toEqual({ where: 'engine', imageId: INDEX })
    expect(calls()[0]?.line).toBe(`${ARGS} --load --progress rawjson --provenance=false -- /src`)
  })

  test('an image that did not arrive is an error', async () => {
    await expect(build({}, repository, 'sha256:other')).rejects.toMatchObject({ code: 'build-failed' })
  })

  test.each([
    ['SIGKILL', '', 'the build failed: buildx: ended by SIGKILL'],
    ['SIGTERM', '', 'the build failed: buildx: ended by SIGTERM'],
    ['SIGKILL', 'unpacking the base image', 'the build failed: unpacking the base image buildx: ended by SIGKILL'],
    ['SIGKILL', 'ERROR: no space left on device', 'the build failed: no space left on device'],
  ])('a buildx that ended by %s after the words "%s"', async (signal, words, what) => {
    Object.assign(env, { ENDS_BY: signal, ENDS_AFTER: words })
    await expect(build({})).rejects.toMatchObject({ code: 'build-failed', what })
    expect(readdirSync(join(home, 'temp'))).toEqual([])
  })

  test('nothing is left behind', async () => {
    await build({})
    expect(readdirSync(join(home, 'temp'))).toEqual([])
  })
})

describe('credentials for the push', () => {
  const credentials = { username: 'ada', password: 'pw' }
  const written = (): unknown => (JSON.parse(calls()[0]?.config ?? '') as { auths?: unknown }).auths

  beforeEach(() => {
    instance('mine', 'docker-container')
    choose('mine')
  })

  test("ours are added to a private copy of the client's configuration", async () => {
    writeFileSync(join(home, 'config.json'), JSON.stringify({ auths: { 'x.io': { auth: 'eA==' } }, proxies: {} }))
    await build({}, repository, CONFIG, credentials)
    expect(written()).toEqual({
      'x.io': { auth: 'eA==' },
      'ghcr.io': { auth: Buffer.from('ada:pw').toString('base64') },
    })
    expect(readFileSync(join(home, 'config.json'), 'utf8')).not.toContain('ghcr.io')
    expect(readdirSync(join(home, 'temp'))).toEqual([])
  })

  test.each([
    ['a login', { auths: { 'ghcr.io': { auth: 'eA==' } } }],
    ['a helper', { credHelpers: { 'ghcr.io': 'gh' } }],
    ['a store', { credsStore: 'desktop' }],
  ])('%s of the client is left alone', async (_what, config) => {
    const text = JSON.stringify(config)
    writeFileSync(join(home, 'config.json'), text)
    await build({}, repository, CONFIG, credentials)
    expect(calls()[0]?.config).toBe(text)
  })
})

describe('which builder', () => {
  test('the input, BUILDX_BUILDER, the one in use for this endpoint, its default, the engine', async () => {
    for (const name of ['one', 'two', 'three', 'four']) instance(name, `driver-${name}`)
    const hash = createHash('sha256').update(HOST).digest('hex').slice(0, 20)
    expect(await findBuilder(undefined, env)).toEqual({ name: 'default', driver: 'docker' })
    mkdirSync(join(home, 'buildx/defaults'))
    writeFileSync(join(home, 'buildx/defaults', hash), 'four')
    expect(await findBuilder(undefined, env)).toEqual({ name: 'four', driver: 'driver-four' })
    choose('three', 'unix:///another.sock')
    expect(await findBuilder(undefined, env)).toMatchObject({ name: 'four' })
    choose('three', 'unix:///another.sock', true)
    expect(await findBuilder(undefined, env)).toMatchObject({ name: 'three' })
    choose('three')
    expect(await findBuilder(undefined, env)).toMatchObject({ name: 'three' })
    const chosen = { ...env, BUILDX_BUILDER: 'two' }
    expect(await findBuilder(undefined, chosen)).toMatchObject({ name: 'two' })
    expect(await findBuilder('one', chosen)).toEqual({ name: 'one', driver: 'driver-one' })
  })

  test("the plugin is looked for in the client's folders, its extra ones too", async () => {
    expect(await findBuildx(env)).toBe(join(home, 'cli-plugins/docker-buildx'))
    const other = mkdtempSync(join(home, 'other-'))
    writeFileSync(join(other, 'config.json'), JSON.stringify({ cliPluginsExtraDirs: [join(home, 'cli-plugins')] }))
    expect(await findBuildx({ DOCKER_CONFIG: other })).toBe(join(home, 'cli-plugins/docker-buildx'))
  })

  test('what the engine as a builder cannot do is said before', async () => {
    const request = {
      ...plain,
      platforms: ['linux/amd64', 'linux/arm64'],
      cacheTo: ['type=gha'],
      provenance: 'mode=max',
    }
    const reporter = { emit: () => undefined }
    const builder = await chooseBuilder(env, engine(CONFIG), request, { reporter })
    expect(builder.refuse(request).map(({ name }) => name)).toEqual(['platforms', 'cache-to', 'provenance'])
    instance('mine', 'docker-container')
    choose('mine')
    expect((await chooseBuilder(env, engine(CONFIG), request, { reporter })).refuse(request)).toEqual([])
  })
})
