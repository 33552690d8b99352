// The story on the lab's engine, act by act: after each one the printed commands are run as a reader would run them.
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../harness/cli.ts'
import { describeWith, need } from '../harness/lab.ts'
import { bundle, node24, root } from '../harness/node.ts'
import { tempDir } from '../harness/temp.ts'

const run = promisify(execFile)

interface Check {
  command: string
  told: string
}
interface Act {
  title: string
  text: string
  checks: Check[]
  /** What the commands really print, asked while the act was the last one. */
  seen: string[]
}

describeWith('docker', 'registry')('the demo', () => {
  const state = tempDir('demo')
  const env = (): NodeJS.ProcessEnv => ({
    PATH: process.env.PATH,
    HOME: state,
    XDG_STATE_HOME: path.join(state, 'state'),
    DOCKER_HOST: need('docker').DOCKER_HOST,
  })
  let acts: Act[] = []
  let code: number | null
  let told = ''
  let ms = 0

  beforeAll(async () => {
    ;({ acts, code, told, ms } = await story(env()))
  }, 240_000)

  afterAll(() => run(node24, [bundle(path.join(root, 'dist/cli/index.js')), 'demo', '--clean'], { env: env() }))

  it('tells five acts and ends well', () => {
    expect(told).toContain('The end')
    expect(acts.map(({ title }) => title)).toHaveLength(5)
    expect(code).toBe(0)
  })

  it('takes less than a minute', () => {
    // A machine that others use at the same time gets as much more time as it is overbooked.
    const overbooked = Math.max(1, (loadavg()[0] ?? 0) / availableParallelism())
    expect(ms).toBeLessThan(60_000 * overbooked)
  })

  it('prints commands by which each act can be checked, and they show what was told', () => {
    expect(acts.flatMap(({ checks }) => checks).length).toBeGreaterThanOrEqual(14)
    for (const act of acts) {
      for (const [at, { command, told: expected }] of act.checks.entries()) {
        expect(act.seen[at], `${act.title}: ${command}`).toContain(expected)
      }
    }
  })

  it('goes v1, v2, v2, v2, v1', () => {
    const served = acts.map(({ checks }) =>
      checks.map(({ told: text }) => text).find((text) => text.startsWith('Hello')),
    )
    expect(served).toEqual(['v1', 'v2', 'v2', 'v2', 'v1'].map((version) => `Hello from ${version}`))
  })

  it('says why v3 and v4 failed', () => {
    expect(acts[2]?.text).toContain('smoke-check-failed')
    expect(acts[3]?.text).toContain('rolled-back')
  })

  it('leaves nothing after demo --clean, and the Swarm as it was', async () => {
    const registry = /A registry listens on 127\.0\.0\.1:(\d+)/.exec(told)?.[1] ?? ''
    await expect(fetch(`http://127.0.0.1:${registry}/v2/`)).resolves.toBeDefined()
    const clean = await runCli(['demo', '--clean'], { env: env() as Record<string, string> })
    expect(clean.code).toBe(0)
    expect(existsSync(path.join(state, 'state', 'immutable-deploy-demo'))).toBe(false)
    await expect(fetch(`http://127.0.0.1:${registry}/v2/`)).rejects.toThrow()
    const docker = async (...args: string[]) => (await run('docker', args, { env: env() })).stdout.trim()
    expect(await docker('service', 'ls', '-q', '-f', 'name=immutable-demo')).toBe('')
    expect(await docker('ps', '-aq', '-f', 'label=com.docker.swarm.service.name=immutable-demo_web')).toBe('')
    expect(await docker('images', '-q', '-f', 'label=org.example.immutable-demo=yes')).toBe('')
    expect(await docker('info', '--format', '{{.Swarm.LocalNodeState}}')).toBe('active')
    const again = await runCli(['demo', '--clean'], { env: env() as Record<string, string> })
    expect(again).toMatchObject({ code: 0, stdout: 'There is nothing to remove.\n' })
  })
})

/** Runs the demo with --step: its checks are tried after each act, then Enter is pressed. */
async function story(env: NodeJS.ProcessEnv) {
  const child = spawn(node24, [bundle(path.join(root, 'dist/cli/index.js')), 'demo', '--step'], { env })
  const acts: Act[] = []
  let told = ''
  let pending = ''
  let busy = Promise.resolve()
  let checking = 0
  const begun = { at: 0 }
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const onLine = (line: string) => {
    const title = /^Act \d: (.*)/.exec(line)?.[1]
    if (title !== undefined) {
      begun.at ||= Date.now()
      acts.push({ title, text: '', checks: [], seen: [] })
    }
    const act = acts.at(-1)
    if (!act) return
    act.text += `${line}\n`
    const command = /^ {4}\$ (.*)/.exec(line)?.[1]
    if (command !== undefined) act.checks.push({ command, told: '' })
    const expected = /^ {4}→ (.*)/.exec(line)?.[1]
    const last = act.checks.at(-1)
    if (expected !== undefined && last) last.told = expected
    if (!line.includes('(Enter goes on)')) return
    busy = busy.then(async () => {
      const started = Date.now()
      for (const check of act.checks) {
        act.seen.push(
          (await run('sh', ['-c', check.command], { env }).catch((error: unknown) => ({ stdout: String(error) })))
            .stdout,
        )
      }
      checking += Date.now() - started
      child.stdin.write('\n')
    })
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text
    const lines = (pending + text).split('\n')
    pending = lines.pop() ?? ''
    lines.forEach(onLine)
  })
  const code = await ended
  await busy
  return { acts, code, told, ms: Date.now() - begun.at - checking }
}

describe('an engine that must not become a Swarm node', () => {
  /** A `docker` that answers like such an engine and notes what it was asked. */
  function engineThatSays(swarm: object, more: object = {}) {
    const folder = tempDir('docker')
    const info = {
      Architecture: 'x86_64',
      OSType: 'linux',
      Swarm: { NodeID: '', LocalNodeState: 'inactive', ControlAvailable: false, ...swarm },
      ...more,
    }
    mkdirSync(path.join(folder, 'bin'))
    writeFileSync(path.join(folder, 'info.json'), JSON.stringify(info))
    const script = `#!/bin/sh\necho "$@" >> ${folder}/asked\ncase $1 in version) echo 28.0.0;; info) cat ${folder}/info.json;; *) exit 1;; esac\n`
    writeFileSync(path.join(folder, 'bin', 'docker'), script, { mode: 0o755 })
    const env = { PATH: `${folder}/bin:/usr/bin:/bin`, HOME: folder, XDG_STATE_HOME: path.join(folder, 'state') }
    return { env, asked: () => readFileSync(path.join(folder, 'asked'), 'utf8') }
  }

  it.each([
    ['a worker', { LocalNodeState: 'active' }, {}, /worker of a Swarm; the demo needs a manager/],
    ['one with live-restore', {}, { LiveRestoreEnabled: true }, /live-restore, which excludes Swarm/],
    ['a locked manager', { LocalNodeState: 'locked' }, {}, /membership is locked; the demo leaves that alone/],
    ['one of Windows containers', {}, { OSType: 'windows' }, /runs windows containers/],
  ])('%s is left alone, with a sentence', async (_, swarm, more, sentence) => {
    const engine = engineThatSays(swarm, more)
    const result = await runCli(['demo'], { env: engine.env })
    expect(result.stdout).toMatch(sentence)
    expect(result.code).toBe(1)
    expect(
      engine
        .asked()
        .split('\n')
        .filter((line) => !/^(?:version|info|$)/.test(line)),
    ).toEqual([])
  })

  it('an engine that does not answer where DOCKER_HOST points is named', async () => {
    const engine = engineThatSays({})
    const env = { ...engine.env, PATH: '/usr/bin:/bin', DOCKER_HOST: 'unix:///nowhere/docker.sock' }
    const result = await runCli(['demo'], { env })
    expect(result.stdout).toContain('DOCKER_HOST is unix:///nowhere/docker.sock, but nothing answers there')
    expect(result.code).toBe(1)
  })

  it('without an engine, and without what could install one, it says what to do', async () => {
    const folder = tempDir('bare')
    const env = { PATH: folder, HOME: folder, XDG_STATE_HOME: path.join(folder, 'state') }
    const result = await runCli(['demo'], { env })
    expect(result.stdout).toContain('No Docker engine answers. Start Docker and run this again')
    expect(result.code).toBe(1)
  })

  it('an engine elsewhere is refused: the registry is on loopback', async () => {
    const engine = engineThatSays({})
    const result = await runCli(['demo'], { env: { ...engine.env, DOCKER_HOST: 'tcp://203.0.113.5:2376' } })
    expect(result.stdout).toContain('needs an engine on this machine')
    expect(result.code).toBe(1)
  })
})

it('wrong use of the demo is exit code 2', async () => {
  const result = await runCli(['demo', '--cleanup'])
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr).toContain('"--cleanup" is not an option')
})
