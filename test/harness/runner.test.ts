import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { condition, evaluate, interpolate } from './expressions.ts'
import { bundle, root } from './node.ts'
import { runAction, type RunOptions } from './runner.ts'
import { tempDir } from './temp.ts'

/** Runs a tiny action made of these files; the helpers write command files the way @actions/core does. */
function run(main: string, options: RunOptions & { yml?: string; post?: string; pre?: string } = {}) {
  const dir = tempDir('fixture')
  const helpers = `
    import { appendFileSync } from 'node:fs'
    const add = (file, key, value) => appendFileSync(process.env['GITHUB_' + file], key + '<<EOF-1\\n' + value + '\\nEOF-1\\n')
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    `
  const { yml = '', post, pre, ...rest } = options
  const stages = [post && '  post: post.mjs', pre && '  pre: pre.mjs'].filter(Boolean).join('\n')
  writeFileSync(
    path.join(dir, 'action.yml'),
    `name: fixture\ndescription: fixture\nruns:\n  using: node24\n  main: main.mjs\n${stages}\n${yml}`,
  )
  for (const [name, code] of Object.entries({ main, post, pre })) {
    if (code !== undefined) writeFileSync(path.join(dir, `${name}.mjs`), helpers + code)
  }
  return runAction({ ...rest, action: dir })
}

describe('the runner double', () => {
  it('gives inputs, context and an environment of its own', async () => {
    const done = await run(
      `const e = process.env
       console.log(JSON.stringify([e['INPUT_DRY-RUN'], e.INPUT_IMAGE_NAME, e['INPUT_GITHUB-TOKEN'], e.GITHUB_REPOSITORY,
         e.GITHUB_TOKEN ?? null, e.VITEST ?? null, process.cwd() === e.GITHUB_WORKSPACE, process.stdin.isTTY ?? null, process.version.slice(0, 4)]))
       for await (const _ of process.stdin);
       console.log(e.GITHUB_EVENT_PATH.length > 0, 'stdin ended')`,
      {
        yml: `inputs:\n  dry-run: {default: false}\n  image name: {}\n  github-token: {default: '\${{ github.token }}'}`,
        inputs: { 'image name': 'x', typo: '1' },
        github: { token: 'ghs_1234567' },
      },
    )
    expect(done.outcome).toBe('success')
    expect(JSON.parse(done.raw.split('\n')[0]!)).toEqual([
      ...['false', 'x', 'ghs_1234567', 'acme/shop', null, null, true, null, 'v24.'],
    ])
    expect(done.log).toContain('"***"')
    expect(done.raw).toContain('true stdin ended')
    expect(done.annotations[0]?.message).toBe(
      "Unexpected input(s) 'typo', valid inputs are ['dry-run', 'image name', 'github-token']",
    )
  })

  it('reads the files after failure too, and hands state to post', async () => {
    const done = await run(
      `add('OUTPUT', 'digest', 'a\\nb'); appendFileSync(process.env.GITHUB_OUTPUT, 'plain=x<<y\\n')
       add('STATE', 'Left', 'over'); add('ENV', 'LATER', 'yes'); appendFileSync(process.env.GITHUB_PATH, '/opt/x\\n')
       appendFileSync(process.env.GITHUB_STEP_SUMMARY, '# hi\\n'); console.log('::error file=a.ts,line=3::bad%0Athing'); process.exitCode = 3`,
      {
        post: `console.log(process.env.STATE_Left, process.env.LATER, process.env.PATH.startsWith('/opt/x:')); add('OUTPUT', 'late', '1')`,
      },
    )
    expect(done).toMatchObject({
      outcome: 'failure',
      exitCode: 3,
      outputs: { digest: 'a\nb', plain: 'x<<y' },
      state: { Left: 'over' },
      env: { LATER: 'yes' },
      path: ['/opt/x'],
      summary: '# hi\n',
      annotations: [{ level: 'error', message: 'bad\nthing', properties: { file: 'a.ts', line: '3' } }],
    })
    expect(done.log).toContain('over yes true')
    expect(done.outputs).not.toHaveProperty('late')
    expect(done.stages.map((stage) => [stage.name, stage.result])).toEqual([
      ['main', 'failure'],
      ['post', 'success'],
    ])
  })

  it('runs post by its condition, pre first', async () => {
    const yml = "  post-if: failure() || cancelled()\n  pre-if: github.event_name == 'push'"
    const parts = { yml, post: `console.log('post')`, pre: `add('STATE', 'from', 'pre')` }
    const good = await run(`console.log(process.env.STATE_from)`, parts)
    expect(good.stages.map((stage) => stage.name)).toEqual(['pre', 'main'])
    expect(good.log).toContain('pre')
    const later = await run(`0`, { ...parts, laterStep: 'failure' })
    expect(later.stages.map((stage) => stage.name)).toEqual(['pre', 'main', 'post'])
    expect(later.outcome).toBe('success')
    expect((await run(`throw new Error('x')`, parts)).stages.at(-1)?.name).toBe('post')
  })

  it('keeps secrets out of the log, in every spelling', async () => {
    const done = await run(
      `console.log('::add-mask::two\\nlines'.replace('\\n', '%0A')); console.log('two lines', process.env.S, Buffer.from(process.env.S).toString('base64'))
       console.log('::warning::' + process.env.S)`,
      { secrets: ['pa"ss wörd'], env: { S: 'pa"ss wörd' } },
    )
    expect(done.log).toBe('::add-mask::***\n*** *** *** ***\n##[warning]***\n')
    expect(done.annotations[0]?.message).toBe('***')
  })

  it('carries out commands, not what stands between stop-commands', async () => {
    const done = await run(
      `console.log('::stop-commands::tok-123456'); console.log('::error::no'); console.log('##[error]no'); console.log('::tok-123456::')
       console.log('x ##[error]old style'); for (let i = 0; i < 12; i++) console.log('::notice::' + i); console.log('::nothing::known')`,
    )
    expect(done.annotations.filter((a) => a.level === 'error').map((a) => a.message)).toEqual(['old style'])
    expect(done.annotations.filter((a) => a.level === 'notice')).toHaveLength(10)
    expect(done.log).toContain('::error::no')
    expect(done.log).toContain('::nothing::known')
    expect((await run(`console.log('::set-env name=A::b')`)).outcome).toBe('failure')
    expect((await run(`appendFileSync(process.env.GITHUB_OUTPUT, 'no separator\\n')`)).outcome).toBe('failure')
  })

  it('cancels by SIGINT, SIGTERM, SIGKILL to node alone, then runs post', async () => {
    const done = await run(
      `import { spawn } from 'node:child_process'
       add('STATE', 'pid', '1'); spawn('sleep', ['60'], { stdio: 'inherit' })
       for (const s of ['SIGINT', 'SIGTERM']) process.on(s, () => console.log('got', s)); console.log('ready'); await wait(60000)`,
      { cancelOn: /^ready$/, grace: [300, 200], post: `console.log('post knows', process.env.STATE_pid)` },
    )
    expect(done).toMatchObject({ outcome: 'cancelled', jobStatus: 'cancelled', orphans: ['sleep 60'] })
    expect(done.stages[0]?.sent.map((sent) => sent.signal)).toEqual(['SIGINT', 'SIGTERM', 'SIGKILL'])
    expect(done.log).toMatch(/got SIGINT[^]*got SIGTERM[^]*post knows 1/)
  }, 20_000)

  it('calls a graceful end after cancel cancelled, a timeout failure, a kill failure, a lost machine silent', async () => {
    const polite = `process.on('SIGINT', () => process.exit(0)); console.log('ready'); await wait(60000)`
    const post = `console.log('post ran')`
    expect(await run(polite, { cancelOn: /ready/ })).toMatchObject({ outcome: 'cancelled', exitCode: 0 })
    // Long enough that the process has begun to listen for signals, on a busy machine too.
    expect(await run(polite, { timeoutMs: 5000 })).toMatchObject({ outcome: 'failure', exitCode: 0 })
    const killed = await run(polite, { killOn: /ready/, post })
    expect(killed.outcome).toBe('failure')
    expect(killed.log).toContain('post ran')
    expect((await run(polite, { loseOn: /ready/, post })).log).not.toContain('post ran')
  }, 20_000)

  it('fails where the kernel refuses the environment', async () => {
    const done = await run('0', { yml: 'inputs:\n  big: {}', inputs: { big: 'x'.repeat(140_000) } })
    expect(done.outcome).toBe('failure')
    expect(done.annotations.at(-1)?.message).toContain('E2BIG')
  })

  it('reads expressions', () => {
    const scope = {
      contexts: { github: { token: 't', event: { n: 3 } } },
      functions: { failure: () => true, success: () => false },
    }
    expect(interpolate('a ${{ github.token }}-${{ github.event.n }}-${{ github.none }}', scope)).toBe('a t-3-')
    expect(evaluate("github.event.n == 3 && 'it''s' || 'no'", scope)).toBe("it's")
    expect(condition("failure() && !(github.token != 'T')", scope)).toBe(true)
    expect(condition('true', scope)).toBe(false)
    expect(() => condition('${{ failure() }}', scope)).toThrow('refused')
    expect(() => evaluate('fromJSON(x)', scope)).toThrow()
  })

  it('takes bundles from elsewhere for a mutation', () => {
    const file = path.join(root, 'dist/release/index.js')
    expect(bundle(file, '/elsewhere')).toBe('/elsewhere/release/index.js')
    expect(bundle(file, '')).toBe(file)
    expect(bundle('/other/main.mjs', '/elsewhere')).toBe('/other/main.mjs')
  })
})
