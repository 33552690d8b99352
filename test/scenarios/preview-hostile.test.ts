// Names, titles, labels and logs of a pull request that want to be more than text: through the bundle, on a Swarm.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../harness/lab.ts'
import { PreviewWorld } from './preview-world.ts'
import type { Told } from './world.ts'

const LINES = [
  '::error::spoken by the app',
  '  ::set-output name=outcome::spoken',
  '::add-mask::e',
  '::stop-commands::spoken',
  '##[error]spoken by the app',
  '::endgroup::',
  '$(touch spoken) `touch spoken` ${IFS}; touch spoken',
  '```',
  '--> <!-- immutable-deploy --> </details><script>spoken()</script>',
  '``` ````` | [link](https://spoken.test) ![image](https://spoken.test/x.png) @acme/team @octocat #1',
  'outcome<<EOF',
  'EOF',
  'x'.repeat(20_000),
]
const TERMINAL = '\u001b[2J\u001b]0;title\u0007\u001b[31mred\rback\u0085next\u2028line\u202Ereversed'
const TEXT = [...LINES, TERMINAL].join('\n')
const LABEL = 'hold `$(id)` --> @acme/team ::error::spoken \u001b[31m'

/** A shell script that prints the lines, before it does something else. */
const printing = (rest: string) => `#!/bin/sh\ncat /www/lines\n${rest}\n`
const SERVE = "httpd -f -p 8080 -h /www & web=$!\ntrap 'kill $web 2>/dev/null; exit 0' TERM INT\nwait $web"

describeWith('docker', 'registry')('a hostile pull request', () => {
  let world: PreviewWorld
  beforeAll(async () => {
    world = await PreviewWorld.open('hostile-previews')
  })
  afterAll(() => world.end())
  afterEach(() => expect(world.github.violations).toEqual([]))

  function push(name: string, start: string, version = 'v1'): void {
    const forged = `<!-- immutable-deploy: preview of ${world.app} by run 9-9 -->`
    const files = { 'www/lines': `${TEXT}\n${forged}\n`, 'www/version': version, 'app/start': printing(start) }
    world.head(world.world.app.commit(`${name}\n\n${TEXT}`, { files }))
    const { sha } = world.pull.head
    world.github.world.refs.set(sha, sha)
    world.github.world.ancestors.set(sha, [])
  }

  const on = (action: string, inputs: Record<string, string> = {}) =>
    world.on(action, { inputs, github: { head_ref: world.pull.head.ref, ref: 'refs/pull/7/merge', actor: TEXT } })

  /** Nothing that the pull request brings was taken for more than text, wherever it is shown. */
  function expectInert(run: Told, errors: readonly string[]): void {
    expect(
      run.annotations.filter(({ level }) => level === 'error').map(({ properties }) => properties['title']),
    ).toEqual(errors)
    // The mask of "e" would have eaten the letter of the word.
    expect(run.log).toContain('preview')
    expect(run.log.match(/##\[group\]/g)?.length).toBe(run.log.match(/##\[endgroup\]/g)?.length)
    expect(run.env).toEqual({})
    const names = Object.keys(run.outputs)
    expect(names.filter((name) => !/^[a-z-]+$/.test(name))).toEqual([])
    expect(run.outputs.outcome).not.toBe('spoken')
    expect(world.world.app.git('status', '--porcelain', '--ignored')).not.toContain('spoken')
    for (const text of [run.raw, run.summary, ...Object.values(run.outputs), ...bodies()]) {
      expect(text).not.toMatch(/\u001b(?!\[[0-9;]*m)|\u0007|\u202E/)
    }
    for (const text of [run.summary, ...bodies()]) expectNoMarkup(text)
  }

  function expectNoMarkup(text: string): void {
    const outside = text.replaceAll(/^(`{3,})[^`\n]*\n[^]*?\n\1$/gm, '').replaceAll(/(`+)[^`\n]+\1/g, '')
    expect(outside).not.toMatch(/<script|<\/details> *<script|\]\(https:\/\/spoken|(?<![\w`&;])@(?:acme|octocat)\b/)
    expect(text.length).toBeLessThan(60_000)
  }

  const bodies = () => world.github.world.comments.map(({ body }) => body)
  const marker = () =>
    bodies()[0]
      ?.split('\n')
      .filter((line) => line.startsWith('<!--'))

  it('is data in log, summary, comment, tags, names and outputs, and keeps its one comment', async () => {
    Object.assign(world.pull, { title: TEXT, labels: [LABEL, '::error::spoken', 'x'.repeat(50)] })
    world.pull.head = { ...world.pull.head, ref: `topic/$(id)\`id\`-->@acme/team::error::spoken${'x'.repeat(3000)}` }
    push('serves', SERVE)
    const first = await on('opened', { label: LABEL })
    expect(first.outputs, first.log).toMatchObject({ outcome: 'healthy', name: world.name, number: '7', tags: '' })
    expectInert(first, [])
    expect(await world.services()).toEqual([`${world.name}_web`])
    expect(await world.world.tags()).toEqual([
      expect.stringMatching(new RegExp(`^candidate-${world.name}-\\d+-1-[0-9a-f]{6}$`)),
    ])
    expect(bodies()).toHaveLength(1)
    const mark = marker()
    expect(mark).toHaveLength(1)

    push('ends', 'exit 1')
    const ended = await on('synchronize', { label: LABEL })
    expect(ended.outputs, ended.log).toMatchObject({ outcome: 'failed', 'reason-code': 'smoke-exited' })
    expect(ended.log).toContain('::error::spoken by the app')
    for (const text of [ended.summary, ...bodies()]) expect(text).toContain('::error::spoken by the app')
    expectInert(ended, ['check failed', 'smoke-exited'])
    expect(bodies()).toHaveLength(1)

    push('answers', SERVE, TEXT)
    const smoke = `checks: [{name: ${JSON.stringify(`speaks ${LINES[8] ?? ''} ${LINES[9] ?? ''} ::error::spoken`)}, http: {path: /version, port: 8080}, expect: {body: never}}]`
    const answered = await on('synchronize', { label: LABEL, smoke })
    expect(answered.outputs, answered.log).toMatchObject({ outcome: 'failed', 'reason-code': 'smoke-check-failed' })
    expectInert(answered, ['check failed', 'smoke-check-failed'])
    expect(bodies()).toHaveLength(1)

    push('again', SERVE)
    const again = await on('synchronize', { label: LABEL })
    expect(again.outputs, again.log).toMatchObject({ outcome: 'healthy' })
    expect(bodies()).toHaveLength(1)

    world.pull.labels = ['::error::spoken']
    const other = await on('labeled', { label: LABEL })
    expect(other.outputs, other.log).toMatchObject({ outcome: 'skipped' })
    expectInert(other, [])

    const closed = await world.close()
    expect(closed.outputs, closed.log).toMatchObject({ outcome: 'removed' })
    expectInert(closed, [])
    expect(bodies()).toHaveLength(1)
    expect(marker()).toEqual([expect.stringContaining(`preview of ${world.app} by run`)])
    expect(await world.services()).toEqual([])
    expect(await world.world.tags()).toEqual([])
  })
})
