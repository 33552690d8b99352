import { spawnSync } from 'node:child_process'
import { afterAll, expect, it } from 'vitest'
import { makeApp, type Variant } from './images.ts'
import { describeWith, labEnv } from './lab.ts'
import { eventually } from './temp.ts'

describeWith('docker')('the sample apps', () => {
  const docker = (...args: string[]) => {
    const run = spawnSync('docker', args, {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DOCKER_BUILDKIT: '0', ...labEnv('docker') },
    })
    return { code: run.status, text: `${run.stdout}${run.stderr}`.trim() }
  }
  const images: string[] = []
  const containers: string[] = []
  afterAll(() => {
    if (containers.length > 0) docker('rm', '--force', ...containers)
    if (images.length > 0) docker('rmi', '--force', ...images)
  })
  const start = async (variant: Variant, ...options: string[]) => {
    const app = makeApp(variant, { seconds: 0.5, version: 'v7' })
    const tag = `harness-test:${variant}-${process.pid}`
    const built = docker('build', '--quiet', '--tag', tag, app.dir)
    expect(built.code, built.text).toBe(0)
    images.push(tag)
    app.remove()
    const made = docker('create', ...options, tag)
    const id = made.text.split('\n').at(-1) ?? ''
    containers.push(id)
    const started = docker('start', id)
    const inspect = (format: string) => docker('inspect', '--format', format, id).text
    const address = inspect('{{.NetworkSettings.IPAddress}}')
    const get = async (page: string) => {
      const answer = await fetch(`http://${address}:8080${page}`).catch(() => undefined)
      return answer && { status: answer.status, text: (await answer.text()).trim() }
    }
    return { id, started, inspect, get, logs: () => docker('logs', id).text }
  }
  const state = '{{.State.Status}} {{.State.ExitCode}}'
  type Running = Awaited<ReturnType<typeof start>>
  const exited = (app: Running, code: number) =>
    eventually('exit', () => app.inspect(state) === `exited ${code}` || undefined)

  it('healthy: serves, and stops at once', async () => {
    const app = await start('healthy')
    await eventually('serving', async () => (await app.get('/healthz'))?.status === 200 || undefined)
    expect((await app.get('/version'))?.text).toBe('v7')
    const before = performance.now()
    docker('stop', app.id)
    expect(performance.now() - before).toBeLessThan(2000) // with what the engine takes; killing would be after 10 s
    expect(app.inspect(state)).toBe('exited 0')
  })
  it('slow, crash, crash-later, exit-zero, hostile-logs', async () => {
    const slow = await start('slow')
    await eventually('serving', async () => (await slow.get('/healthz'))?.status === 200 || undefined)
    await exited(await start('crash'), 1)
    await exited(await start('crash-later'), 1)
    await exited(await start('exit-zero'), 0)
    const hostile = await start('hostile-logs')
    await exited(hostile, 1)
    expect(hostile.logs()).toContain('::error::this is not')
    expect(hostile.logs()).toContain('\u001b[2J')
  })
  it('unhealthy, never-ready, oom', async () => {
    const unhealthy = await start('unhealthy')
    await eventually('verdict', () => unhealthy.inspect('{{.State.Health.Status}}') === 'unhealthy' || undefined)
    const never = await start('never-ready')
    await eventually('serving', async () => (await never.get('/healthz'))?.status === 404 || undefined)
    const oom = await start('oom', '--memory', '16m')
    await eventually('death', () => oom.inspect('{{.State.OOMKilled}}') === 'true' || undefined)
  })
  it('wrong-arch, not-found: do not start', async () => {
    const foreign = await start('wrong-arch')
    expect(`${foreign.started.text} ${foreign.logs()}`).toContain('exec format error')
    expect((await start('not-found')).started.text).toContain('no such file')
  })
  it('commits are the same for the same content', () => {
    const [one, other] = [makeApp(), makeApp()]
    expect(one.revision).toBe(other.revision)
    expect(one.commit('v2', { version: 'v2' })).not.toBe(other.revision)
    expect(one.git('show', 'HEAD:www/version')).toBe('v2')
    one.remove()
    other.remove()
  })
})
