// (l): what the records on GitHub cost a release, where each call to GitHub takes 0.2 s longer.
import { startGitHub } from '../test/harness/github/index.ts'
import type { GitHubDouble } from '../test/harness/github/index.ts'
import { atMost, inTurn, median, ms, report } from './measure.ts'
import { createService, settled } from './rows-target.ts'
import type { Versions, World } from './world.ts'

const DELAY_MS = 200
const MOST_LONGER_MS = 300
/** What the clocks and a busy machine may differ by. */
const SAME_MS = 100
const MOST_REQUESTS = 8

interface Measured {
  readonly github: GitHubDouble
  readonly requests: number[]
  /** From the start of the action until the engine is told to replace the service, ms. */
  readonly starts: { quick: number[]; slow: number[] }
}

export async function githubRows(world: World): Promise<void> {
  const versions = await world.versions(`${world.registry.host}/bench/github`)
  const service = await createService(world, 'bench-github', `${versions.image}@${versions.digests[0]}`)
  const github = await startGitHub()
  const measured: Measured = { github, requests: [], starts: { quick: [], slow: [] } }
  try {
    await settled(world, 1)
    const times = await inTurn(
      {
        quick: () => release(world, versions, measured, { service, digest: versions.digests[1], speed: 'quick' }),
        slow: () => {
          github.faults.push({ match: () => true, delayMs: DELAY_MS, times: 1000 })
          const work = release(world, versions, measured, { service, digest: versions.digests[0], speed: 'slow' })
          return work.finally(() => github.faults.splice(0))
        },
      },
      5,
    )
    const longer = median(times.slow.map((time, round) => time - (times.quick[round] ?? 0)))
    report({
      name: '(l) release, each call to GitHub 0.2 s longer',
      ours: ms(median(times.slow)),
      floor: ms(median(times.quick)),
      ratio: `+${ms(longer)}`,
      bound: `≤ +${String(MOST_LONGER_MS)} ms`,
      ok: longer <= MOST_LONGER_MS,
    })
    atMost('(l) requests to GitHub a release', Math.max(...measured.requests), MOST_REQUESTS)
    const [quick, slow] = [median(measured.starts.quick), median(measured.starts.slow)]
    report({
      name: '(l) until the rollout starts, each call 0.2 s longer',
      ours: ms(slow),
      floor: ms(quick),
      ratio: `+${ms(slow - quick)}`,
      bound: `≤ +${String(SAME_MS)} ms`,
      ok: slow - quick <= SAME_MS,
    })
    if (github.violations.length > 0) throw new Error(github.violations.join('\n'))
  } finally {
    await world.docker.call('DELETE', `/services/${service}`)
    await github.close()
  }
}

async function release(
  world: World,
  { image, cwd }: Versions,
  { github, requests, starts }: Measured,
  { service, digest, speed }: { readonly service: string; readonly digest: string; readonly speed: 'quick' | 'slow' },
): Promise<number> {
  const inputs = { image, digest, 'deploy-to': 'swarm', workload: service, stability: '1s', 'on-older': 'allow' }
  const revision = [...github.world.refs.keys()][0] ?? 'a'.repeat(40)
  github.world.refs.set(revision, revision)
  const env = {
    GITHUB_API_URL: github.url,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_SHA: revision,
    GITHUB_ACTOR: 'alice',
    'INPUT_GITHUB-TOKEN': 'job-token',
  }
  const before = github.calls.length
  const began = Date.now()
  const done = await world.action('release', inputs, { cwd, env, outcome: 'healthy' })
  requests.push(github.calls.length - before)
  starts[speed].push((await firstUpdate(world, service, began)) - began)
  return done.ms
}

/** When the engine was told to update the service, ms since 1970: its first event since then. */
async function firstUpdate(world: World, service: string, since: number): Promise<number> {
  const filters = encodeURIComponent(JSON.stringify({ type: ['service'], event: ['update'] }))
  const [from, until] = [since, Date.now() + 1000].map((time) => (time / 1000).toFixed(3))
  const { body } = await world.docker.call('GET', `/events?since=${from ?? ''}&until=${until ?? ''}&filters=${filters}`)
  const events = body
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event)
  const first = events.find(({ Actor }) => Actor.Attributes.name === service)
  return (first?.timeNano ?? Number.NaN) / 1e6
}

interface Event {
  readonly timeNano: number
  readonly Actor: { readonly Attributes: { readonly name: string } }
}
