// The life of previews on Kubernetes, run by act from the two examples as they are documented: a pull request of the same
// repository is opened, gets a commit and is closed; one of a fork is deployed after the word of a person.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { WorkflowRun } from '../harness/act.ts'
import { deploymentYaml } from '../harness/deployment-yaml.ts'
import { runWorkflow } from '../harness/act.ts'
import { spelledOut } from '../harness/act-differences.ts'
import type { GitHubDouble } from '../harness/github/index.ts'
import { startGitHub } from '../harness/github/index.ts'
import { openPull } from '../harness/github/pull.ts'
import type { App } from '../harness/images.ts'
import { makeApp } from '../harness/images.ts'
import { describeWith, need } from '../harness/lab.ts'
import { root } from '../harness/node.ts'
import type { Bench } from '../integration/kubernetes-world.ts'
import { openBench } from '../integration/kubernetes-world.ts'

describeWith(
  'docker',
  'registry',
  'kubernetes',
  'act',
)('previews of two workflows', () => {
  const app = `wk${String(process.pid)}`
  const placeOf = (number: number) => `/api/v1/namespaces/${app}-pr-${String(number)}`
  let bench: Bench
  let source: App
  let github: GitHubDouble
  let runs = 0
  beforeAll(async () => {
    bench = await openBench({ images: [] })
    source = makeApp('healthy', { version: 'one' })
    const image = `${bench.registry.host}/wf/shop`
    const example = (name: string) =>
      readFileSync(path.join(root, 'examples', name), 'utf8')
        .replace('image: ghcr.io/acme/shop\n', `image: ${image}\n      app: ${app}\n      stability: 1s\n`)
        .replace(/^ +url: .*\n/m, '')
    const names = ['preview.yml', 'preview-forks.yml']
    const workflows = names.map((name) => [`.github/workflows/${name}`, spelledOut(example(name))])
    const files = Object.fromEntries(workflows) as Record<string, string>
    source.commit('workflows', { files: { ...files, 'deploy/preview/web.yml': deploymentYaml(image, 'web') } })
    github = await startGitHub()
    github.world.without.add('known-ref')
  })
  afterAll(async () => {
    await bench.admin.request('DELETE', placeOf(8))
    await bench.close()
    source.remove()
    await github.close()
  })

  const repository = { full_name: 'acme/shop', default_branch: 'main', owner: { login: 'acme' } }

  const run = (event: 'pull_request' | 'workflow_run', payload: object): Promise<WorkflowRun> => {
    runs += 1
    return runWorkflow({
      app: source,
      workflows: {},
      event,
      payload: { repository, ...payload },
      secrets: {
        GITHUB_TOKEN: 'job-token',
        PREVIEW_KUBECONFIG: readFileSync(need('kubernetes').KUBECONFIG, 'utf8'),
      },
      env: {
        DOCKER_HOST: need('docker').DOCKER_HOST,
        GITHUB_API_URL: github.url,
        GITHUB_RUN_ID: `${String(process.pid)}${String(runs)}`,
      },
    })
  }

  const onPull = (action: string): Promise<WorkflowRun> => {
    const head = { sha: source.revision, ref: 'topic', repo: { full_name: 'acme/shop' } }
    const [pull] = github.world.pulls
    if (pull) pull.head = { ...pull.head, sha: source.revision }
    const pull_request = { number: 7, state: pull?.state, draft: false, labels: [], head, user: { login: 'alice' } }
    return run('pull_request', { action, number: 7, pull_request: { ...pull_request, base: { ref: 'main' } } })
  }

  const imageIn = async (number: number): Promise<string | undefined> => {
    const { body } = await bench.get(`/apis/apps/v1${placeOf(number).slice('/api/v1'.length)}/deployments/web`)
    return /"image":"([^"]+@sha256:[^"]+)"/.exec(JSON.stringify(body))?.[1]
  }

  it('come, change and go with their pull requests', { timeout: 400_000 }, async () => {
    openPull(github, { number: 7 })
    const opened = await onPull('opened')
    expect(opened.code, opened.log).toBe(0)
    const first = await imageIn(7)
    expect(first, opened.log).toBeDefined()
    expect(github.world.deployments).toMatchObject([{ environment: 'preview', task: `preview:${app}-pr-7` }])

    source.commit('second', { version: 'two' })
    const pushed = await onPull('synchronize')
    expect(pushed.code, pushed.log).toBe(0)
    expect(await imageIn(7), pushed.log).not.toBe(first)
    expect(github.world.comments).toHaveLength(1)

    const head = { sha: source.revision, ref: 'patch', repository: 'mallory/shop' }
    openPull(github, { number: 8, head })
    const head_repository = { full_name: 'mallory/shop', owner: { login: 'mallory' } }
    const ended = { event: 'pull_request', conclusion: 'success', head_sha: head.sha, head_branch: head.ref }
    const reviewed = await run('workflow_run', { action: 'completed', workflow_run: { ...ended, head_repository } })
    expect(reviewed.code, reviewed.log).toBe(0)
    expect(await imageIn(8), reviewed.log).toBeDefined()
    expect(github.world.deployments.at(-1)).toMatchObject({ environment: 'preview-forks', task: `preview:${app}-pr-8` })

    github.world.pulls[0]!.state = 'closed'
    const closed = await onPull('closed')
    expect(closed.code, closed.log).toBe(0)
    expect((await bench.get(placeOf(7))).status, closed.log).toBe(404)
    expect(await imageIn(8)).toBeDefined()
    expect(github.violations).toEqual([])
  })
})
