// The plan that a dry run prints: what would happen, line by line.
import { expect, it, vi } from 'vitest'
import { releaseRequest, world } from '../../../test/unit/world.ts'
import { shortDigest } from '../../domain/digest.ts'
import type { RunningWorkload } from '../../ports.ts'
import { release } from '../release.ts'

/** The line about the workload `web` in the plan of a dry run, where the target says this of it. */
async function lineAbout(state: Partial<RunningWorkload<never>>): Promise<string | undefined> {
  const { target, ports } = world()
  const { workloads, ...rest } = await target.current()
  vi.spyOn(target, 'current').mockResolvedValue({ ...rest, workloads: workloads.map((one) => ({ ...one, ...state })) })
  const { plan } = await release(releaseRequest({ dryRun: true }), ports)
  return plan?.find((line) => line.startsWith('replace web'))
}

const OLD = `sha256:${'1'.repeat(64)}` as const

it.each<[string, Partial<RunningWorkload<never>>, string]>([
  ['what runs', { image: `registry.test/app@${OLD}` }, `runs ${shortDigest(OLD)}`],
  ['an image that is set by its tag', { image: 'registry.test/app:1' }, 'runs registry.test/app:1'],
  ['that nothing runs', { exists: false, image: undefined }, 'runs nothing'],
  [
    'that its last rollout has not ended',
    { image: `registry.test/app@${OLD}`, stable: false },
    `runs ${shortDigest(OLD)}, and its last rollout has not ended`,
  ],
])('says of a workload %s', async (_, state, words) => {
  expect(await lineAbout(state)).toBe(`replace web (${words})`)
})
