// One kubectl proxy: private, gone with its owner, and replaced when it or its credentials die.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openKubectl } from '../../src/adapters/kubectl/index.ts'
import { sweepLeftovers } from '../../src/adapters/process/leftovers.ts'
import { locateKubectl, parsePin } from '../../src/adapters/kubectl/install.ts'
import { contextNamespace } from '../../src/adapters/kubectl/kubeconfig.ts'
import { pinned } from '../../src/domain/image.ts'
import { asDeployError } from '../../src/errors/deploy-error.ts'
import { describeWith, need } from '../harness/lab.ts'
import { eventually, tempDir } from '../harness/temp.ts'
import {
  app,
  collectionPath,
  deployApp,
  openBench,
  settle,
  stamp,
  tokenFor,
  writeKubeconfig,
  type Bench,
} from './kubernetes-world.ts'

/** Processes of kubectl that were started with this folder. */
function pidsFor(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        return command.split('\0')[0]?.endsWith('kubectl') === true && command.includes(`${folder}/`)
      } catch {
        return false
      }
    })
    .map(Number)
}

const env = (more: Record<string, string>) => ({ ...process.env, ...more })

describeWith('kubernetes')('kubectl proxy', () => {
  const { KUBECONFIG } = need('kubernetes')

  it('is one process with a socket that only we can reach, and goes with close', async () => {
    const folder = tempDir('proxy')
    const api = openKubectl({ context: undefined, version: undefined, env: env({ KUBECONFIG }), folder })
    expect(readdirSync(folder)).toEqual([])
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.request('GET', '/version')))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    const [home = ''] = readdirSync(folder)
    expect(statSync(path.join(folder, home)).mode & 0o777).toBe(0o700)
    expect(pidsFor(folder)).toHaveLength(1)
    expect(await api.clientVersion?.()).toMatch(/^v1\.\d+/)
    await api.close()
    expect(readdirSync(folder)).toEqual([])
    expect(pidsFor(folder)).toEqual([])
  })

  it('killed, it is replaced', async () => {
    const folder = tempDir('proxy')
    const api = openKubectl({ context: undefined, version: undefined, env: env({ KUBECONFIG }), folder })
    await api.request('GET', '/version')
    const [pid = 0] = pidsFor(folder)
    process.kill(pid, 'SIGKILL')
    expect((await api.request('GET', '/version')).status).toBe(200)
    expect(pidsFor(folder)).not.toContain(pid)
    await api.close()
    expect(readdirSync(folder)).toEqual([])
  })

  it('ends with a run that is killed outright, and its folder too', { timeout: 30_000 }, async () => {
    const folder = tempDir('proxy')
    const module = path.resolve('src/adapters/kubectl/index.ts')
    const script = `const { openKubectl } = await import(${JSON.stringify(module)})
      const api = openKubectl({ context: undefined, version: undefined, env: process.env, folder: ${JSON.stringify(folder)} })
      await api.request('GET', '/version'); console.log('up'); setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--experimental-strip-types', '--input-type=module', '-e', script], {
      env: env({ KUBECONFIG }),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    expect(pidsFor(folder)).toHaveLength(1)
    expect(sweepLeftovers(folder)).toBe(0)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    // No post step and no later run: the watcher beside it is enough, on every kernel.
    await eventually('the proxy is gone', () => pidsFor(folder).length === 0 || undefined, 2000)
    await eventually('the folder is gone', () => readdirSync(folder).length === 0 || undefined, 2000)
  })

  it('names what is wrong with the kubeconfig, the plugin, the server', async () => {
    const file = path.join(tempDir('kube'), 'config')
    const ask = async (context: string | undefined) => {
      const api = openKubectl({ context, version: undefined, env: env({ KUBECONFIG: file }) })
      const error = await api.request('GET', '/version', { patience: 0 }).catch(asDeployError)
      await api.close()
      return error
    }
    const config = (user: object, server = 'https://127.0.0.1:1') =>
      writeFileSync(
        file,
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Config',
          clusters: [{ name: 'c', cluster: { server } }],
          users: [{ name: 'u', user }],
          contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
          'current-context': 'x',
        }),
      )
    config({ token: 't' })
    expect(await ask('nope')).toMatchObject({
      code: 'target-unreachable',
      what: expect.stringContaining('context "nope" does not exist') as string,
      evidence: [expect.stringContaining('context "nope" does not exist')],
    })
    expect(await ask(undefined)).toMatchObject({
      code: 'target-unreachable',
      what: expect.stringContaining('connection refused') as string,
    })
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: '/no/aws', interactiveMode: 'Never' }
    config({ exec })
    expect(await ask(undefined)).toMatchObject({
      code: 'target-denied',
      what: expect.stringContaining('/no/aws') as string,
    })
    const { port } = new URL(readFileSync(KUBECONFIG, 'utf8').match(/https:\/\/[^"\s]+/)?.[0] ?? '')
    config({ token: 't' }, `https://127.0.0.1:${port}`)
    expect(await ask(undefined)).toMatchObject({
      code: 'target-unreachable',
      fix: expect.stringContaining('certificate') as string,
    })
  })

  it('reads the namespace of the context without a process', async () => {
    const folder = tempDir('kube')
    const write = (name: string, text: string) => {
      const file = path.join(folder, name)
      writeFileSync(file, text)
      return file
    }
    const one = write('one', 'current-context: b\ncontexts: [{name: a, context: {namespace: first}}]\n')
    const two = write(
      'two',
      'current-context: a\ncontexts: [{name: b, context: {namespace: second}}, {name: c, context: {}}]\n',
    )
    const both = { KUBECONFIG: `${one}:${two}` }
    expect(await contextNamespace(both, undefined)).toBe('second')
    expect(await contextNamespace(both, 'a')).toBe('first')
    expect(await contextNamespace(both, 'c')).toBe('default')
    expect(await contextNamespace({ KUBECONFIG: '/nope', HOME: '/nope' }, undefined)).toBe('default')
  })

  it('reads a kubeconfig as kubectl does: empty namespaces, numbers for names, merges', async () => {
    const folder = tempDir('kube')
    const namespaceOf = async (text: string) => {
      const file = path.join(folder, 'config')
      writeFileSync(file, text)
      return contextNamespace({ KUBECONFIG: file }, undefined)
    }
    expect(await namespaceOf('current-context: a\ncontexts: [{name: a, context: {namespace: ""}}]')).toBe('default')
    expect(await namespaceOf('current-context: a\ncontexts: [{name: a, context: {namespace: ~}}]')).toBe('default')
    expect(await namespaceOf('current-context: 42\ncontexts: [{name: 42, context: {namespace: shop}}]')).toBe('shop')
    expect(await namespaceOf('{"current-context":"a","contexts":[{"name":"a","context":{"namespace":"json"}}]}')).toBe(
      'json',
    )
    expect(
      await namespaceOf(
        'current-context: a\ncontexts: [{name: a, context: &c {namespace: base}}, {name: b, context: {<<: *c}}]',
      ),
    ).toBe('base')
  })
})

describe('kubectl by version', () => {
  it('reads a pin', () => {
    expect(parsePin('1.33.1')).toEqual({ version: 'v1.33.1', sha256: undefined })
    expect(parsePin(`v1.33.1@sha256:${'a'.repeat(64)}`)).toMatchObject({ sha256: 'a'.repeat(64) })
    expect(parsePin('latest')).toBeUndefined()
  })

  it('is downloaded once with its checksum verified, and refused when it differs', { timeout: 60_000 }, async () => {
    let program = '#!/bin/sh\necho fake\n'
    const checksum = () => createHash('sha256').update(program).digest('hex')
    const good = checksum()
    let published = good
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end(request.url?.endsWith('.sha256') ? published : program)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const downloads = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
    const folder = tempDir('tools')
    const saved = { cache: process.env['RUNNER_TOOL_CACHE'], temp: process.env['RUNNER_TEMP'] }
    process.env['RUNNER_TOOL_CACHE'] = path.join(folder, 'cache')
    process.env['RUNNER_TEMP'] = folder
    try {
      const options = { env: { PATH: '/nope', RUNNER_TEMP: folder }, downloads }
      const first = await locateKubectl({ ...options, version: '1.99.0' })
      expect(readFileSync(first, 'utf8')).toBe(program)
      expect(statSync(first).mode & 0o111).not.toBe(0)
      const requests = asked.length
      expect(await locateKubectl({ ...options, version: 'v1.99.0' })).toBe(first)
      expect(asked).toHaveLength(requests)
      published = '0'.repeat(64)
      const refused = await locateKubectl({ ...options, version: '1.98.0' }).catch(asDeployError)
      expect(refused).toMatchObject({ code: 'digest-mismatch' })
      expect(existsSync(path.join(folder, 'cache', 'kubectl', '1.98.0'))).toBe(false)
      for (const [line, why] of [
        ['echo "bad CPU type" >&2; exit 86', /does not run on this machine \(exit code 86\): bad CPU type/],
        [`echo '{"clientVersion": {"gitVersion": "v1.2.3"}}'`, /says that it is v1\.2\.3/],
      ] as const) {
        program = `#!/bin/sh\n${line}\n`
        published = checksum()
        const unfit = await locateKubectl({ ...options, version: '1.97.0' }).catch(asDeployError)
        expect(unfit).toMatchObject({ code: 'tool-missing', what: expect.stringMatching(why) as string })
        expect(existsSync(path.join(folder, 'cache', 'kubectl', '1.97.0'))).toBe(false)
      }
      const missing = await locateKubectl({ ...options, version: undefined }).catch(asDeployError)
      expect(missing).toMatchObject({ code: 'tool-missing', fix: expect.stringContaining('kubectl-version') as string })
    } finally {
      process.env['RUNNER_TOOL_CACHE'] = saved.cache
      process.env['RUNNER_TEMP'] = saved.temp
      if (saved.cache === undefined) delete process.env['RUNNER_TOOL_CACHE']
      if (saved.temp === undefined) delete process.env['RUNNER_TEMP']
      server.close()
    }
  })
})

describeWith('kubernetes', 'registry')('kubernetes in trouble', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await openBench({ images: ['v1', 'v2', 'v3'] })
  })
  afterAll(() => bench.close())

  it('goes on when kubectl is killed in the middle', { timeout: 60_000 }, async () => {
    await deployApp(bench, app('killed', pinned(bench.image('v1'))))
    const folder = tempDir('proxy')
    const api = openKubectl({
      context: undefined,
      version: undefined,
      env: env({ KUBECONFIG: bench.kubeconfig }),
      folder,
    })
    const target = bench.target(['killed'], {}, { api })
    const image = bench.image('v2')
    const rollout = await target.replace(image, stamp(image), await target.current())
    await target.observe(rollout)
    for (const pid of pidsFor(folder)) process.kill(pid, 'SIGKILL')
    expect((await settle(target, rollout)).workloads[0]?.state).toEqual({ is: 'settled' })
    await target.close()
    expect(readdirSync(folder)).toEqual([])
  })

  it('a token that dies is read anew from the kubeconfig, once; a dead one is said', { timeout: 90_000 }, async () => {
    await deployApp(bench, app('expired', pinned(bench.image('v1'))))
    const kubeconfig = path.join(tempDir('kube'), 'config')
    const account = 'deployer'
    const good = await tokenFor(bench.admin, bench.namespace, account)
    writeKubeconfig(kubeconfig, bench.namespace, `${good.slice(0, -8)}AAAAAAAA`)
    const api = bench.openApi(kubeconfig)
    const refused = await api.request('GET', collectionPath(bench.namespace, 'pod')).catch(asDeployError)
    expect(refused).toMatchObject({
      code: 'target-denied',
      isLasting: true,
      what: expect.stringContaining('401') as string,
    })
    writeKubeconfig(kubeconfig, bench.namespace, good)
    expect((await api.request('GET', collectionPath(bench.namespace, 'pod'))).status).toBe(200)
  })

  it('a registry that is down for a while is waited for', { timeout: 90_000 }, async () => {
    await deployApp(bench, app('offline', pinned(bench.image('v1')), { replicas: 1 }))
    const target = bench.target(['offline'])
    const image = bench.image('v3')
    const before = await target.current()
    await bench.registry.stop()
    const rollout = await target.replace(image, stamp(image), before)
    const suspect = await eventually(
      'the suspicion',
      async () => {
        const state = (await target.observe(rollout)).workloads[0]?.state
        return state?.is === 'progressing' && state.suspect?.code === 'image-pull-failed' ? state.suspect : undefined
      },
      20_000,
    )
    expect(suspect.what).toMatch(/connection refused/)
    await bench.registry.start()
    expect((await settle(target, rollout)).workloads[0]?.state).toEqual({ is: 'settled' })
    await target.close()
  })

  it('goes on after the API server was away in the middle', { timeout: 90_000 }, async () => {
    await deployApp(bench, app('away', pinned(bench.image('v1'))))
    const lab = readFileSync(need('kubernetes').KUBECONFIG, 'utf8')
    const port = Number(new URL(/https:\/\/[^"\s]+/.exec(lab)?.[0] ?? '').port)
    const relay = await startRelay(port)
    const kubeconfig = path.join(tempDir('kube'), 'config')
    const own = readFileSync(bench.kubeconfig, 'utf8').replace(
      `127.0.0.1:${String(port)}`,
      `127.0.0.1:${String(relay.port)}`,
    )
    writeFileSync(kubeconfig, own, { mode: 0o600 })
    const target = bench.target(['away'], {}, { api: bench.openApi(kubeconfig) })
    const image = bench.image('v2')
    const rollout = await target.replace(image, stamp(image), await target.current())
    await target.observe(rollout)
    relay.cut()
    // A look that gets no answer is an error, not a verdict; the pipeline bears it for a minute.
    const blind = await eventually(
      'a look without an answer',
      () => {
        return target.observe(rollout).then(
          () => undefined,
          (error: unknown) => asDeployError(error),
        )
      },
      30_000,
    )
    expect(blind).toMatchObject({ code: 'target-unreachable' })
    relay.mend()
    expect((await settle(target, rollout)).workloads[0]?.state).toEqual({ is: 'settled' })
    await target.close()
    relay.close()
  })

  it('without a watch it is only slower', { timeout: 60_000 }, async () => {
    await deployApp(bench, app('silent', pinned(bench.image('v1')), { replicas: 1 }))
    const real = bench.openApi()
    const target = bench.target(
      ['silent'],
      {},
      {
        api: {
          ...real,
          // A watch that is there and says nothing, as behind some proxies.
          async *watch(_path, { signal }) {
            await new Promise((resolve) => signal.addEventListener('abort', resolve))
            yield* []
          },
        },
      },
    )
    const image = bench.image('v2')
    const rollout = await target.replace(image, stamp(image), await target.current())
    expect((await settle(target, rollout, 40_000)).workloads[0]?.state).toEqual({ is: 'settled' })
    await target.close()
  })
})

/** TCP to the API server, which can be cut: open connections break, new ones are refused. */
async function startRelay(port: number) {
  const open = new Set<Socket>()
  let isCut = false
  const server = createTcpServer((client) => {
    if (isCut) {
      client.destroy()
      return
    }
    const upstream = connect(port, '127.0.0.1')
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    isCut = true
    for (const socket of open) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    mend: () => {
      isCut = false
    },
    close: () => {
      cut()
      server.close()
    },
  }
}
