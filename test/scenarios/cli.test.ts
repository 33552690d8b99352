// The command line as a person or a program uses it: what is on stdout, what on stderr, and the exit code.
import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { VERSION } from '../../src/cli/version.ts'
import { runCli } from '../harness/cli.ts'
import { makeApp } from '../harness/images.ts'
import type { App } from '../harness/images.ts'
import { publishedResult } from '../harness/result-schema.ts'
import { describeWith, need } from '../harness/lab.ts'

const resultOf = (stdout: string) => publishedResult(JSON.parse(stdout))

describe('without any work to do', () => {
  it.each(['--version', '-v', 'version'])('%s prints the version and nothing else', async (word) => {
    expect(await runCli([word])).toMatchObject({ code: 0, stdout: `${VERSION}\n`, stderr: '' })
  })

  it('--help, and nothing at all, print the commands', async () => {
    for (const args of [['--help'], ['help'], []]) {
      const help = await runCli(args)
      expect(help).toMatchObject({ code: 0, stderr: '' })
      for (const command of ['release', 'rollback', 'list', 'smoke', 'demo'])
        expect(help.stdout).toContain(`  ${command} `)
    }
  })

  it.each(['release', 'rollback', 'list', 'smoke'])('%s --help prints its inputs', async (command) => {
    const help = await runCli([command, '--help'])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    expect(help.stdout).toContain('--image')
  })

  it('an unknown command is wrong use', async () => {
    const result = await runCli(['relaese'])
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toContain('there is no command "relaese"')
  })
})

describe('inputs at fault', () => {
  const wrong = ['rollback', '--image', '::', '--timeuot', '5', '--stability', 'long']

  it('are all told on stderr, exit code 2', async () => {
    const { code, stdout, stderr } = await runCli(wrong)
    expect(code).toBe(2)
    expect(stdout).toBe('rollback: failed\n')
    for (const name of ['image', '--timeuot', 'did you mean --timeout', 'stability', 'deploy-to']) {
      expect(stderr).toContain(name)
    }
  })

  it('--json puts one document on stdout, talk on stderr', async () => {
    const { code, stdout, stderr } = await runCli([...wrong, '--json'])
    expect(code).toBe(2)
    expect(stdout.trimEnd()).not.toContain('\n')
    const result = resultOf(stdout)
    expect(result).toMatchObject({ version: 1, action: 'rollback', outcome: 'failed', reasonCode: 'invalid-input' })
    expect(result.faults?.map(({ name }) => name)).toEqual(expect.arrayContaining(['image', 'stability']))
    expect(stderr).toContain('invalid-input')
  })

  it('--events puts one object a line on stdout, the result last, and nothing on stderr', async () => {
    const { code, stdout, stderr } = await runCli([...wrong, '--events'])
    expect(code).toBe(2)
    expect(stderr).toBe('')
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; time: string })
    expect(events.map(({ type }) => type)).toEqual(['failure', 'result'])
    for (const { time } of events) expect(Number.isNaN(Date.parse(time))).toBe(false)
  })
})

describeWith('docker')('with an engine', () => {
  let good: App
  let bad: App
  const images = new Set<string>()
  const env = () => ({ DOCKER_HOST: need('docker').DOCKER_HOST })
  const checked = async (app: App, ...more: string[]) => {
    const smoke = 'checks: [{http: "GET :8080/healthz -> 200"}]'
    const args = ['release', '--image', '127.0.0.1:9/cli/app', '--promote', 'none', '--smoke', smoke, ...more]
    const result = await runCli(args, { cwd: app.dir, env: env() })
    const built = /sha256:[0-9a-f]{64}/.exec(result.stdout)?.[0]
    if (built) images.add(built)
    return result
  }

  beforeAll(() => {
    good = makeApp('healthy')
    bad = makeApp('never-ready')
  })
  afterAll(() => {
    const remove = (image: string) =>
      execFileSync('docker', ['rmi', '-f', image], { env: { ...process.env, ...env() } })
    for (const image of images) remove(image)
    good.remove()
    bad.remove()
  })

  it('builds and smokes without a registry; a person reads the chain and the verdict', async () => {
    const { code, stdout, stderr } = await checked(good)
    expect(stderr).toContain('✓ smoke')
    expect(stdout).toMatch(/^commit +[0-9a-f]{40}/m)
    expect(stdout).toContain('release: checked\n')
    expect(code).toBe(0)
  })

  it('draws nothing and colours nothing for a pipe', async () => {
    const { stdout, stderr } = await checked(good)
    expect(stdout + stderr).not.toMatch(/[\u001b\r]/)
  })

  it('smokes one image by its id, green and red', async () => {
    await checked(good)
    await checked(bad)
    const smoke = async (image: string, path: string) => {
      const checks = `checks: [{http: "GET :8080${path} -> 200"}]`
      return runCli(['smoke', '--image', image, '--smoke', checks, '--json'], { env: env() })
    }
    const [image = ''] = [...images]
    const green = await smoke(image, '/healthz')
    expect(resultOf(green.stdout)).toMatchObject({ action: 'smoke', outcome: 'checked' })
    expect(green.code).toBe(0)
    const red = await smoke(image, '/nowhere')
    expect(resultOf(red.stdout)).toMatchObject({ outcome: 'failed', reasonCode: 'smoke-check-failed', touched: false })
    expect(red.code).toBe(1)
  })

  it('tells events while it works', async () => {
    const { stdout, code } = await checked(good, '--events')
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; step?: string })
    expect(events.some(({ type, step }) => type === 'step.started' && step === 'build')).toBe(true)
    expect(events.some(({ type }) => type === 'check.finished')).toBe(true)
    expect(events.at(-1)?.type).toBe('result')
    expect(code).toBe(0)
  })

  it('Ctrl-C ends it in order with 130 and leaves no container', async () => {
    const smoke = 'startup: {within: 60s, ready: "http GET :8080/never -> 200"}\nchecks: [{tcp: 8080}]'
    const args = ['release', '--image', '127.0.0.1:9/cli/app', '--promote', 'none', '--smoke', smoke, '--json']
    const options = { cwd: good.dir, env: env(), signalOn: /is not ready/, signal: 'SIGINT' as const }
    const { code, stdout, stderr, ms } = await runCli(args, options)
    expect(stderr).toContain('stopping in order')
    expect(code).toBe(130)
    const { outcome, run } = resultOf(stdout)
    expect(outcome).toBe('cancelled')
    expect(ms).toBeLessThan(30_000)
    const all = ['ps', '-a', '--format', '{{.Label "dev.immutable-deploy.run"}}']
    const left = execFileSync('docker', all, { env: { ...process.env, ...env() }, encoding: 'utf8' })
    expect(left).not.toContain(run.id)
  })
})
