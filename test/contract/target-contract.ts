// What every target must do, whatever its engine: run on the fake and on real engines.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PinnedImage } from '../../src/domain/image.ts'
import type { History } from '../../src/domain/history.ts'
import type { Stamp } from '../../src/domain/stamp.ts'
import { EMPTY_HISTORY, mergeHistories, withBad, withVerified } from '../../src/domain/history.ts'
import { eventually } from '../harness/temp.ts'
import { asDeployError } from '../../src/errors/deploy-error.ts'
import type { Observation, Rollout, Target, WorkloadObservation } from '../../src/ports.ts'

/** `v1`, `v2` are healthy; `dies` is healthy for about two seconds and then ends. */
export type ContractVariant = 'v1' | 'v2' | 'crash' | 'unhealthy' | 'never-ready' | 'dies'

/** An engine with workloads of ours on it, seen from outside of the target. */
export interface World {
  /** As one run makes it; the world closes it at the end. Two calls are two runs. */
  target(): Target
  /** Images in a registry that the engine can pull from. */
  image(variant: ContractVariant): PinnedImage
  /** Makes the workloads run this image, without the target; resolves when all replicas are ready. */
  deploy(variant: ContractVariant): Promise<void>
  /** Replicas of each workload. */
  readonly replicas: number
  /** Digests that really run, by the engine's own word; replicas that were told to end are none any more. */
  runningDigests(): Promise<readonly string[]>
  /** Ids of the replicas that run: equal ids are the same processes. */
  replicaIds(): Promise<readonly string[]>
  /** The workloads' whole specs without what a release may write: image, stamp, update rules. */
  settings(): Promise<unknown>
  /** The workloads' whole specs. */
  spec(): Promise<unknown>
  /** Something else that is on the engine and none of ours. */
  bystander(): Promise<unknown>
  /** Another tool replaces the image, in all workloads or in the last one only. */
  foreignChange(variant: ContractVariant, where?: 'last'): Promise<void>
  /** The engine will refuse the next change of the last workload, after those of the others. undefined: it cannot. */
  refuseLast?(): void
  /** Processes, sockets, files that a closed target left. */
  leftovers(): Promise<readonly string[]>
  cleanup(): Promise<void>
}

export interface ContractOptions {
  /** Longest time that one rollout may take, ms. */
  readonly within?: number
  /** What the engine cannot show. */
  readonly without?: readonly ContractVariant[]
}

let runs = 0

export function stampFor(image: PinnedImage): Stamp {
  runs += 1
  return {
    app: 'contract',
    environment: 'test',
    digest: image.digest,
    run: { id: `contract${String(runs)}`, attempt: 1 },
    ...(image.revision === undefined ? {} : { revision: image.revision }),
  }
}

/** Looks until `done` or until time is up; gives the last look. */
export async function watchUntil(
  target: Target,
  rollout: Rollout<unknown>,
  done: (observation: Observation) => boolean,
  within: number,
): Promise<Observation> {
  const end = Date.now() + within
  for (;;) {
    const observation = await target.observe(rollout)
    if (done(observation) || Date.now() > end) return observation
    await target.changed(rollout, 200, new AbortController().signal)
  }
}

const decided = ({ workloads }: Observation): boolean => workloads.every(({ state }) => state.is !== 'progressing')
const anyFailed = ({ workloads }: Observation): boolean => workloads.some(({ state }) => state.is === 'failed')
const states = ({ workloads }: Observation): string[] => workloads.map(({ state }) => state.is)

export function targetContract(name: string, makeWorld: () => Promise<World>, options: ContractOptions = {}): void {
  const within = options.within ?? 30_000
  const can = (variant: ContractVariant) => it.skipIf(options.without?.includes(variant) ?? false)

  describe(`target contract: ${name}`, () => {
    let world: World
    let target: Target

    beforeEach(async () => {
      world = await makeWorld()
      await world.deploy('v1')
      target = world.target()
    })
    afterEach(async () => {
      await target?.close()
      await world?.cleanup()
    })

    const release = async (variant: ContractVariant) => {
      const image = world.image(variant)
      const before = await target.current()
      const stamp = stampFor(image)
      return { image, before, stamp, rollout: await target.replace(image, stamp, before) }
    }
    const settle = async (rollout: Rollout<unknown>) => watchUntil(target, rollout, decided, within)

    it('finds nothing that stands against a release, and says what would change', async () => {
      const image = world.image('v2')
      const { faults, plan } = await target.check({ image, dryRun: false })
      expect(faults).toEqual([])
      expect(plan.join('\n')).toContain(image.digest)
    })

    it('is checked the same before an image is known, as ahead of a build or a rollback', async () => {
      const { faults, plan } = await target.check({ image: undefined, dryRun: false })
      expect(faults).toEqual([])
      expect(plan.length).toBeGreaterThan(0)
    })

    it('checks without touching anything', async () => {
      const before = [await world.spec(), await world.replicaIds()]
      const image = world.image('v2')
      await target.check({ image, dryRun: true })
      await target.current()
      await target.history?.()
      expect([await world.spec(), await world.replicaIds()]).toEqual(before)
    })

    it('reports the digests that replicas run', async () => {
      const { workloads } = await target.current()
      expect(workloads.length).toBeGreaterThan(0)
      for (const workload of workloads) {
        expect(workload).toMatchObject({ exists: true, stable: true, desired: world.replicas, ready: world.replicas })
        expect(workload.digests).toHaveLength(1)
        expect(world.image('v1').accepted).toContain(workload.digests[0])
      }
    })

    it('replaces every replica by the asked digest, and nothing else', async () => {
      const [settings, bystander] = [await world.settings(), await world.bystander()]
      const { image, rollout } = await release('v2')
      const observation = await settle(rollout)
      for (const { state, desired, replicas } of observation.workloads) {
        expect(state).toEqual({ is: 'settled' })
        expect(desired).toBe(world.replicas)
        expect(replicas).toHaveLength(world.replicas)
        for (const replica of replicas) {
          expect(replica.healthy).toBe(true)
          expect(replica.restarts).toBe(0)
          expect(image.accepted).toContain(replica.digest)
          expect(replica.healthySince ?? Date.now()).toBeLessThanOrEqual(Date.now() + 1000)
        }
      }
      const running = await world.runningDigests()
      expect(running.filter((digest) => !image.accepted.has(digest as PinnedImage['digest']))).toEqual([])
      expect(await world.settings()).toEqual(settings)
      expect(await world.bystander()).toEqual(bystander)
    })

    it('never says settled while an old replica runs', async () => {
      const { image, rollout } = await release('v2')
      await watchUntil(target, rollout, decided, within)
      expect(new Set(await world.runningDigests()).size).toBe(1)
      expect(image.accepted).toContain((await world.runningDigests())[0])
    })

    it('stamps the revision with the image', async () => {
      const { image, rollout } = await release('v2')
      await settle(rollout)
      for (const workload of (await target.current()).workloads) expect(workload.revision).toBe(image.revision)
    })

    it('refuses to replace what somebody else changed since it was read', async () => {
      const before = await target.current()
      await world.foreignChange('v2')
      const specs = await world.spec()
      const image = world.image('crash')
      const refused = await target.replace(image, stampFor(image), before).catch(asDeployError)
      expect(refused).toMatchObject({ code: 'another-rollout' })
      expect(await world.spec()).toEqual(specs)
    })

    it('replaces every workload or none: a partial refusal takes back what was changed, and is the reason', async () => {
      const before = await target.current()
      await world.foreignChange('v2', 'last')
      const specs = await world.spec()
      const image = world.image('never-ready')
      const refused = await target.replace(image, stampFor(image), before).catch(asDeployError)
      expect(refused).toMatchObject({ code: 'another-rollout' })
      expect(await world.spec()).toEqual(specs)
    })

    it('takes back what was changed where the engine refuses a later workload, and says so', async () => {
      if (!world.refuseLast) return
      const before = await target.current()
      const specs = await world.spec()
      const image = world.image('never-ready')
      world.refuseLast()
      const refused = await target.replace(image, stampFor(image), before).catch(asDeployError)
      expect(refused).toMatchObject({ code: 'target-denied' })
      expect(asDeployError(refused).state).toContain('left no workload changed')
      expect(await world.spec()).toEqual(specs)
      const running = await target.current()
      const workloads = running.workloads.map(({ name: workload, spec }) => ({ name: workload, handle: spec }))
      const accepted = world.image('v1').accepted
      const observation = await settle({ accepted, startedAt: Date.now(), workloads })
      expect(new Set(states(observation))).toEqual(new Set(['settled']))
      expect(await world.runningDigests()).toEqual(
        before.workloads.flatMap(({ digests, desired }) => Array.from({ length: desired }, () => digests[0])),
      )
    })

    it('keeps a change by somebody else as it declares: by compare-and-swap, by a lock, or by the deployment’s id', async () => {
      expect(target.lock !== undefined).toBe(target.locking === 'lock')
      const before = await target.current()
      await target.lock?.()
      // Changed after the last look, and also after the lock was taken: other tools know nothing of the lock.
      await world.foreignChange('v2')
      const specs = await world.spec()
      const image = world.image('crash')
      const refused = await target.replace(image, stampFor(image), before).catch(asDeployError)
      expect(refused).toMatchObject({ code: 'another-rollout' })
      expect(await world.spec()).toEqual(specs)
      // Where nothing guards the request itself, a change at the same moment is seen by the look at the rollout.
      const after = await target.current()
      const next = world.image('v1')
      const rollout = await target.replace(next, stampFor(next), after)
      await world.foreignChange('v2')
      const seen = await watchUntil(target, rollout, (look) => states(look).includes('superseded'), within)
      expect(states(seen)).toContain('superseded')
    })

    it('says superseded when somebody else changes the image meanwhile', async () => {
      const { rollout } = await release('v2')
      await world.foreignChange('v1')
      const observation = await watchUntil(target, rollout, (seen) => states(seen).includes('superseded'), within)
      expect(states(observation)).toContain('superseded')
    })

    it('does not overwrite the other change on the way back', async () => {
      const { before, stamp } = await release('never-ready')
      await world.foreignChange('v2')
      const specs = await world.spec()
      expect(await target.restore(before, stamp).catch(asDeployError)).toMatchObject({ code: 'another-rollout' })
      expect(await world.spec()).toEqual(specs)
    })

    it('puts back exactly the spec of before, and its digest runs', async () => {
      const spec = await world.spec()
      const { rollout, before, stamp } = await release('v2')
      await settle(rollout)
      const back = await target.restore(before, stamp)
      const observation = await settle(back)
      expect(new Set(states(observation))).toEqual(new Set(['settled']))
      for (const { name: workload, replicas } of observation.workloads) {
        const accepted = back.workloads.find((entry) => entry.name === workload)?.accepted ?? back.accepted
        for (const replica of replicas) expect(accepted).toContain(replica.digest)
      }
      expect(await world.spec()).toEqual(spec)
      expect(world.image('v1').accepted).toContain((await world.runningDigests())[0])
    })

    it('restores out of a rollout that cannot finish', async () => {
      const spec = await world.spec()
      const { before, stamp } = await release('never-ready')
      const back = await target.restore(before, stamp)
      const observation = await settle(back)
      expect(new Set(states(observation))).toEqual(new Set(['settled']))
      expect(await world.spec()).toEqual(spec)
    })

    it('restoring what runs already changes nothing', async () => {
      const before = await target.current()
      const ids = await world.replicaIds()
      const back = await target.restore(before, stampFor(world.image('v1')))
      expect(new Set(states(await settle(back)))).toEqual(new Set(['settled']))
      expect(await world.replicaIds()).toEqual(ids)
    })

    it('keeps the history over a record, which replaces no replica', async () => {
      const { image, rollout } = await release('v2')
      await settle(rollout)
      const ids = await world.replicaIds()
      const at = new Date().toISOString()
      const sequence = 7
      const old = withVerified(EMPTY_HISTORY, {
        digest: world.image('v1').digest,
        sequence: 6,
        at: '2026-01-01T00:00:00.000Z',
      })
      const verified = withVerified(old, { digest: image.digest, sequence, at, run: 'contract-1' })
      const history: History = withBad(verified, { digest: world.image('crash').digest, sequence, at })
      if (!target.record || !target.history) return
      await target.record(history, rollout)
      // An engine's controller looks at a change in its own time; until then it has not said that all is well.
      await eventually('the engine has looked at the record', async () => {
        return (await target.current()).workloads.every(({ stable }) => stable) || undefined
      })
      expect(await world.replicaIds()).toEqual(ids)
      expect(mergeHistories(await target.history())).toEqual(history)
      expect(states(await target.observe(rollout))).toEqual(rollout.workloads.map(() => 'settled'))
      expect((await target.current()).workloads.every(({ stable }) => stable)).toBe(true)
    })

    it('proves again what runs already, without a change', async () => {
      const before = await target.current()
      const workloads = before.workloads.map(({ name: workload, spec }) => ({ name: workload, handle: spec }))
      const accepted = world.image('v1').accepted
      const observation = await target.observe({ accepted, startedAt: Date.now(), workloads })
      expect(new Set(states(observation))).toEqual(new Set(['settled']))
    })

    const expectFailure = async (
      variant: ContractVariant,
      codes: readonly string[],
    ): Promise<WorkloadObservation['state']> => {
      const spec = await world.spec()
      const { rollout, before, stamp } = await release(variant)
      const observation = await watchUntil(target, rollout, anyFailed, within)
      const state = observation.workloads.find((workload) => workload.state.is === 'failed')?.state
      if (state?.is !== 'failed') throw new Error(`not failed: ${JSON.stringify(observation.workloads)}`)
      expect(codes).toContain(state.reason.code)
      expect(state.reason.what).not.toBe('')
      expect(state.reason.evidence?.length ?? 0).toBeGreaterThan(0)
      const back = await target.restore(before, stamp)
      expect(new Set(states(await settle(back)))).toEqual(new Set(['settled']))
      expect(await world.spec()).toEqual(spec)
      return state
    }

    can('crash')('a version that crashes has failed, with reason and evidence', async () => {
      await expectFailure('crash', ['crash-on-start'])
    })

    can('unhealthy')('a version whose health check fails has failed', async () => {
      await expectFailure('unhealthy', ['unhealthy'])
    })

    can('dies')('a version that dies later has failed', async () => {
      await expectFailure('dies', ['died-after-ready', 'crash-on-start'])
    })

    can('never-ready')('a version that is never ready is never settled', async () => {
      const { rollout } = await release('never-ready')
      const observation = await watchUntil(target, rollout, decided, 2500)
      expect(states(observation)).not.toContain('settled')
    })

    it('wakes up within the time that it was given, and at once when aborted', async () => {
      const { rollout } = await release('v2')
      const from = Date.now()
      await target.changed(rollout, 150, new AbortController().signal)
      expect(Date.now() - from).toBeLessThan(1500)
      const abort = new AbortController()
      setTimeout(() => abort.abort(), 50)
      await target.changed(rollout, 20_000, abort.signal)
      expect(Date.now() - from).toBeLessThan(3000)
    })

    it('leaves nothing behind when it is closed', async () => {
      const { rollout } = await release('v2')
      await target.changed(rollout, 50, new AbortController().signal)
      await settle(rollout)
      await target.close()
      expect(await world.leftovers()).toEqual([])
    })
  })
}
