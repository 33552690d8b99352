// One app on a Swarm, a registry, a double of GitHub with its pull request, and the preview action as the runner starts it.
import { engine } from '../contract/swarm-world.ts'
import type { GitHubDouble } from '../harness/github/index.ts'
import { startGitHub } from '../harness/github/index.ts'
import { openPull, pullJob } from '../harness/github/pull.ts'
import type { PullRecord } from '../harness/github/model.ts'
import { git } from '../harness/images.ts'
import { need } from '../harness/lab.ts'
import { root } from '../harness/node.ts'
import { publishedResult } from '../harness/result-schema.ts'
import type { RunOptions } from '../harness/runner.ts'
import { runAction } from '../harness/runner.ts'
import { tempDir } from '../harness/temp.ts'
import type { Told } from './world.ts'
import { freshRun, World } from './world.ts'

const NUMBER = 7

/** The preview action on that world's Swarm, with the job's token of that GitHub. */
export async function runPreview(
  { world, github }: { readonly world: World; readonly github: GitHubDouble },
  inputs: Record<string, string>,
  options: RunOptions,
): Promise<Told> {
  const run = await runAction({
    action: `${root}/preview`,
    workspace: world.app.dir,
    ...options,
    inputs: {
      image: world.image,
      'deploy-to': 'swarm',
      manifests: 'stack.yml',
      stability: '500ms',
      timeout: '60s',
      ...inputs,
    },
    env: { DOCKER_HOST: need('docker').DOCKER_HOST, ...options.env },
    github: { ...pullJob(github), ...freshRun(), ...options.github },
  })
  const document: unknown = JSON.parse(run.outputs.result ?? 'null')
  return { ...run, result: document === null ? (document as unknown as Told['result']) : publishedResult(document) }
}

export class PreviewWorld {
  readonly world: World
  readonly github: GitHubDouble
  /** The last part of the image's name. */
  readonly app: string

  private constructor(world: World, github: GitHubDouble) {
    this.world = world
    this.github = github
    this.app = world.image.split('/').at(-1) ?? ''
  }

  /** @param repository its own for each file: the sweep of another file on this Swarm does not know its pull requests */
  static async open(repository: string): Promise<PreviewWorld> {
    const [world, github] = await Promise.all([
      World.open({ registryOptions: { delete: true } }),
      startGitHub({ repository }),
    ])
    const one = new PreviewWorld(world, github)
    const stack = `services: {web: {image: "${world.image}:x", ports: [{target: 8080, mode: host}], stop_grace_period: 1s}}\n`
    const sha = world.app.commit('stack', { version: 'v1', files: { 'stack.yml': stack } })
    openPull(github, { number: NUMBER, head: { sha } })
    one.#know(sha)
    return one
  }

  get name(): string {
    return `${this.app}-pr-${String(NUMBER)}`
  }

  get pull(): PullRecord {
    const [found] = this.github.world.pulls
    if (!found) throw new Error('no pull request')
    return found
  }

  /** A new head. */
  commit(version: string): string {
    const sha = this.world.app.commit(version, { version })
    this.#know(sha)
    this.head(sha)
    return sha
  }

  head(sha: string): void {
    this.pull.head = { ...this.pull.head, sha }
  }

  /** A clone at that commit, as the job of a run has it. */
  checkout(sha: string): string {
    const workspace = tempDir('checkout')
    git(workspace, 'clone', '--quiet', this.world.app.dir, '.')
    git(workspace, 'checkout', '--quiet', sha)
    git(workspace, 'remote', 'set-url', 'origin', 'https://github.com/acme/shop.git')
    return workspace
  }

  preview(inputs: Record<string, string> = {}, options: RunOptions = {}): Promise<Told> {
    return runPreview(this, inputs, options)
  }

  /** As GitHub starts a run for an event of the pull request; `head`: the one that the event names. */
  on(action: string, options: RunOptions & { head?: string } = {}): Promise<Told> {
    const { number, head, title } = this.pull
    const [owner = ''] = head.repository.split('/')
    const sha = options.head ?? head.sha
    const repo = { full_name: head.repository, owner: { login: owner } }
    const { owner: org, repository } = this.github.world
    const event = {
      action,
      repository: { full_name: `${org}/${repository}` },
      pull_request: { number, title, head: { sha, ref: head.ref, repo } },
    }
    const { inputs = {}, ...rest } = options
    return this.preview(inputs, { event, ...rest, github: { event_name: 'pull_request', ...options.github } })
  }

  close(): Promise<Told> {
    this.pull.state = 'closed'
    return this.on('closed', { workspace: tempDir('no-checkout') })
  }

  async services(): Promise<string[]> {
    const all = await engine<{ Spec: { Name: string } }[]>('GET', '/services')
    return all.map(({ Spec }) => Spec.Name).filter((name) => name.startsWith(`${this.app}-pr-`))
  }

  /** Everything is removed, whatever a test left. */
  async end(): Promise<void> {
    this.pull.state = 'closed'
    await this.preview({ mode: 'sweep', manifests: '' }, { github: { event_name: 'schedule' } })
    await this.github.close()
    await this.world.close()
  }

  #know(sha: string): void {
    this.github.world.refs.set(sha, sha)
    this.github.world.ancestors.set(sha, [])
  }
}
