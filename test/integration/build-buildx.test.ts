import { execFileSync } from 'node:child_process'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chooseBuilder } from '../../src/adapters/docker/choose-builder.ts'
import { createRuntime } from '../../src/adapters/docker/runtime.ts'
import type { Repository } from '../../src/domain/image.ts'
import type { BuildRequest } from '../../src/domain/request.ts'
import type { Built, ContainerRuntime, EngineApi, ImageBuilder } from '../../src/ports.ts'
import { makeApp, type App } from '../harness/images.ts'
import { describeWith, need } from '../harness/lab.ts'
import { dockerConfig, startRegistry, type TestRegistry } from '../harness/registry.ts'
import { tempDir } from '../harness/temp.ts'
import { buildRequest } from '../fakes/build-request.ts'
import {
  engine,
  engineAuth,
  key,
  never,
  ours,
  recorder,
  remoteDigest,
  removeImage,
  removeOurs,
  repository,
} from './docker-support.ts'

type Environment = Record<string, string | undefined>
let api: EngineApi
let runtime: ContainerRuntime
let registry: TestRegistry
let app: App
let env: Environment
const images = new Set<string>()

describeWith(
  'docker',
  'registry',
  'buildkit',
)('buildx', () => {
  beforeAll(async () => {
    api = await engine()
    runtime = createRuntime(api, { registry: engineAuth() })
    registry = await startRegistry()
    app = makeApp('healthy', { files: { 'www/key': key } })
    env = {
      PATH: process.env['PATH'],
      HOME: tempDir('home'),
      DOCKER_HOST: need('docker').DOCKER_HOST,
      DOCKER_CONFIG: dockerConfig({}, { 'docker-buildx': need('buildkit').BUILDX_PLUGIN }),
    }
    buildx('create', '--name', 'lab', '--driver', 'remote', need('buildkit').BUILDKITD)
  })
  afterAll(async () => {
    await removeOurs(api)
    for (const id of images) await removeImage(api, id)
    app.remove()
    await registry.stop()
    api.close()
  })

  function buildx(...args: string[]): string {
    const options = {
      env: env,
      encoding: 'utf8' as const,
      stdio: ['ignore', 'pipe', 'ignore'] as const,
    }
    return execFileSync(need('buildkit').BUILDX_PLUGIN, args, { ...options, stdio: [...options.stdio] })
  }

  function builderFor(request: BuildRequest, log = recorder(), change: Environment = {}): Promise<ImageBuilder> {
    return chooseBuilder({ ...env, ...change }, api, request, { reporter: log, registry: engineAuth() })
  }

  async function build(
    change: Partial<BuildRequest>,
    push?: Repository,
    log = recorder(),
    environment: Environment = {},
  ): Promise<Built> {
    const request = buildRequest(app.dir, { labels: ours, ...change })
    const builder = await builderFor(request, log, environment)
    expect(builder.name).toBe('buildx')
    const built = await builder.build(request, { signal: never, ...(push ? { push } : {}) })
    if (built.where === 'engine') images.add(built.imageId)
    return built
  }

  async function textIn(image: string, file: string): Promise<string | undefined> {
    const id = await runtime.create({
      name: `${key}-${String(Math.random()).slice(2)}`,
      image,
      labels: ours,
      args: ['-'],
    })
    const found = await runtime.file(id, file)
    return found && Buffer.from(found.content).toString().trim()
  }

  test('docker driver: loads, also when a push is wanted later', async () => {
    const log = recorder()
    const built = await build({}, repository(registry.host), log)
    if (built.where !== 'engine') throw new Error('the docker driver cannot push by digest')
    expect(await runtime.image(built.imageId)).toMatchObject({ id: built.imageId, labels: ours })
    expect(await textIn(built.imageId, '/www/key')).toBe(key)
    expect(log.lines().join('\n')).toContain('COPY www /www')
  })

  test('remote driver: pushes by digest and writes no tag', async () => {
    const built = await build({ builder: 'lab' }, repository(registry.host, 'by-digest'))
    if (built.where !== 'registry') throw new Error('not pushed')
    expect(await remoteDigest(registry.host, 'by-digest', built.digest)).toBe(built.digest)
    const tags = await fetch(`${registry.url}/v2/by-digest/tags/list`)
    expect(((await tags.json()) as { tags?: string[] | null }).tags ?? []).toEqual([])
  })

  test('remote driver, several platforms: one index', async () => {
    const platforms = ['linux/amd64', 'linux/arm64']
    const built = await build({ builder: 'lab', platforms }, repository(registry.host, 'multi'))
    if (built.where !== 'registry') throw new Error('not pushed')
    const headers = { accept: 'application/vnd.oci.image.index.v1+json' }
    const index = await fetch(`${registry.url}/v2/multi/manifests/${built.digest}`, { headers })
    const { manifests } = (await index.json()) as { manifests: { platform: { os: string; architecture: string } }[] }
    const found = manifests.map(({ platform }) => `${platform.os}/${platform.architecture}`)
    expect(found).toEqual(expect.arrayContaining(platforms))
  })

  test('remote driver without push: all platforms are built, its own is loaded', async () => {
    const root = tempDir('platforms')
    writeFileSync(path.join(root, 'Dockerfile'), 'FROM scratch\nARG TARGETARCH\nCOPY ${TARGETARCH} /arch\n')
    const own = (await runtime.info()).platform
    const other = own === 'linux/arm64' ? 'linux/amd64' : 'linux/arm64'
    const change = { builder: 'lab', context: root, platforms: [other, own] }
    writeFileSync(path.join(root, path.basename(own)), 'mine')
    await expect(build(change)).rejects.toMatchObject({
      what: expect.stringMatching(new RegExp(`"\\[${other} 1/1\\] COPY`)) as unknown,
    })
    writeFileSync(path.join(root, path.basename(other)), 'another')
    const built = await build(change)
    if (built.where !== 'engine') throw new Error('not loaded')
    expect(await runtime.image(built.imageId)).toMatchObject({ id: built.imageId, platform: own })
    expect(await textIn(built.imageId, '/arch')).toBe('mine')
  })

  test('the same commit gives the same digest', async () => {
    const request = { builder: 'lab', provenance: 'false', noCache: true }
    const [first, second] = [
      await build(request, repository(registry.host, 'twice')),
      await build(request, repository(registry.host, 'twice')),
    ]
    expect(first).toEqual(second)
  })

  test('secrets reach the build, and neither arguments nor image', async () => {
    const root = tempDir('secrets')
    execFileSync('cp', ['/bin/busybox', root])
    writeFileSync(path.join(root, 'file'), 'from a file')
    const mounts = ['value', 'env', 'file'].map((id) => `--mount=type=secret,id=${id}`).join(' ')
    const lengths = ['value', 'env', 'file']
      .map((id) => `read x </run/secrets/${id}; echo "\${#x}" >>/lengths`)
      .join('; ')
    writeFileSync(path.join(root, 'Dockerfile'), `FROM scratch\nCOPY busybox /bin/sh\nRUN ${mounts} ${lengths}; true\n`)
    const seen = path.join(root, 'seen')
    const wrapper = path.join(tempDir('config'), 'docker-buildx')
    writeFileSync(wrapper, `#!/bin/sh\necho "$@" >${seen}\nexec ${need('buildkit').BUILDX_PLUGIN} "$@"\n`, {
      mode: 0o755,
    })
    const config = dockerConfig({}, { 'docker-buildx': wrapper })
    const change = {
      context: root,
      secrets: ['value=hunter2,"x'],
      secretEnvs: ['env=OUTSIDE'],
      secretFiles: [`file=${path.join(root, 'file')}`],
    }
    const built = await build(change, undefined, recorder(), { DOCKER_CONFIG: config, OUTSIDE: 'from outside' })
    if (built.where !== 'engine') throw new Error('not loaded')
    expect(await textIn(built.imageId, '/lengths')).toBe('10\n12\n11')
    expect(readFileSync(seen, 'utf8')).not.toMatch(/hunter2|from outside/)
  })

  test('names the failing step with its last lines', async () => {
    const root = tempDir('failing')
    execFileSync('cp', ['/bin/busybox', root])
    writeFileSync(
      path.join(root, 'Dockerfile'),
      'FROM scratch\nCOPY busybox /bin/sh\nRUN echo "last words" >&2; exit 42\n',
    )
    for (const builder of ['default', 'lab']) {
      await expect(build({ context: root, builder })).rejects.toMatchObject({
        code: 'build-failed',
        what: expect.stringMatching(/^the build failed at "\[2\/2\] RUN echo .*exit code: 42/) as unknown,
        evidence: ['last words'],
      })
    }
    await expect(build({ builder: 'nowhere' })).rejects.toMatchObject({
      what: expect.stringContaining('no builder "nowhere" found') as unknown,
    })
  })

  test('a buildx that is too old for our log is run again with its own', async () => {
    const wrapper = path.join(tempDir('config'), 'docker-buildx')
    const script = `#!/bin/sh\ncase "$*" in version) echo v0.11.2 ; exit;; *rawjson*) echo 'ERROR: invalid progress mode rawjson' >&2; exit 1;; esac\nexec ${need('buildkit').BUILDX_PLUGIN} "$@"\n`
    writeFileSync(wrapper, script, { mode: 0o755 })
    const config = dockerConfig({}, { 'docker-buildx': wrapper })
    const log = recorder()
    const built = await build({}, undefined, log, { DOCKER_CONFIG: config })
    expect(built.where).toBe('engine')
    expect(log.lines().join('\n')).toMatch(/COPY www \/www/)
    const root = tempDir('failing')
    writeFileSync(path.join(root, 'Dockerfile'), 'FROM scratch\nCOPY nothing /x\n')
    await expect(build({ context: root }, undefined, log, { DOCKER_CONFIG: config })).rejects.toMatchObject({
      what: expect.stringContaining('COPY nothing /x') as unknown,
    })
  })

  test('pushes with credentials that only we have, without touching the configuration', async () => {
    const credentials = { username: 'ada', password: 'pw' }
    const locked = await startRegistry({ auth: { user: credentials.username, password: credentials.password } })
    const before = readFileSync(path.join(env['DOCKER_CONFIG'] ?? '', 'config.json'), 'utf8')
    const request = buildRequest(app.dir, { builder: 'lab' })
    try {
      const registryPort = engineAuth({ ...credentials, serveraddress: locked.host })
      const builder = await chooseBuilder(env, api, request, { reporter: recorder(), registry: registryPort })
      const built = await builder.build(request, { push: repository(locked.host), signal: never })
      expect(built.where).toBe('registry')
      await expect(
        (await builderFor(request)).build(request, { push: repository(locked.host), signal: never }),
      ).rejects.toMatchObject({ code: 'build-failed' })
    } finally {
      await locked.stop()
    }
    expect(readFileSync(path.join(env['DOCKER_CONFIG'] ?? '', 'config.json'), 'utf8')).toBe(before)
  })

  test('the builder that `buildx use` chose is used, and the engine itself refuses what it cannot do', async () => {
    const request = buildRequest(app.dir, { platforms: ['linux/amd64', 'linux/arm64'], cacheTo: ['type=gha'] })
    const limits = (await runtime.info()).containerdStore ? [] : ['platforms', 'cache-to']
    expect((await builderFor(request)).refuse(request).map(({ name }) => name)).toEqual(limits)
    buildx('use', 'lab')
    try {
      expect((await builderFor(request)).refuse(request)).toEqual([])
      const built = await build({}, repository(registry.host, 'chosen'))
      expect(built.where).toBe('registry')
    } finally {
      buildx('use', 'default')
    }
  })

  test('a cancelled build ends its process', async () => {
    const root = tempDir('endless')
    symlinkSync('/bin/busybox', path.join(root, 'link'))
    execFileSync('cp', ['/bin/busybox', root])
    writeFileSync(
      path.join(root, 'Dockerfile'),
      `FROM scratch\nCOPY busybox /bin/sh\nRUN echo ${key}; while true; do :; done\n`,
    )
    const abort = new AbortController()
    const request = buildRequest(root)
    const log = recorder()
    const builder = await chooseBuilder(env, api, request, {
      reporter: {
        emit: (event) => {
          log.emit(event)
          if (event.type === 'output' && event.lines.some((line) => line.startsWith(`  ${key}`))) abort.abort()
        },
      },
    })
    await expect(builder.build(request, { signal: abort.signal })).rejects.toMatchObject({ code: 'cancelled' })
    const running = () => execFileSync('ps', ['-eo', 'args']).toString().includes(root)
    expect(running()).toBe(false)
  })
})
