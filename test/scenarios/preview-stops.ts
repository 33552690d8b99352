// A preview run that is cancelled or killed, in every step of a deployment, a removal and a sweep, on every target: it
// obeys, says what it leaves, and the next run completes or removes that.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { GitHubDouble } from '../harness/github/index.ts'
import { startGitHub } from '../harness/github/index.ts'
import { openPull, pullJob } from '../harness/github/pull.ts'
import type { PartName } from '../harness/lab.ts'
import { describeWith } from '../harness/lab.ts'
import { root } from '../harness/node.ts'
import type { ActionRun, RunOptions } from '../harness/runner.ts'
import { runAction } from '../harness/runner.ts'
import { tempDir } from '../harness/temp.ts'
import type { PreviewStage } from './preview-stages.ts'
import { freshRun, leftovers } from './world.ts'

const REPOSITORY = 'stops'
/** From the runner's signal to the end of the step; what a busy machine kept this process waiting comes on top. */
const OBEYS_WITHIN_MS = 2500

const DEPLOY = [
  ['asking', /Ask everything at once/],
  ['building', /::group::Build /],
  ['smoke-testing', /::group::Smoke-test/],
  ['replacing', /::group::Replace /],
  ['proving', /::group::Prove that/],
] as const
/** Steps that change the target. */
const CHANGES: ReadonlySet<string> = new Set(['replacing', 'proving'])
/** ms after the line. */
const REMOVE = [
  ['at its begin', 0],
  ['half-way', 400],
] as const

/** @param parts of the lab that the stage needs */
export function previewStops(parts: readonly PartName[], openStage: () => Promise<PreviewStage>): void {
  describeWith(...parts)('a preview run that is stopped', () => {
    let stage: PreviewStage
    let github: GitHubDouble
    beforeAll(async () => {
      stage = await openStage()
    })
    afterAll(() => stage.close())
    beforeEach(async () => {
      github = await startGitHub({ repository: REPOSITORY })
      openPull(github, { number: 7, head: { sha: stage.source.revision } })
      know()
    })
    afterEach(async () => {
      pull().state = 'closed'
      await sweep()
      expect(github.violations).toEqual([])
      await github.close()
    })

    const pull = () => {
      const [found] = github.world.pulls
      if (!found) throw new Error('no pull request')
      return found
    }

    function know(): void {
      const { revision } = stage.source
      github.world.refs.set(revision, revision)
      github.world.ancestors.set(revision, [])
      pull().head = { ...pull().head, sha: revision }
    }

    function commit(version: string): void {
      stage.source.commit(version, { version })
      know()
    }

    function run(inputs: Record<string, string>, options: RunOptions): Promise<ActionRun> {
      return runAction({
        action: `${root}/preview`,
        ...options,
        inputs: { ...stage.inputs, ...inputs },
        env: stage.env,
        github: { ...pullJob(github), ...freshRun(), ...options.github },
      })
    }

    function on(action: string, options: RunOptions = {}): Promise<ActionRun> {
      const { sha, ref, repository } = pull().head
      const head = { sha, ref, repo: { full_name: repository, owner: { login: 'acme' } } }
      const event = { action, repository: { full_name: repository }, pull_request: { number: 7, title: 'x', head } }
      const workspace = action === 'closed' ? tempDir('no-checkout') : stage.source.dir
      return run({}, { event, workspace, ...options, github: { event_name: 'pull_request', ...options.github } })
    }

    const deploy = (options?: RunOptions) => on('synchronize', options)
    function remove(options?: RunOptions): Promise<ActionRun> {
      pull().state = 'closed'
      return on('closed', options)
    }
    const sweep = (options: RunOptions = {}) =>
      run(
        { mode: 'sweep', manifests: '' },
        { workspace: tempDir('no-checkout'), ...options, github: { event_name: 'schedule' } },
      )

    /** The end of a run at that line of its log, or a moment after it. */
    function at(line: RegExp, way: 'cancel' | 'kill', ms = 0): RunOptions {
      const end = new AbortController()
      const onLine = (text: string) => {
        if (line.test(text)) setTimeout(() => end.abort(), ms)
      }
      return { onLine, when: { [way]: end.signal } }
    }

    function expectObeyed(stopped: ActionRun): void {
      expect(stopped.outcome, stopped.log).toBe('cancelled')
      expect(stopped.outputs, stopped.log).toMatchObject({ outcome: 'cancelled', 'reason-code': 'cancelled' })
      const [main, post] = stopped.stages
      expect(
        main?.sent.map(({ signal }) => signal),
        stopped.log,
      ).toEqual(['SIGINT'])
      const took = (main?.ms ?? 0) - (main?.sent[0]?.at ?? 0) - (main?.lagMs ?? 0)
      expect(took, stopped.log).toBeLessThan(OBEYS_WITHIN_MS)
      expect(post?.result, stopped.log).toBe('success')
      expect(stopped.summary).toContain('cancelled')
      expect(stopped.orphans).toEqual([])
    }

    async function expectComplete(): Promise<void> {
      const next = await deploy()
      expect(['healthy', 'unchanged'], next.log).toContain(next.outputs.outcome)
    }

    async function expectRemoved(how: () => Promise<ActionRun>): Promise<void> {
      const removed = await how()
      expect(removed.outputs, removed.log).toMatchObject({ outcome: 'removed' })
      expect(await stage.left()).toEqual([])
    }

    it.each(DEPLOY)('while it is %s: the next one deploys, or removes', { timeout: 240_000 }, async (name, line) => {
      commit(`cancelled ${name}`)
      const job = freshRun()
      const cancelled = await deploy({ ...at(line, 'cancel'), github: job })
      expectObeyed(cancelled)
      const throwaway = (await leftovers(job.run_id)).filter((held) => !held.includes('-pr-7'))
      expect(throwaway).toEqual([])
      await expectComplete()
      commit(`killed ${name}`)
      const killed = await deploy(at(line, 'kill'))
      expect(killed.outcome, killed.log).toBe('failure')
      await expectComplete()
      await expectRemoved(remove)
      if (!CHANGES.has(name)) return
      // Of the very first deployment too.
      pull().state = 'open'
      const first = await deploy(at(line, 'kill'))
      expect(first.outcome, first.log).toBe('failure')
      await expectRemoved(remove)
    })

    it.each(REMOVE)('while it removes, %s: the next one removes the rest', { timeout: 240_000 }, async (_, ms) => {
      await expectComplete()
      const cancelled = await remove(at(/::group::Remove /, 'cancel', ms))
      expectObeyed(cancelled)
      expect(cancelled.summary).toContain('a part of the preview may be left')
      await expectRemoved(remove)
      pull().state = 'open'
      await expectComplete()
      const killed = await remove(at(/::group::Remove /, 'kill', ms))
      expect(killed.outcome, killed.log).toBe('failure')
      // It was opened again: what is half removed becomes a whole preview.
      pull().state = 'open'
      await expectComplete()
      await remove(at(/::group::Remove /, 'kill', ms))
      await expectRemoved(sweep)
    })

    it.each([
      ['compares', /::group::Compare /, 0],
      ['removes', /::group::Remove /, 0],
      ['removes, half-way,', /::group::Remove /, 400],
    ] as const)(
      'while it sweeps and %s: the next sweep removes the rest',
      { timeout: 240_000 },
      async (_, line, ms) => {
        for (const way of ['cancel', 'kill'] as const) {
          pull().state = 'open'
          await expectComplete()
          pull().state = 'closed'
          const stopped = await sweep(at(line, way, ms))
          if (way === 'cancel') expectObeyed(stopped)
          else expect(stopped.outcome, stopped.log).toBe('failure')
          await expectRemoved(sweep)
        }
      },
    )
  })
}
