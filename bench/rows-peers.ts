// (a) beside what most workflows do: Docker's actions and a few shell steps, each run the way a runner runs it. All on
// Node 24 as ours is, also an older checkout that names another one.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { parse } from 'yaml'
import { parseCommandFile } from '../test/harness/commands.ts'
import { interpolate } from '../test/harness/expressions.ts'
import type { App } from '../test/harness/images.ts'
import { need } from '../test/harness/parts.ts'
import { dockerConfig } from '../test/harness/registry.ts'
import { tempDir } from '../test/harness/temp.ts'
import { inTurn, median, ms, must, ratio, report } from './measure.ts'
import type { World } from './world.ts'
import { freePort } from './world.ts'

// login-action is not among them: a registry that wants a login wants that same step before ours, so it is on
// neither side.
const NAMES = ['setup-buildx-action', 'metadata-action', 'build-push-action'] as const
const ROUNDS = 5
const BOUND = 5
const NAME = '(a) against the chain of Docker’s actions'

interface Action {
  main: string
  post: string | undefined
  /** Inputs that the workflow leaves out. */
  defaults: Record<string, string>
}
export type Peers = Record<(typeof NAMES)[number], Action>

/** The checkouts in the folder that BENCH_PEERS names; asked first, as a missing one should not cost a whole run. */
export function findPeers(dir = process.env['BENCH_PEERS']): Peers | undefined {
  if (dir === undefined || dir === '') return undefined
  const folders = NAMES.map((name) => path.resolve(dir, name))
  const missing = folders.filter((folder) => !existsSync(path.join(folder, 'action.yml')))
  if (missing.length > 0) throw new Error(`BENCH_PEERS lacks:${missing.map(getIt).join('')}`)
  return Object.fromEntries(NAMES.map((name, index) => [name, readAction(folders[index] ?? '')])) as Peers
}

const getIt = (folder: string) =>
  `\n  ${path.basename(folder)}: git clone --depth 1 https://github.com/docker/${path.basename(folder)} ${folder}`

function readAction(folder: string): Action {
  const { inputs = {}, runs } = parse(readFileSync(path.join(folder, 'action.yml'), 'utf8')) as {
    inputs?: Record<string, { default?: string | number | boolean }>
    runs: { main: string; post?: string }
  }
  const entry = (file: string) => {
    const bundle = path.join(folder, file)
    if (!existsSync(bundle))
      throw new Error(`BENCH_PEERS: ${bundle} is missing, take a checkout that has it:${getIt(folder)}`)
    return bundle
  }
  // metadata-action wants a token; the double of the API takes any.
  const scope = { contexts: { github: { token: 'none' } } }
  const defaults = Object.entries(inputs).map(([input, spec]) => [
    input,
    interpolate(String(spec.default ?? ''), scope),
  ])
  return {
    main: entry(runs.main),
    post: runs.post === undefined ? undefined : entry(runs.post),
    defaults: Object.fromEntries(defaults) as Record<string, string>,
  }
}

export async function peerRow(world: World, peers: Peers | undefined, smoke: string): Promise<void> {
  if (peers === undefined) {
    const bound = `≥ ${String(BOUND)} x faster (BENCH_PEERS=DIR)`
    report({ name: NAME, ours: '', floor: '', ratio: 'not measured', bound })
    return
  }
  const app = world.app()
  const commit = () => app.commit('next', { version: Math.random().toString() })
  const api = await fakeApi()
  const jobs = {
    GITHUB_API_URL: api.url,
    DOCKER_CONFIG: dockerConfig({}, { 'docker-buildx': need('buildkit').BUILDX_PLUGIN }),
  }
  try {
    const times = await inTurn(
      {
        ours: async () => {
          commit()
          const inputs = { image: `${world.registry.host}/bench/ours`, smoke }
          return (await world.action('release', inputs, { cwd: app.dir, outcome: 'released' })).ms
        },
        theirs: async () => {
          commit()
          return workflow(peers, job(world, app, jobs), `${world.registry.host}/bench/peers`)
        },
      },
      ROUNDS,
    )
    const value = ratio(times.theirs, times.ours)
    report({
      name: NAME,
      ours: ms(median(times.ours)),
      floor: ms(median(times.theirs)),
      ratio: `${value.toFixed(1)} x faster`,
      bound: `≥ ${String(BOUND)} x faster`,
      ok: value >= BOUND,
    })
  } finally {
    api.stop()
  }
}

/** The usual job: build, try it, push, promote. Returns the ms that its steps took, without what a runner adds. */
async function workflow(peers: Peers, steps: Job, repository: string): Promise<number> {
  // The engine builds, as it does for ours: no builder has to be pulled and started.
  await steps.uses(peers['setup-buildx-action'], { driver: 'docker' })
  const { tags = '', labels = '' } = await steps.uses(peers['metadata-action'], {
    images: repository,
    tags: 'type=sha',
  })
  const build = { context: '.', tags, labels }
  await steps.uses(peers['build-push-action'], { ...build, load: 'true' })
  await steps.run(SMOKE, { IMAGE: tags, PORT: String(await freePort()) })
  await steps.uses(peers['build-push-action'], { ...build, push: 'true' })
  await steps.run('docker buildx imagetools create --tag "$TO" "$FROM"', { FROM: tags, TO: `${repository}:production` })
  await steps.posts()
  return steps.ms()
}

// The loop that everybody writes, but with an end: a bench should not hang.
const SMOKE = `
id=$(docker run --detach --publish 127.0.0.1:$PORT:8080 "$IMAGE")
trap 'docker rm --force "$id" >/dev/null' EXIT
until curl -fsS "http://127.0.0.1:$PORT/healthz" >/dev/null 2>&1; do [ $SECONDS -lt 30 ]; sleep 1; done
`

interface Job {
  uses(action: Action, inputs: Record<string, string>): Promise<Record<string, string>>
  run(script: string, env: Record<string, string>): Promise<void>
  /** The post steps of what was used, the last first. */
  posts(): Promise<void>
  ms(): number
}

/** One job for the commit that the app is at. */
function job(world: World, app: App, jobs: Record<string, string>): Job {
  const shared = { ...jobEnv(app), ...jobs }
  const posts: (() => Promise<unknown>)[] = []
  let spent = 0
  const step = async (file: string, args: string[], env: NodeJS.ProcessEnv) => {
    const done = await must(file, args, { env, cwd: app.dir })
    spent += done.ms
  }
  const script = async (file: string, inputs: Record<string, string>, state: Record<string, string>) => {
    const env = world.actionEnv(inputs, { ...shared, ...state })
    const added = path.join(path.dirname(env['GITHUB_OUTPUT'] ?? ''), 'env')
    writeFileSync(added, '')
    await step(world.node, [file], { ...env, GITHUB_ENV: added })
    Object.assign(shared, written(added))
    return { outputs: written(env['GITHUB_OUTPUT']), state: written(env['GITHUB_STATE'], 'STATE_') }
  }
  return {
    async uses({ main, post, defaults }, inputs) {
      const all = { ...defaults, ...inputs }
      const { outputs, state } = await script(main, all, {})
      if (post !== undefined) posts.unshift(() => script(post, all, state))
      return outputs
    },
    run: (text, env) => step('bash', ['-e', '-c', text], world.actionEnv({}, { ...shared, ...env })),
    async posts() {
      for (const post of posts) await post()
    },
    ms: () => spent,
  }
}

const written = (file = '', prefix = ''): Record<string, string> =>
  Object.fromEntries(parseCommandFile(file, 'command').map(([name, value]) => [prefix + name, value]))

/** What a runner says about a push to main. */
function jobEnv(app: App): Record<string, string> {
  const folder = tempDir('job')
  const event = path.join(folder, 'event.json')
  const head = { id: app.revision, timestamp: app.git('show', '--no-patch', '--format=%cI', 'HEAD') }
  writeFileSync(event, JSON.stringify({ ref: 'refs/heads/main', head_commit: head, commits: [head] }))
  return {
    CI: 'true',
    GITHUB_ACTOR: 'ada',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_EVENT_PATH: event,
    GITHUB_JOB: 'build',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REF_NAME: 'main',
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_RUN_NUMBER: '1',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: app.revision,
    GITHUB_WORKFLOW: 'ship',
    GITHUB_WORKSPACE: app.dir,
    RUNNER_ARCH: 'X64',
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: folder,
    RUNNER_TOOL_CACHE: folder,
    // The summary and its artifact need github.com: their time is left out, in favour of these actions.
    DOCKER_BUILD_SUMMARY: 'false',
    DOCKER_BUILD_RECORD_UPLOAD: 'false',
  }
}

/** GitHub's API as far as metadata-action asks it, on the loopback address: no time for the way to github.com. */
async function fakeApi(): Promise<{ url: string; stop: () => void }> {
  const shop = { name: 'shop', html_url: 'https://github.com/acme/shop', default_branch: 'main', license: null }
  const server = http.createServer((asked, answer) => {
    const found = asked.url === '/repos/acme/shop' ? shop : undefined
    answer.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' })
    answer.end(JSON.stringify(found ?? { message: 'Not Found' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
