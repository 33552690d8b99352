// The plan that a dry run prints: what would happen, line by line.
import { expect, it, vi } from 'vitest'
import type { FakeSpec } from '../../../test/fakes/target.ts'
import { releaseRequest, world } from '../../../test/unit/world.ts'
import { shortDigest } from '../../domain/digest.ts'
import type { RunningWorkload } from '../../ports.ts'
import { release } from '../release.ts'

type Workload = RunningWorkload<FakeSpec>

/** The line about the workload `web` in the plan of a dry run, where the target says this of it. */
async function lineAbout(change: (workload: Workload) => Workload): Promise<string | undefined> {
  const { target, ports } = world()
  const { workloads, ...rest } = await target.current()
  vi.spyOn(target, 'current').mockResolvedValue({ ...rest, workloads: workloads.map(change) })
  const { plan } = await release(releaseRequest({ dryRun: true }), ports)
  return plan?.find((line) => line.startsWith('replace web'))
}

const OLD = `sha256:${'1'.repeat(64)}` as const
const SET = `registry.test/app@${OLD}`

it.each<[string, (workload: Workload) => Workload, string]>([
  ['what runs', (one) => ({ ...one, image: SET }), `runs ${shortDigest(OLD)}`],
  ['an image that is set by its tag', (one) => ({ ...one, image: 'registry.test/app:1' }), 'runs registry.test/app:1'],
  ['that nothing runs', ({ image: _, ...one }) => ({ ...one, exists: false }), 'runs nothing'],
  [
    'that its last rollout has not ended',
    (one) => ({ ...one, image: SET, stable: false }),
    `runs ${shortDigest(OLD)}, and its last rollout has not ended`,
  ],
])('says of a workload %s', async (_, change, words) => {
  expect(await lineAbout(change)).toBe(`replace web (${words})`)
})
