import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chooseBuilder } from '../../src/adapters/docker/choose-builder.ts'
import { connect } from '../../src/adapters/docker/connection.ts'
import { createRuntime } from '../../src/adapters/docker/runtime.ts'
import type { BuildRequest } from '../../src/domain/request.ts'
import type { ContainerRuntime, EngineApi } from '../../src/ports.ts'
import { startEngineProxy } from '../harness/engine-proxy.ts'
import { makeApp, type App } from '../harness/images.ts'
import { describeWith, need } from '../harness/lab.ts'
import { startRegistry } from '../harness/registry.ts'
import { tempDir } from '../harness/temp.ts'
import { buildRequest } from '../fakes/build-request.ts'
import {
  engine,
  engineAuth,
  key,
  never,
  ours,
  recorder,
  removeImage,
  removeOurs,
  repository,
} from './docker-support.ts'

let api: EngineApi
let runtime: ContainerRuntime
let app: App
const images = new Set<string>()

describeWith('docker', 'registry')("the engine's own builder", () => {
  beforeAll(async () => {
    api = await engine()
    runtime = createRuntime(api, { registry: engineAuth() })
    app = makeApp('healthy', { files: { 'www/key': key } })
  })
  afterAll(async () => {
    await removeOurs(api)
    for (const id of images) await removeImage(api, id)
    app.remove()
    api.close()
  })

  /** Without a plugin anywhere: what a bare machine has. */
  const env = () => ({
    DOCKER_CONFIG: '/nowhere',
    DOCKER_HOST: need('docker').DOCKER_HOST,
    ENVIRONMENT: 'from outside',
  })

  async function build(request: BuildRequest, log = recorder(), registry = engineAuth()): Promise<string> {
    const builder = await chooseBuilder(env(), api, request, { reporter: log, registry })
    expect(builder.name).toBe('engine')
    const built = await builder.build(request, { signal: never })
    if (built.where !== 'engine') throw new Error('not in the engine')
    images.add(built.imageId)
    return built.imageId
  }

  async function fileIn(image: string, file: string): ReturnType<ContainerRuntime['file']> {
    const id = await runtime.create({
      name: `${key}-${String(Math.random()).slice(2)}`,
      image,
      labels: ours,
      args: ['-'],
    })
    return runtime.file(id, file)
  }

  async function textIn(image: string, file: string): Promise<string | undefined> {
    const found = await fileIn(image, file)
    return found && Buffer.from(found.content).toString()
  }

  /** A folder with a Dockerfile whose shell is busybox. */
  function folder(files: Record<string, string>): string {
    const root = tempDir('context')
    execFileSync('cp', ['/bin/busybox', root])
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
      writeFileSync(path.join(root, name), text)
    }
    return root
  }
  const shell = 'FROM scratch AS base\nCOPY busybox /bin/sh\n'

  test('builds the context, labels the image, answers from the cache the second time', async () => {
    const labels = { ...ours, 'org.opencontainers.image.revision': app.revision }
    const log = recorder()
    const id = await build(buildRequest(app.dir, { labels }), log)
    expect(await runtime.image(id)).toMatchObject({ id, labels })
    expect((await textIn(id, '/www/key'))?.trim()).toBe(key)
    expect(log.lines().join('\n')).toMatch(/COPY www \/www/)
    const again = recorder()
    expect(await build(buildRequest(app.dir, { labels }), again)).toBe(id)
    expect(again.lines().join('\n')).toMatch(/COPY www \/www \(cached\)/)
  })

  test('honours stage, arguments, network, hosts and no-cache', async () => {
    const root = folder({
      Dockerfile: `${shell}ARG A=default
ARG ENVIRONMENT
ARG UNSET=unset
ARG SOURCE_DATE_EPOCH
RUN echo "$A|$ENVIRONMENT|$UNSET|$SOURCE_DATE_EPOCH" >/args; while read line; do echo "$line"; done </etc/hosts >/seen
FROM base AS last
RUN echo last >/last
`,
    })
    const request = buildRequest(root, {
      stage: 'base',
      buildArgs: ['A=a b=c', 'ENVIRONMENT', 'UNSET'],
      addHosts: ['db.test:10.1.2.3'],
      network: 'none',
      noCache: true,
    })
    const id = await build(request)
    expect(await textIn(id, '/args')).toBe('a b=c|from outside|unset|1767323045\n')
    expect(await textIn(id, '/seen')).toMatch(/10\.1\.2\.3\s+db\.test/)
    expect(await textIn(id, '/last')).toBeUndefined()
    const other = await build({ ...request, stage: 'last' })
    expect(await textIn(other, '/last')).toBe('last\n')
  })

  test('leaves out what .dockerignore says, and takes a Dockerfile from outside', async () => {
    const root = folder({
      '.dockerignore': 'secret\n**/*.tmp\n!keep.tmp\n',
      secret: 'x',
      'a/b.tmp': 'x',
      'a/c': 'c',
      'keep.tmp': 'k',
    })
    const outside = folder({ Dockerfile: 'FROM scratch\nCOPY . /all\n' })
    const id = await build(buildRequest(root, { file: path.join(outside, 'Dockerfile') }))
    expect(await textIn(id, '/all/secret')).toBeUndefined()
    expect(await textIn(id, '/all/a/b.tmp')).toBeUndefined()
    expect(await textIn(id, '/all/keep.tmp')).toBe('k')
    expect(await textIn(id, '/all/a/c')).toBe('c')
  })

  test('takes files as they are: modes, links, large ones, empty folders, any name', async () => {
    const root = folder({ 'dir/start.sh': '#!/bin/sh\n', 'dir/ü b.txt': 'umlaut', large: 'x'.repeat(3_000_000) })
    mkdirSync(path.join(root, 'dir/empty'))
    chmodSync(path.join(root, 'dir/start.sh'), 0o4750)
    symlinkSync('start.sh', path.join(root, 'dir/link'))
    symlinkSync('dir', path.join(root, 'way'))
    writeFileSync(
      path.join(root, 'Dockerfile'),
      `FROM scratch
COPY . /all
COPY way/st*.sh /pattern/
COPY ["way/ü b.txt", "/linked/"]
`,
    )
    const id = await build(buildRequest(root))
    expect(await textIn(id, '/all/dir/link')).toBe('#!/bin/sh\n')
    expect(await textIn(id, '/all/large')).toHaveLength(3_000_000)
    expect(await textIn(id, '/pattern/start.sh')).toBe('#!/bin/sh\n')
    expect(await textIn(id, '/linked/ü b.txt')).toBe('umlaut')
    expect(await fileIn(id, '/all/dir/start.sh')).toMatchObject({ mode: 0o4750, uid: 0, gid: 0 })
    expect(await fileIn(id, '/all/dir/empty')).toBeDefined()
  })

  test('sends what has changed, and notices a change that size and time hide', async () => {
    const root = folder({ Dockerfile: 'FROM scratch\nCOPY a b /\n', a: '1', b: '1', large: 'x'.repeat(3_000_000) })
    const first = await build(buildRequest(root))
    writeFileSync(path.join(root, 'a'), 'changed')
    const second = await build(buildRequest(root))
    expect([await textIn(second, '/a'), await textIn(second, '/b')]).toEqual(['changed', '1'])
    expect(second).not.toBe(first)
    for (const text of ['2', '3']) {
      writeFileSync(path.join(root, 'b'), text)
      utimesSync(path.join(root, 'b'), 1000, 1000)
      expect(await textIn(await build(buildRequest(root)), '/b')).toBe(text)
    }
  })

  test('takes a Git context', async () => {
    const daemon = folder({ Dockerfile: 'FROM scratch\nCOPY page /page\n', page: key })
    const git = (...args: string[]) =>
      execFileSync('git', args, {
        cwd: daemon,
        env: {
          ...process.env,
          GIT_CONFIG_GLOBAL: '/dev/null',
          GIT_AUTHOR_NAME: 'a',
          GIT_AUTHOR_EMAIL: 'a@b',
          GIT_COMMITTER_NAME: 'a',
          GIT_COMMITTER_EMAIL: 'a@b',
        },
      })
    git('init', '-q', '-b', 'main')
    git('add', '.')
    git('commit', '-q', '-m', 'first')
    git('update-server-info')
    const { createServer } = await import('node:http')
    const { createReadStream, existsSync } = await import('node:fs')
    const server = createServer((request, response) => {
      const file = path.join(daemon, '.git', new URL(request.url ?? '', 'http://x').pathname.replace('/app.git', ''))
      if (!existsSync(file)) response.writeHead(404).end()
      else createReadStream(file).pipe(response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const port = (server.address() as { port: number }).port
    try {
      const id = await build(buildRequest(`http://127.0.0.1:${String(port)}/app.git#main`))
      expect(await textIn(id, '/page')).toBe(key)
    } finally {
      server.close()
    }
  })

  test('names the failing step with its last lines', async () => {
    const root = folder({
      Dockerfile: `${shell}RUN echo fine\nRUN (echo "first"; echo "last words") >&2; exit 42\nRUN echo never\n`,
    })
    const log = recorder()
    await expect(build(buildRequest(root), log)).rejects.toMatchObject({
      code: 'build-failed',
      what: expect.stringMatching(/^the build failed at "\[3\/4\] RUN .*": .*exit code: 42/) as unknown,
      evidence: ['first', 'last words'],
    })
    expect(log.lines()).toContain('  last words')
  })

  test('a mistake in the Dockerfile, and a base image that nobody has', async () => {
    const broken = folder({ Dockerfile: 'FROM scratch\nCOPPY a b\n' })
    await expect(build(buildRequest(broken))).rejects.toMatchObject({
      what: expect.stringMatching(/unknown instruction: COPPY/) as unknown,
    })
    const missing = folder({ Dockerfile: 'FROM 127.0.0.1:1/no/image\n' })
    await expect(build(buildRequest(missing))).rejects.toMatchObject({ code: 'build-failed' })
  })

  test('base images come with our credentials, and say when they need some', async () => {
    const locked = await startRegistry({ auth: { user: 'ada', password: 'pw' } })
    const known = engineAuth({ username: 'ada', password: 'pw', serveraddress: locked.host })
    try {
      const base = await build(buildRequest(folder({ Dockerfile: `FROM scratch\nCOPY page /page\n`, page: key })))
      await createRuntime(api, { registry: known }).push(base, repository(locked.host, 'base'), 'v1', never)
      await removeImage(api, `${locked.host}/base:v1`)
      const request = buildRequest(folder({ Dockerfile: `FROM ${locked.host}/base:v1\nLABEL a=b\n` }), { pull: true })
      await expect(build(request)).rejects.toMatchObject({
        code: 'build-failed',
        fix: expect.stringContaining('docker/login-action') as unknown,
      })
      expect(await textIn(await build(request, recorder(), known), '/page')).toBe(key)
    } finally {
      await locked.stop()
    }
  })

  test('refuses what it cannot honour before it sends anything', async () => {
    const request = buildRequest(app.dir, { secrets: ['token=hunter2'], cacheTo: ['type=gha'] })
    const builder = await chooseBuilder(env(), api, request, { reporter: recorder() })
    expect(builder.refuse(request).map(({ name }) => name)).toEqual(['secrets', 'cache-to'])
    await expect(builder.build(request, { signal: never })).rejects.toMatchObject({ code: 'build-not-supported' })
  })

  test('sends an archive where something in front of the engine keeps the session out', async () => {
    const proxy = await startEngineProxy(need('docker').DOCKER_HOST)
    const behind = await connect({ host: proxy.host }, env())
    proxy.rules.push({ match: (_, path) => path.includes('/session'), refuse: { status: 403, message: 'forbidden' } })
    const root = folder({
      '.dockerignore': 'Dockerfile\n*.tmp\n',
      Dockerfile: 'FROM scratch\nCOPY . /all\n',
      'a.tmp': 'x',
      'dir/start.sh': '#!/bin/sh\n',
      large: 'x'.repeat(3_000_000),
    })
    chmodSync(path.join(root, 'dir/start.sh'), 0o750)
    symlinkSync('start.sh', path.join(root, 'dir/link'))
    try {
      const request = buildRequest(root)
      const builder = await chooseBuilder(env(), behind, request, { reporter: recorder() })
      const built = await builder.build(request, { signal: never })
      if (built.where !== 'engine') throw new Error('not in the engine')
      images.add(built.imageId)
      expect(await textIn(built.imageId, '/all/dir/link')).toBe('#!/bin/sh\n')
      expect(await textIn(built.imageId, '/all/large')).toHaveLength(3_000_000)
      expect(await fileIn(built.imageId, '/all/dir/start.sh')).toMatchObject({ mode: 0o750, uid: 0, gid: 0 })
      for (const out of ['a.tmp', 'Dockerfile']) expect(await fileIn(built.imageId, `/all/${out}`)).toBeUndefined()
    } finally {
      behind.close()
      await proxy.stop()
    }
  })

  test('a cancelled build stops in the engine', async () => {
    const root = folder({ Dockerfile: `${shell}RUN echo ${key}; while true; do :; done\n` })
    const abort = new AbortController()
    const log = recorder()
    const request = buildRequest(root)
    const builder = await chooseBuilder(env(), api, request, {
      reporter: {
        emit: (event) => {
          log.emit(event)
          if (event.type === 'output' && event.lines.some((line) => line.includes(key))) abort.abort()
        },
      },
    })
    await expect(builder.build(request, { signal: abort.signal })).rejects.toMatchObject({ code: 'cancelled' })
    const running = () => execFileSync('ps', ['-eo', 'args']).toString().includes(`echo ${key}; while true`)
    for (let tries = 0; tries < 100 && running(); tries++) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(running()).toBe(false)
  })
})
