// kill -9 in the middle of a build: buildx ends, the registry's credential leaves the disk, and nothing is pushed afterwards.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeApp, type App } from '../harness/images.ts'
import { runCli } from '../harness/cli.ts'
import { describeWith, need } from '../harness/lab.ts'
import { bundle, node24, root } from '../harness/node.ts'
import { dockerConfig, filesWithLogin, startRegistry, type TestRegistry } from '../harness/registry.ts'
import { runAction } from '../harness/runner.ts'
import { eventually, tempDir } from '../harness/temp.ts'

const login = { user: 'ada', password: 'pw-of-ada' }
const MARKER = 'the build is under way'
/** Printed by the build itself, not the step that the Dockerfile names. */
const AT_WORK = new RegExp(`[^o] ${MARKER}\\s*$`, 'm')
const BUILD_TAKES_MS = 5000

interface Process {
  readonly pid: number
  readonly command: string
}

/** Processes that were started with this folder's name. */
function processesOf(folder: string): Process[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const command = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') : ''
      return command.includes(folder) ? [{ pid: Number(pid), command }] : []
    } catch {
      return []
    }
  })
}

const credentialsIn = (folder: string): string[] => filesWithLogin(folder, login)

describeWith(
  'docker',
  'registry',
  'buildkit',
)('a run that is killed while buildx builds', () => {
  let registry: TestRegistry
  let app: App
  let env: Record<string, string>
  let counter = 0

  beforeAll(async () => {
    registry = await startRegistry({ auth: login })
    app = makeApp()
    const plugin = need('buildkit').BUILDX_PLUGIN
    const authFile = path.join(tempDir('auth'), 'auth.json')
    const auth = Buffer.from(`${login.user}:${login.password}`).toString('base64')
    writeFileSync(authFile, JSON.stringify({ auths: { [registry.host]: { auth } } }))
    // Docker's own configuration does not know the registry: buildx gets a copy with the credential in it.
    env = {
      DOCKER_CONFIG: dockerConfig({}, { 'docker-buildx': plugin }),
      DOCKER_HOST: need('docker').DOCKER_HOST,
      REGISTRY_AUTH_FILE: authFile,
    }
    execFileSync(plugin, ['create', '--name', 'killed', '--driver', 'remote', need('buildkit').BUILDKITD], {
      env: { ...env, PATH: process.env.PATH, HOME: tempDir('home') },
      stdio: 'ignore',
    })
  })
  afterAll(async () => {
    app.remove()
    await registry.stop()
  })

  /** A repository of its own, a fresh build of it, and the folder of the machine's temporary files. */
  function fresh(): { image: string; temp: string } {
    counter += 1
    const script = `echo ${MARKER}; sleep ${String(BUILD_TAKES_MS / 1000)}; echo ${String(process.pid)}-${String(counter)}`
    const Dockerfile = `FROM scratch\nCOPY bin /bin\nRUN ["/bin/sh", "-c", "${script}"]\n`
    app.commit(`build ${String(counter)}`, { files: { Dockerfile } })
    const temp = tempDir('temp')
    return { image: `${registry.host}/killed/app-${String(counter)}`, temp }
  }
  const args = (image: string) => ['release', '--image', image, '--builder', 'killed', '--no-cache', '--smoke', 'off']

  async function expectNothingPushed(image: string): Promise<void> {
    const name = image.slice(registry.host.length)
    await new Promise((resolve) => setTimeout(resolve, BUILD_TAKES_MS + 2000))
    const written = registry.log().split('\n')
    expect(written.filter((line) => line.includes(`/v2${name}/manifests`) && /"?(?:PUT)/.test(line))).toEqual([])
  }

  it('pushes when nobody kills it', { timeout: 60_000 }, async () => {
    const { image, temp } = fresh()
    const run = await runCli([...args(image), '--policy', 'off'], {
      cwd: app.dir,
      env: { ...env, RUNNER_TEMP: temp },
    })
    expect(run.stderr + run.stdout).toContain('released')
    expect(registry.log()).toMatch(new RegExp(`PUT .*${image.slice(registry.host.length)}/manifests`))
    expect(credentialsIn(temp)).toEqual([])
  })

  it('ends buildx and removes the credential at once, without a step after it', { timeout: 60_000 }, async () => {
    const { image, temp } = fresh()
    let found: string[] = []
    const run = await runCli([...args(image), '--policy', 'off'], {
      cwd: app.dir,
      env: { ...env, RUNNER_TEMP: temp },
      signalOn: AT_WORK,
      signal: 'SIGKILL',
      onSignal: () => (found = credentialsIn(temp)),
    })
    expect(run.signal, run.stderr).toBe('SIGKILL')
    expect(found).toHaveLength(1)
    await eventually('buildx is gone', () => processesOf(temp).length === 0 || undefined, 2000)
    expect(readdirSync(temp)).toEqual([])
    await expectNothingPushed(image)
  })

  it('the next run ends and removes what is left where its watcher was killed too', { timeout: 90_000 }, async () => {
    const { image, temp } = fresh()
    const child = spawn(node24, [bundle(path.join(root, 'dist/cli/index.js')), ...args(image), '--policy', 'off'], {
      cwd: app.dir,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env, RUNNER_TEMP: temp },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let log = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (log += String(text)))
    await eventually('the build is under way', () => AT_WORK.test(log) || undefined, 30_000)
    const watchers = processesOf(temp).filter(({ command }) => command.startsWith('/bin/sh'))
    expect(watchers, log).toHaveLength(1)
    for (const { pid } of watchers) process.kill(pid, 'SIGKILL')
    child.kill('SIGKILL')
    expect(processesOf(temp)).not.toEqual([])
    expect(credentialsIn(temp)).toHaveLength(1)

    const next = await runCli(['release', '--image', image, '--dry-run', '--policy', 'off'], {
      cwd: app.dir,
      env: { ...env, RUNNER_TEMP: temp },
    })
    expect(next.code, next.stderr).toBe(0)
    expect(processesOf(temp)).toEqual([])
    expect(readdirSync(temp)).toEqual([])
    await expectNothingPushed(image)
  })

  it('in a workflow, the post step finds nothing that runs on', { timeout: 60_000 }, async () => {
    const { image } = fresh()
    const run = await runAction({
      workspace: app.dir,
      inputs: { image, builder: 'killed', 'no-cache': 'true', smoke: 'off', policy: 'off' },
      env,
      github: { sha: app.revision },
      killOn: AT_WORK,
    })
    expect(run.stages.map(({ name, result }) => `${name} ${result}`)).toEqual(['main failure', 'post success'])
    expect(run.orphans).toEqual([])
    expect(existsSync(run.temp) ? credentialsIn(run.temp) : []).toEqual([])
    await expectNothingPushed(image)
  })
})
