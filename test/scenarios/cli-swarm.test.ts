// The command line against a Swarm: what a program reads from it, and every exit code of a deploy.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Result } from '../../src/domain/result.ts'
import type { CliRun } from '../harness/cli.ts'
import { runCli } from '../harness/cli.ts'
import { publishedResult } from '../harness/result-schema.ts'
import { describeWith, need } from '../harness/lab.ts'
import { World } from './world.ts'

describeWith('docker', 'registry')('the command line and a Swarm', () => {
  let world: World
  let first: string
  beforeAll(async () => {
    world = await World.open({ services: ['web'], replicas: 1 })
  })
  afterAll(() => world.close())

  const run = (command: string, more: Record<string, string> = {}, ...flags: string[]): Promise<CliRun> => {
    const inputs = { ...world.inputs(), ...more }
    // A list waits for nothing.
    const unknown = command === 'list' ? ['stability', 'timeout'] : []
    const options = Object.entries(inputs)
      .filter(([name]) => !unknown.includes(name))
      .flatMap(([name, value]) => [`--${name}`, value])
    return runCli([command, ...options, ...flags], {
      cwd: world.app.dir,
      env: { DOCKER_HOST: need('docker').DOCKER_HOST, NO_COLOR: '1' },
    })
  }
  const resultOf = ({ stdout }: CliRun): Result => publishedResult(JSON.parse(stdout))
  const sabotage = (script: string): { files: Record<string, string> } => ({
    files: {
      'app/start': `#!/bin/sh\nhttpd -f -p 8080 -h /www & web=$!\nif [ -n "$MODE" ]; then\n${script}\nfi\nwait $web\n`,
    },
  })

  it('0: released, listed, gone back', async () => {
    const released = await run('release', {}, '--json')
    expect(released.code, released.stderr).toBe(0)
    first = resultOf(released).digest ?? ''
    expect(resultOf(released)).toMatchObject({ action: 'release', outcome: 'healthy' })

    world.app.commit('second', { version: 'v2' })
    const second = await run('release', {}, '--events')
    expect(second.code, second.stderr).toBe(0)
    const events = second.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; step?: string })
    expect(events.filter(({ type }) => type === 'step.started').map(({ step }) => step)).toEqual(
      expect.arrayContaining(['preflight', 'build', 'smoke', 'push', 'promote', 'rollout', 'verify', 'record']),
    )

    const listed = await run('list', {}, '--json')
    expect(listed.code, listed.stderr).toBe(0)
    expect(resultOf(listed).versions?.map(({ verdict }) => verdict)).toEqual(['running', 'verified'])

    const back = await run('rollback')
    expect(back.code, back.stderr).toBe(0)
    expect(back.stdout + back.stderr).toContain(first.slice(0, 19))
    await world.serves('v1')
  })

  it('1: failed and restored', async () => {
    world.app.commit('crashes', sabotage('exit 1'))
    const failed = await run('release', {}, '--json')
    expect(failed.code, failed.stderr).toBe(1)
    expect(resultOf(failed)).toMatchObject({ outcome: 'rolled-back', reasonCode: 'crash-on-start', touched: false })
    await world.serves('v1')
  })

  it('5: older than what runs', async () => {
    const newest = world.app.commit('newest', { version: 'newest' })
    expect((await run('release')).code).toBe(0)
    world.app.git('checkout', '--quiet', `${newest}~3`)
    const older = await run('release', {}, '--json')
    world.app.git('checkout', '--quiet', 'main')
    expect(older.code, older.stderr).toBe(5)
    expect(resultOf(older)).toMatchObject({ outcome: 'superseded', reasonCode: 'older-than-running' })
    await world.serves('newest')
  })

  it('4: timed out and left', async () => {
    world.app.commit('never watched long enough', { version: 'v4' })
    const late = await run('release', { timeout: '3s', stability: '2999ms', 'on-failure': 'leave' }, '--json')
    expect(late.code, late.stderr).toBe(4)
    expect(resultOf(late)).toMatchObject({ outcome: 'timed-out', reasonCode: 'rollout-timeout', touched: true })
  })

  it('3: failed and left', async () => {
    world.app.commit('dies', sabotage('sleep 3 & wait $!; exit 1'))
    const left = await run('release', { stability: '8s', 'on-failure': 'leave' }, '--json')
    expect(left.code, left.stderr).toBe(3)
    expect(resultOf(left)).toMatchObject({ outcome: 'failed', reasonCode: 'died-after-ready', touched: true })
  })
})
