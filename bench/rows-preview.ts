// (p): what previews cost beside the same by hand, what a comment costs, and what a sweep asks of a full house.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { previewLabels } from '../src/domain/preview-labels.ts'
import { startGitHub } from '../test/harness/github/index.ts'
import type { GitHubDouble } from '../test/harness/github/index.ts'
import type { App } from '../test/harness/images.ts'
import { request } from './engine.ts'
import { atMost, compare, inTurn, pause, run } from './measure.ts'
import { watched } from './rows-target.ts'
import type { World } from './world.ts'

const PREVIEWS = 50
const ROUNDS = 5
const NUMBER = 7
const APP = 'bench-preview'
const NAME = `${APP}-pr-${String(NUMBER)}`
const BY_HAND = 'bench-hand'

export async function previewRows(world: World): Promise<void> {
  const github = await startGitHub()
  const app = world.app('healthy')
  const image = `${world.registry.host}/bench/${APP}`
  const stack = `version: "3.8"\nservices: {web: {image: "${image}:hand", stop_grace_period: 1s, ports: [{target: 8080, mode: host}]}}\n`
  writeFileSync(path.join(app.dir, 'stack.yml'), stack)
  const place: Place = { world, github, app, image }
  try {
    const times = await inTurn(
      {
        ours: (round) => ours(place, `ours ${String(round)}`),
        hand: (round) => byHand(place, `hand ${String(round)}`),
      },
      ROUNDS,
    )
    compare('(p) preview: start → first answer, beside build, push and stack deploy', times.ours, times.hand, 1.2)
    await comment(place)
    await sweep(place)
    if (github.violations.length > 0) throw new Error(github.violations.join('\n'))
  } finally {
    await world.action('preview', { ...inputs(place), mode: 'remove', number: String(NUMBER) }, how(place, 'closed'))
    await github.close()
  }
}

interface Place {
  readonly world: World
  readonly github: GitHubDouble
  readonly app: App
  readonly image: string
}

const inputs = ({ image }: Place): Record<string, string> => ({
  image,
  app: APP,
  'deploy-to': 'swarm',
  'github-token': 'job-token',
})

const deploying = (place: Place): Record<string, string> => ({
  ...inputs(place),
  manifests: 'stack.yml',
  stability: '0s',
  smoke: 'off',
  policy: 'warn',
})

function how({ github, app }: Place, action: string, event = 'pull_request') {
  const head = { sha: app.revision, ref: 'topic', repository: 'acme/shop' }
  github.world.refs.set(app.revision, app.revision)
  github.world.pulls.splice(0, 1, { number: NUMBER, state: 'open', title: 'x', head, draft: false, labels: [] })
  const payload = {
    action,
    repository: { full_name: 'acme/shop' },
    pull_request: { number: NUMBER, head: { sha: app.revision, repo: { full_name: 'acme/shop' } } },
  }
  const file = path.join(path.dirname(app.dir), `${path.basename(app.dir)}-event.json`)
  writeFileSync(file, JSON.stringify(payload))
  const env = {
    GITHUB_API_URL: github.url,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: file,
    GITHUB_SHA: app.revision,
    GITHUB_ACTOR: 'alice',
  }
  return { cwd: app.dir, env }
}

/** From the start of the job until the new version answers; it is removed before, as every pull request begins without one. */
async function ours(place: Place, version: string): Promise<number> {
  const { world, app } = place
  await world.action('preview', { ...inputs(place), mode: 'remove', number: String(NUMBER) }, how(place, 'closed'))
  app.commit(version, { version })
  const start = performance.now()
  const work = world.action('preview', deploying(place), { ...how(place, 'opened'), outcome: 'healthy' })
  const answered = answers(world, `${NAME}_web`, version).then(() => performance.now() - start)
  const [, time] = await Promise.all([work, answered])
  return time
}

async function byHand({ world, app, image }: Place, version: string): Promise<number> {
  app.commit(version, { version })
  const env = { ...process.env, DOCKER_HOST: `unix://${world.socket}` }
  const docker = async (...args: string[]) => {
    const done = await run(world.dockerCommand, args, { env, cwd: app.dir })
    if (done.code !== 0) throw new Error(done.stderr)
  }
  const start = performance.now()
  await docker('build', '--quiet', '--tag', `${image}:hand`, '.')
  await docker('push', '--quiet', `${image}:hand`)
  await docker('stack', 'deploy', '--compose-file', 'stack.yml', BY_HAND)
  await answers(world, `${BY_HAND}_web`, version)
  const time = performance.now() - start
  await docker('stack', 'rm', BY_HAND)
  await pause(500)
  return time
}

interface Task {
  readonly Status: { readonly PortStatus?: { readonly Ports?: readonly { readonly PublishedPort: number }[] } }
}

/** By the port that the engine gave to its task. */
async function answers(world: World, service: string, version: string): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ service: [service], 'desired-state': ['running'] }))
  for (;;) {
    const tasks = await world.docker.json<Task[]>('GET', `/tasks?filters=${filters}`).catch(() => [])
    for (const { Status } of tasks) {
      for (const { PublishedPort: port } of Status.PortStatus?.Ports ?? []) {
        const answer = await request({ host: '127.0.0.1', port, path: '/version' }).catch(() => undefined)
        if (answer?.body.toString().includes(version)) return
      }
    }
    await pause(20)
  }
}

async function comment(place: Place): Promise<void> {
  const { world, github, app } = place
  app.commit('comment', { version: 'comment' })
  github.calls.length = 0
  await world.action('preview', deploying(place), { ...how(place, 'synchronize'), outcome: 'healthy' })
  const calls = github.calls.filter(({ path: asked }) => asked.includes('/comments'))
  atMost('(p) requests to GitHub to update the comment', calls.length, 2)
}

async function sweep(place: Place): Promise<void> {
  const { world, github, image } = place
  const names: string[] = []
  const numbers = Array.from({ length: PREVIEWS }, (_, at) => 1000 + at)
  try {
    for (const number of numbers) {
      const name = `${APP}-pr-${String(number)}`
      const owner = `${name}_web`
      const expires = Date.now() + 86_400_000
      const part = { app: APP, number, name, owner, repository: 'acme/shop', run: '1-1', expires, candidates: [] }
      await world.docker.call('POST', '/services/create', {
        Name: owner,
        Labels: { ...previewLabels(part), 'com.docker.stack.namespace': name },
        TaskTemplate: { ContainerSpec: { Image: `${image}:none` } },
        Mode: { Replicated: { Replicas: 0 } },
      })
      names.push(owner)
    }
    const options = how(place, 'none', 'schedule')
    const head = { sha: 'a'.repeat(40), ref: 'topic', repository: 'acme/shop' }
    const open = numbers.map((number) => ({
      number,
      state: 'open' as const,
      title: 'x',
      head,
      draft: false,
      labels: [],
    }))
    github.world.pulls.push(...open)
    github.calls.length = 0
    const proxy = await watched(world.socket)
    const asked = { ...inputs(place), 'docker-host': `unix://${proxy.path}` }
    await world.action('preview', asked, { ...options, outcome: 'removed' })
    atMost(`(p) sweep of ${String(PREVIEWS)} previews: requests to the target`, proxy.requests(), 5)
    atMost(`(p) sweep of ${String(PREVIEWS)} previews: requests to GitHub`, github.calls.length, 2)
    proxy.close()
  } finally {
    await Promise.all(names.map((name) => world.docker.call('DELETE', `/services/${name}`)))
  }
}
