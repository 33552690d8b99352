import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readRelease, readSmoke } from '../../src/config/index.ts'
import {
  checkout,
  DIGEST,
  environment,
  FACTS,
  faultOf,
  faultsOf,
  HEAD,
  NO_SOURCE,
  OTHER,
  refusal,
  release,
  released,
  source,
} from './config-helpers.ts'

const SWARM = { 'deploy-to': 'swarm', workload: 'web' }
const KUBERNETES = { 'deploy-to': 'kubernetes', workload: 'web' }

describe('a release with nothing but an image', () => {
  it('builds the checkout and promotes it', async () => {
    const request = await released({})
    expect(request).toMatchObject({
      kind: 'release',
      app: 'app',
      environment: undefined,
      environmentTag: undefined,
      target: undefined,
      promote: 'all',
      policy: 'enforce',
      smoke: 'default',
      timeout: 600_000,
      stability: 10_000,
      onFailure: 'rollback',
      onCancel: 'leave',
      onOlder: 'refuse',
      dryRun: false,
      revision: HEAD,
      contextName: '.',
      extraTags: [],
    })
    expect(request.repository.name).toBe('ghcr.io/acme/app')
    expect(path.isAbsolute(request.build.context)).toBe(true)
    expect(request.build.sourceDateEpoch).toBe(FACTS.committedAt)
  })

  it('treats empty inputs as absent, as the runner hands them over', async () => {
    expect(await released({ timeout: '', smoke: '  ', 'deploy-to': '' })).toMatchObject({ timeout: 600_000 })
  })
})

describe('all faults at once', () => {
  it('names each with value, source, example and what was probably meant', async () => {
    const wrong = {
      ...{ image: 'ghcr.io/acme/app:1', 'deploy-to': 'swarn', timeout: '10', stability: 'soon', 'dry-run': 'yes' },
      ...{ policy: 'strict', enviroment: 'x', push: 'true', digest: 'latest', platforms: '"linux/amd64' },
    }
    const faults = await faultsOf(release(wrong))
    expect(faults.map(({ name }) => name).sort()).toEqual(Object.keys(wrong).sort())
    for (const fault of faults) expect(fault).toMatchObject({ source: 'input', value: wrong[fault.name as 'image'] })
    const suggested = Object.fromEntries(faults.map(({ name, suggestion }) => [name, suggestion]))
    expect(suggested).toMatchObject({
      image: 'ghcr.io/acme/app',
      'deploy-to': 'swarm',
      timeout: '10s',
      'dry-run': 'true',
      enviroment: 'environment',
    })
  })

  it('come before Git is asked', async () => {
    const never = () => Promise.reject(new Error('asked'))
    expect((await refusal(release({ timeout: 'x' }, { source: never }))).code).toBe('invalid-input')
  })

  it('say that nothing was changed', async () => {
    expect((await refusal(release({ timeout: 'x' }))).state).toMatch(/nothing was/)
  })
})

describe('booleans are YAML’s', () => {
  it.each([
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['false', false],
    ['False', false],
    [' false ', false],
  ])('%s', async (text, value) => expect((await released({ 'dry-run': text })).dryRun).toBe(value))

  it.each(['yes', 'no', 'on', '1', 'tRUE', 'ture'])('%s is refused', async (text) => {
    expect(await faultOf(release({ 'dry-run': text }), 'dry-run')).toMatchObject({ value: text })
  })
})

describe('inputs of other actions', () => {
  it.each(['push', 'load', 'outputs', 'call'])('%s is explained', async (name) => {
    const fault = await faultOf(release({ [name]: 'x' }), name)
    expect(fault.problem).toMatch(/is not an input/)
    expect(fault.example).toBeTruthy()
  })

  it.each([
    ['to', /input of rollback/],
    ['cluster', /belongs to deploy-to: ecs/],
    ['ttl', /preview action/],
    ['whatever', /is not an input of release/],
  ])('%s is named', async (name, problem) => {
    expect((await faultOf(release({ [name]: 'x' }), name)).problem).toMatch(problem)
  })

  it('never repeats what may be a secret under a wrong name', async () => {
    const faults = await faultsOf(release({ 'github-tokn': 'hunter2', 'api-key': 'hunter2' }))
    expect(JSON.stringify(faults)).not.toContain('hunter2')
  })

  it('says which targets there are', async () => {
    const fault = await faultOf(release({ 'deploy-to': 'nomad', workload: 'web' }), 'deploy-to')
    expect(fault.problem).toBe('must be one of none, swarm, kubernetes, ecs')
  })
})

describe('image', () => {
  it('is folded to lower case', async () => {
    expect((await released({ image: 'GHCR.io/Acme/App' })).repository.name).toBe('ghcr.io/acme/app')
  })

  it.each([
    ['', 'is needed'],
    ['ghcr.io/acme/app:1', 'without tag'],
    [`ghcr.io/acme/app@${DIGEST}`, 'digest input'],
    ['ghcr.io/acme//app', 'is not an image'],
  ])('%j is refused', async (image, problem) => {
    expect((await faultOf(release({ image }), 'image')).problem).toContain(problem)
  })

  it('is proposed from the repository', async () => {
    const env = { GITHUB_REPOSITORY: 'Acme/Shop' }
    expect((await faultOf(release({ image: '' }, { env }), 'image')).example).toBe('ghcr.io/acme/shop')
  })
})

describe('environment and its tag', () => {
  it.each([
    [SWARM, 'production', 'production'],
    [{ ...SWARM, environment: 'Staging EU' }, 'Staging EU', 'staging-eu'],
    [{ ...SWARM, 'environment-tag': 'live' }, 'production', 'live'],
    [{ ...SWARM, 'environment-tag': 'off' }, 'production', undefined],
    [{ environment: 'staging' }, 'staging', 'staging'],
  ])('%j', async (inputs, name, tag) => {
    expect(await released(inputs)).toMatchObject({ environment: name, environmentTag: tag })
  })

  it.each(['sha-1', 'pr-7', 'candidate-x', 'deployed-x', 'bad-x'])('%s collides', async (name) => {
    expect((await faultOf(release({ environment: name }), 'environment')).problem).toContain('collides')
    expect((await faultOf(release({ 'environment-tag': name }), 'environment-tag')).problem).toContain('collides')
  })

  it('must leave something for a tag', async () => {
    expect((await faultOf(release({ environment: '???' }), 'environment')).problem).toMatch(/letter or a digit/)
    expect((await faultOf(release({ 'environment-tag': 'a b' }), 'environment-tag')).problem).toMatch(/tag/)
  })
})

describe('targets', () => {
  it('swarm', async () => {
    const request = await released({ ...SWARM, workload: 'web, worker', 'docker-host': 'ssh://deploy@host' })
    expect(request.target).toMatchObject({
      name: 'swarm',
      workloads: ['web', 'worker'],
      dockerHost: 'ssh://deploy@host',
      app: 'app',
      environment: 'production',
      strategy: 'rolling',
    })
  })

  it.each([
    ['swarm', SWARM],
    ['kubernetes', KUBERNETES],
    ['ecs', { ...SWARM, 'deploy-to': 'ecs' }],
  ] as const)('%s: a rolling release can bake', async (_, target) =>
    expect((await released({ ...target, bake: '2m' })).bake).toBe(120_000),
  )

  it('kubernetes, blue-green', async () => {
    const blueGreen = { strategy: 'blue-green', 'active-service': 'web', bake: '1m', namespace: 'shop' }
    const request = await released({ ...KUBERNETES, ...blueGreen })
    expect(request.target).toMatchObject({ name: 'kubernetes', activeService: 'web', namespace: 'shop' })
    expect(request.bake).toBe(60_000)
  })

  it.each([
    [{ 'deploy-to': 'swarm' }, 'workload', /is needed/],
    [{ ...SWARM, workload: 'web,web' }, 'workload', /twice/],
    [{ ...SWARM, manifests: 'none.yml' }, 'manifests', /no such file/],
    [{ ...SWARM, namespace: 'shop' }, 'namespace', /deploy-to: kubernetes, and deploy-to is swarm/],
    [{ ...KUBERNETES, 'docker-host': 'unix:///x' }, 'docker-host', /deploy-to: swarm/],
    [{ ...KUBERNETES, workload: 'Web_1' }, 'workload', /kind\/name/],
    [{ ...KUBERNETES, strategy: 'blue-green' }, 'active-service', /is needed/],
    [{ ...KUBERNETES, 'active-service': 'web' }, 'active-service', /without strategy/],
    [{ ...SWARM, 'docker-host': '/var/run/docker.sock' }, 'docker-host', /must begin/],
    [{ ...SWARM, 'docker-host': 'tcp://a:1', 'docker-context': 'b' }, 'docker-context', /together/],
    [{ ...SWARM, 'docker-cert-path': 'none' }, 'docker-cert-path', /no such folder/],
    [{ workload: 'web' }, 'workload', /deploy-to is none/],
    [{ ...SWARM, 'live-checks': 'checks: []' }, 'url', /is needed/],
    [{ ...SWARM, url: 'app.example.com' }, 'url', /http/],
    [{ ...SWARM, timeout: '10s', stability: '10s' }, 'stability', /shorter/],
    [{ ...SWARM, timeout: '0s' }, 'timeout', /longer/],
    [{ ...SWARM, smoke: 'off' }, 'smoke', /policy: warn/],
    [{ smoke: 'off', promote: 'release-tag' }, 'smoke', /nothing to do/],
    [{ smoke: 'false' }, 'smoke', /not a smoke test/],
    [{ smoke: 'checks: []', 'smoke-file': 'x.yml' }, 'smoke-file', /together/],
    [{ 'smoke-file': 'x.yml' }, 'smoke-file', /no such file/],
    [{ 'tag-suffix': 'a/b' }, 'tag-suffix', /must be letters/],
    [{ app: 'a b' }, 'app', /must be letters/],
    [{ revision: 'main' }, 'revision', /40 hex/],
  ])('%j', async (inputs, name, problem) => {
    expect((await faultOf(release(inputs), name)).problem).toMatch(problem)
  })

  it('keeps the inputs of a target that an expression switched off', async () => {
    expect((await released({ ...SWARM, 'deploy-to': 'none' })).target).toBeUndefined()
  })

  it('deploys without smoke where the policy lets it', async () => {
    expect((await released({ ...SWARM, smoke: 'off', policy: 'warn' })).smoke).toBe('off')
  })

  it('accepts an address with variables', async () => {
    expect((await released({ ...SWARM, url: 'https://{environment}.example.com' })).url).toContain('{')
  })
})

describe('build inputs', () => {
  it('are read as docker/build-push-action reads them', async () => {
    const { build } = await released({
      platforms: 'linux/amd64,linux/arm64',
      'build-args': 'A=1,2\nB=3',
      labels: 'a=b=c\nempty',
      secrets: '"npm=one\ntwo"\nraw= x ',
      'cache-to': 'type=gha,mode=max',
      target: 'runtime',
      pull: 'true',
    })
    expect(build).toMatchObject({
      platforms: ['linux/amd64', 'linux/arm64'],
      buildArgs: ['A=1,2', 'B=3'],
      labels: { a: 'b=c', empty: '' },
      secrets: ['npm=one\ntwo', 'raw= x '],
      cacheTo: ['type=gha,mode=max'],
      stage: 'runtime',
      pull: true,
      noCache: false,
    })
    expect(build).not.toHaveProperty('githubToken')
  })

  it('hand their secrets over to be masked', async () => {
    const inputs = { secrets: 'npm=one', 'secret-envs': 'key=KEY', 'github-token': 'token' }
    expect((await release(inputs, { env: { KEY: 'two' } })).secrets).toEqual(['one', 'two', 'token'])
  })

  it.each([
    [{ secrets: 'npm=hunter2\nhunter2' }, 'secrets', /entry 2/],
    [{ 'secret-envs': 'npm=NOT_SET' }, 'secret-envs', /NOT_SET/],
    [{ 'secret-files': 'npm=none' }, 'secret-files', /no such file/],
    [{ 'build-contexts': 'assets' }, 'build-contexts', /name=path/],
    [{ labels: 'dev.immutable-deploy.inputs=x' }, 'labels', /written by us/],
    [{ context: 'none' }, 'context', /is not a folder/],
    [{ file: 'none' }, 'file', /no such file/],
    [{ context: 'app' }, 'file', /has no Dockerfile/],
  ])('%j', async (inputs, name, problem) => {
    const fault = await faultOf(release(inputs, { files: { 'app/main.c': '' } }), name)
    expect(fault.problem).toMatch(problem)
    expect(JSON.stringify(fault)).not.toContain('hunter2')
  })

  it('name the path from the working folder where the one from the context was written', async () => {
    const fault = await faultOf(release({ context: 'app', file: 'Build' }, { files: { 'app/Build': '' } }), 'file')
    expect(fault.suggestion).toBe('app/Build')
  })

  it('have no effect beside a digest, which is said', async () => {
    const reading = await release({ digest: DIGEST, 'build-args': 'A=1', context: 'gone' }, { source: NO_SOURCE })
    expect(reading.request).toMatchObject({ digest: DIGEST, revision: undefined })
    expect(reading.notices).toEqual([expect.stringContaining('build-args')])
  })

  it('finds the digest in a reference', async () => {
    expect((await faultOf(release({ digest: `app@${DIGEST}` }), 'digest')).suggestion).toBe(DIGEST)
  })
})

describe('tags', () => {
  const repository = 'ghcr.io/acme/app'

  it('of docker/metadata-action are taken as they are', async () => {
    const tags = `${repository}:v1\n${repository}:1.2,${repository}:sha-${HEAD.slice(0, 7)}\n${repository}:sha-${HEAD}`
    expect((await released({ tags })).extraTags).toEqual(['v1', '1.2', 'sha-aaaaaaa'])
  })

  it.each([
    [{ tags: 'docker.io/acme/app:v1' }, /only repository/],
    [{ tags: 'a b' }, /only repository/],
    [{ tags: `${repository}:sha-bbbbbbb` }, /meaning of ours/],
    [{ tags: 'deployed-x' }, /meaning of ours/],
    [{ tags: 'staging', environment: 'staging' }, /after the verdict/],
  ])('%j', async (inputs, problem) => {
    expect((await faultOf(release(inputs), 'tags')).problem).toMatch(problem)
  })

  it('do not matter where nothing is promoted', async () => {
    expect((await released({ tags: `${repository}:pr-7`, promote: 'none' })).extraTags).toEqual([])
  })
})

describe('the commit', () => {
  const push = { GITHUB_EVENT_NAME: 'push', GITHUB_SHA: HEAD, GITHUB_REPOSITORY: 'acme/app' }

  it('is HEAD of the work tree, and the event’s where there is none', async () => {
    expect((await released({}, { env: push })).revision).toBe(HEAD)
    expect((await released({}, { env: { ...push, GITHUB_SHA: OTHER }, source: NO_SOURCE })).revision).toBe(OTHER)
    expect((await released({ revision: OTHER.toUpperCase() }, { source: NO_SOURCE })).revision).toBe(OTHER)
  })

  it('is unknown without work tree and event', async () => {
    expect(await refusal(release({}, { source: NO_SOURCE }))).toMatchObject({ code: 'no-revision' })
  })

  it('must be the one that the event names', async () => {
    const world = { env: { ...push, GITHUB_SHA: OTHER } }
    const error = await refusal(release({}, world))
    expect(error).toMatchObject({ code: 'revision-mismatch' })
    expect(error.what).toContain('ref: ${{ github.sha }}')
    const warned = await release({ policy: 'warn' }, world)
    expect(warned.notices).toEqual([expect.stringContaining(OTHER.slice(0, 7))])
    expect((await release({ promote: 'none' }, world)).notices).toHaveLength(1)
    expect((await release({ revision: HEAD }, world)).notices).toEqual([])
  })

  it('may be another one in a checkout of another repository', async () => {
    const elsewhere = source({ ...FACTS, url: 'https://github.com/acme/other' })
    expect((await release({}, { env: { ...push, GITHUB_SHA: OTHER }, source: elsewhere })).notices).toEqual([])
  })

  it('must be in the work tree where it is given', async () => {
    expect(await refusal(release({ revision: OTHER }))).toMatchObject({ code: 'revision-mismatch' })
  })

  it('of a pull request is its merge commit, and one notice says how to build the head', async () => {
    const event = JSON.stringify({ pull_request: { head: { sha: OTHER } } })
    const cwd = checkout({ 'event.json': event })
    const env = { ...push, GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: path.join(cwd, 'event.json') }
    const inputs = environment({ image: 'ghcr.io/acme/app', ...SWARM }, env)
    const reading = await readRelease({ env: inputs, cwd }, source(FACTS))
    expect(reading.request).toMatchObject({ promote: 'none', revision: HEAD })
    expect(reading.notices).toEqual([expect.stringContaining('ref: ${{ github.event.pull_request.head.sha }}')])
  })

  it('of a Git context is the one that it pins', async () => {
    const url = 'https://github.com/acme/app.git'
    expect((await released({ context: `${url}#${OTHER}:sub` })).revision).toBe(OTHER)
    expect(await refusal(release({ context: `${url}#main` }))).toMatchObject({ code: 'no-revision' })
    expect(await refusal(release({ context: `${url}#${OTHER}`, revision: HEAD }))).toMatchObject({
      code: 'no-revision',
    })
    const filled = await released({ context: '{{defaultContext}}:sub' }, { env: push })
    expect(filled.build.context).toBe(`https://github.com/acme/app.git#${HEAD}:sub`)
    expect(filled.revision).toBe(HEAD)
  })

  it.each([`https://example.com/app#${OTHER}`, `https://example.com/app.tar.gz#${OTHER}`])(
    'of %s, which the builder only downloads, is unknown',
    async (context) => {
      const error = await refusal(release({ context }))
      expect(error).toMatchObject({ code: 'no-revision' })
      expect(error.what).toContain('does not end in .git')
    },
  )

  it.each([`http://example.com/app.git#${OTHER}`, `git://example.com/app#${OTHER}`])(
    'of %s needs policy: warn',
    async (context) => {
      expect(await faultsOf(release({ context }))).toMatchObject([{ name: 'context' }])
      const named = { 'build-contexts': `assets=${context}` }
      expect(await faultsOf(release(named))).toMatchObject([{ name: 'build-contexts' }])
      expect((await released({ context, policy: 'warn' })).revision).toBe(OTHER)
    },
  )

  it('of an address that is the name of a folder too is refused', async () => {
    const files = { 'github.com/acme/app/Dockerfile': 'FROM scratch' }
    const faults = await faultsOf(release({ context: 'github.com/acme/app' }, { files }))
    expect(faults).toMatchObject([{ name: 'context' }])
  })
})

it('refuses the commit of a fork on workflow_run, whatever the policy', async () => {
  const head = { head_sha: HEAD, head_repository: { full_name: 'mallory/app' } }
  const payload = JSON.stringify({ repository: { full_name: 'acme/app' }, workflow_run: head })
  const event = path.join(checkout({ 'event.json': payload }), 'event.json')
  const env = { GITHUB_EVENT_NAME: 'workflow_run', GITHUB_SHA: OTHER, GITHUB_EVENT_PATH: event }
  expect(await refusal(release({ policy: 'off' }, { env }))).toMatchObject({ code: 'unsafe-event' })
  const ours = source({ ...FACTS, revision: OTHER })
  expect((await released({ policy: 'off' }, { env, source: ours })).revision).toBe(OTHER)
})

it('refuses pull_request_target with the head of a fork before anything else', async () => {
  const env = { GITHUB_EVENT_NAME: 'pull_request_target', GITHUB_SHA: HEAD }
  expect(await refusal(release({ timeout: 'x' }, { env }))).toMatchObject({ code: 'unsafe-event' })
})

describe('smoke checks', () => {
  it('come inline or from a file', async () => {
    expect((await released({ smoke: 'checks: []' })).smoke).toEqual({ text: 'checks: []', source: 'input smoke' })
    const files = { 'smoke.yml': 'checks: []\n' }
    const request = await released({ 'smoke-file': 'smoke.yml' }, { files })
    expect(request.smoke).toEqual({ text: 'checks: []\n', source: 'smoke.yml' })
  })
})

it('tells the faults of check documents together with its own', async () => {
  const io = { env: environment({ smoke: 'cheks: []', timeout: 'x', 'live-checks': 'x: y' }), cwd: checkout() }
  const inspect = ({ source }: { source: string }) => Promise.resolve([{ name: source, problem: 'is wrong' }])
  const faults = await faultsOf(readRelease(io, source(FACTS), inspect))
  expect(faults.map(({ name }) => name)).toEqual(['image', 'timeout', 'input smoke', 'input live-checks'])
})

describe('the command line', () => {
  const cwd = checkout()
  const read = (...argv: string[]) =>
    readRelease({ env: { GITHUB_TOKEN: 'token', INPUT_TIMEOUT: 'x' }, argv, cwd }, source(FACTS))

  it('has the same names, and ignores the environment’s inputs', async () => {
    const reading = await read('--image', 'acme/app', '--deploy-to', 'swarm', '--workload', 'web', '--json')
    expect(reading.request).toMatchObject({ timeout: 600_000, target: { name: 'swarm', workloads: ['web'] } })
    expect(reading.githubToken).toBe('token')
  })

  it('reports its faults with the others', async () => {
    const faults = await faultsOf(read('--image', 'acme/app:1', '--timeot', '5m', '--stability', 'x'))
    expect(faults.map(({ name }) => name)).toEqual(['--timeot', 'image', 'stability'])
    expect(faults[2]).toMatchObject({ source: 'option --stability' })
  })

  it('smokes any image', async () => {
    writeFileSync(path.join(cwd, 'checks.yml'), 'checks: []\n')
    const reading = await readSmoke({ env: {}, argv: ['--image', 'app:dev', '--smoke-file', 'checks.yml'], cwd })
    expect(reading.request).toMatchObject({ kind: 'smoke', reference: 'app:dev', smoke: { source: 'checks.yml' } })
    expect((await faultOf(readSmoke({ env: {}, argv: [], cwd }), 'image')).problem).toContain('is needed')
  })
})
