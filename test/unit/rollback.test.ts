import { describe, expect, it } from 'vitest'
import { digestOf } from '../../src/domain/digest.ts'
import type { History } from '../../src/domain/history.ts'
import { placeKey } from '../../src/domain/place.ts'
import type { RecordKind } from '../../src/domain/tags.ts'
import { recordTag, releaseTag } from '../../src/domain/tags.ts'
import { rollback } from '../../src/pipeline/rollback.ts'
import { down, REVISION, rollbackRequest, RUNNING, world } from './world.ts'

const OLDEST = 'c'.repeat(40)
const at = (day: number) => new Date(Date.UTC(2025, 11, day))
const PLACE = {
  repository: 'registry.test/app',
  app: 'app',
  environment: 'production',
  target: 'fake',
  cluster: 'fake',
  workloads: ['web'],
}
const record = (kind: RecordKind, sequence: number, revision: string, cluster = 'fake') =>
  recordTag(
    { environment: 'production', key: placeKey({ ...PLACE, cluster }) },
    { kind, sequence, at: at(sequence), revision },
  )

/** Three versions by stamp: `old` runs, `second` and `third` ran before it. */
function three(options: { stamp?: boolean; tags?: boolean; bad?: 'second' } = {}) {
  const second = digestOf('manifest second')
  const third = digestOf('manifest third')
  const history: History = {
    verified: [
      { digest: digestOf('manifest old content'), revision: RUNNING, sequence: 20, at: at(20).toISOString() },
      { digest: second, revision: REVISION, sequence: 10, at: at(10).toISOString() },
      { digest: third, revision: OLDEST, sequence: 5, at: at(5).toISOString() },
    ],
    bad: options.bad ? [{ digest: second, sequence: 15 }] : [],
  }
  const it = world(options.stamp === false ? {} : { history })
  it.registry.push('second', { 'org.opencontainers.image.revision': REVISION })
  it.registry.push('third', { 'org.opencontainers.image.revision': OLDEST })
  if (options.tags) {
    it.registry.tagged.set(record('deployed', 20, RUNNING), it.old)
    it.registry.tagged.set(record('deployed', 10, REVISION), second)
    it.registry.tagged.set(record('deployed', 5, OLDEST), third)
  }
  return { ...it, second, third }
}

describe('a rollback', () => {
  it('goes to the newest verified version that does not run, proves it, and marks what it leaves', async () => {
    const it = three()
    const result = await rollback(rollbackRequest(), it.ports)
    expect(result).toMatchObject({
      outcome: 'healthy',
      digest: it.second,
      revision: REVISION,
      previousDigest: it.old,
      rolledBack: false,
    })
    expect(result.versions?.map(({ verdict }) => verdict)).toEqual(['bad', 'running', 'verified'])
    expect(it.calls).toEqual([])
    expect(it.target.services.get('web')?.spec?.digest).toBe(it.second)
    expect(it.target.stored.bad[0]).toMatchObject({ digest: it.old })
    expect(it.target.stored.verified[0]).toMatchObject({ digest: it.second })
    expect(it.registry.tagged.get('production')).toBe(it.second)
  })

  it('refuses a history tag that somebody moved to the image of another commit, with both commits', async () => {
    const it = three({ stamp: false, tags: true })
    it.registry.tagged.set(record('deployed', 10, REVISION), it.third)
    const result = await rollback(rollbackRequest({ to: REVISION }), it.ports)
    expect(result).toMatchObject({ outcome: 'failed', touched: false })
    expect(['image-of-another-commit', 'not-verified']).toContain(result.reasonCode)
    expect(it.target.services.get('web')?.spec?.digest).toBe(it.old)
  })

  it('twice goes further back, not to and fro', async () => {
    const it = three()
    await rollback(rollbackRequest(), it.ports)
    it.clock.advance(60_000)
    expect(await rollback(rollbackRequest(), it.ports)).toMatchObject({ outcome: 'healthy', digest: it.third })
  })

  it('skips versions that are marked bad', async () => {
    expect(await rollback(rollbackRequest(), three({ bad: 'second' }).ports)).toMatchObject({
      digest: digestOf('manifest third'),
    })
  })

  it('works with the registry’s tags alone, and says so', async () => {
    const it = three({ stamp: false, tags: true })
    it.registry.tagged.set(record('bad', 16, REVISION), it.second)
    const result = await rollback(rollbackRequest(), it.ports)
    expect(result).toMatchObject({ outcome: 'healthy', digest: it.third })
    expect(it.reporter.texts('notice').join()).toContain('registry')
  })

  it('works with the target’s stamp alone while the registry is down, and says so', async () => {
    const it = three()
    it.registry.down = down()
    const result = await rollback(rollbackRequest(), it.ports)
    expect(result).toMatchObject({ outcome: 'healthy', digest: it.second })
    expect(result.warnings.join()).toContain('stamp')
  })

  it('takes an abbreviated commit or a digest', async () => {
    for (const to of [OLDEST.slice(0, 7), OLDEST, digestOf('manifest third')]) {
      expect(await rollback(rollbackRequest({ to }), three().ports)).toMatchObject({
        outcome: 'healthy',
        digest: digestOf('manifest third'),
      })
    }
  })

  it('refuses an image that carries labels of running things, on any platform', async () => {
    const it = three()
    const digest = it.registry.push('marked', { 'dev.immutable-deploy.expires': '2000-01-01T00:00:00Z' })
    const index = it.registry.push('index')
    const image = it.registry.images.get(index)
    const otherLabels = [{ 'dev.immutable-deploy.run': '1' }]
    if (image) it.registry.images.set(index, { ...image, otherLabels })
    for (const to of [digest, index]) {
      const result = await rollback(rollbackRequest({ to, allowUnverified: true }), it.ports)
      expect(result).toMatchObject({ outcome: 'failed', reasonCode: 'runtime-labels', touched: false })
    }
  })

  it('refuses what was never verified here, with the candidates, unless told', async () => {
    const never = 'd'.repeat(40)
    const it = three()
    const digest = it.registry.push('never', { 'org.opencontainers.image.revision': never })
    it.registry.tagged.set(releaseTag(never), digest)
    const refused = await rollback(rollbackRequest({ to: never }), it.ports)
    expect(refused).toMatchObject({ outcome: 'failed', reasonCode: 'not-verified', touched: false })
    expect(refused.evidence?.join('\n')).toContain(REVISION)
    expect(await rollback(rollbackRequest({ to: 'ddddddd', allowUnverified: true }), it.ports)).toMatchObject({
      outcome: 'healthy',
      digest,
    })
  })

  it('refuses with nothing to go back to', async () => {
    const it = world()
    expect(await rollback(rollbackRequest(), it.ports)).toMatchObject({ outcome: 'failed', reasonCode: 'no-previous' })
  })

  it('refuses a manifest that is known to be gone before anything is touched', async () => {
    const it = three()
    it.registry.images.delete(it.second)
    expect(await rollback(rollbackRequest(), it.ports)).toMatchObject({
      outcome: 'failed',
      reasonCode: 'image-not-found',
    })
    expect(it.target.calls.some((call) => call.startsWith('replace'))).toBe(false)
  })

  it('to what already runs proves it again', async () => {
    const it = three()
    expect(await rollback(rollbackRequest({ to: RUNNING }), it.ports)).toMatchObject({
      outcome: 'unchanged',
      digest: it.old,
    })
    expect(it.target.stored.bad).toEqual([])
  })

  it('restores what ran before when the older version fails too', async () => {
    const history: History = {
      verified: [{ digest: digestOf('manifest second'), revision: REVISION, at: at(10).toISOString() }],
      bad: [],
    }
    const it = world({ history, behaviour: new Map([[digestOf('manifest second'), 'crash']]) })
    it.registry.push('second')
    expect(await rollback(rollbackRequest(), it.ports)).toMatchObject({ outcome: 'rolled-back', rolledBack: true })
    expect(it.target.services.get('web')?.spec?.digest).toBe(it.old)
    expect(await rollback(rollbackRequest({ onFailure: 'leave', to: REVISION }), it.ports)).toMatchObject({
      outcome: 'failed',
      touched: true,
    })
  })

  it('keeps today’s settings, and names those that differ, in plan and log', async () => {
    const it = three()
    const { workloads } = await it.target.current()
    const older = workloads.map((one) => ({ ...one, differingSettings: ['env PASSWORD of container web'] }))
    const target = Object.assign(it.target, { version: () => Promise.resolve({ workloads: older }) })
    const line =
      'web: these settings stay as they are now (settings: then would bring them back): env PASSWORD of container web'
    const planned = await rollback(rollbackRequest({ dryRun: true }), it.ports)
    expect(planned.plan).toContain(line)
    expect(await rollback(rollbackRequest(), it.ports)).toMatchObject({ outcome: 'healthy', digest: it.second })
    expect(it.reporter.texts('notice')).toContain(line)
    expect(target.calls.some((call) => call.startsWith('replace'))).toBe(true)
    expect(target.calls.some((call) => call.startsWith('restore'))).toBe(false)
  })

  it('brings the settings of then back where asked to', async () => {
    const it = three()
    const { workloads } = await it.target.current()
    const older = workloads.map(({ spec, ...one }) => ({
      ...one,
      digests: [it.second],
      differingSettings: ['resources of container web'],
      spec: { ...spec, digest: it.second },
    }))
    const target = Object.assign(it.target, { version: () => Promise.resolve({ workloads: older }) })
    const request = rollbackRequest({ settings: 'then' })
    expect((await rollback({ ...request, dryRun: true }, it.ports)).plan).toContain(
      'web: these settings go back to what they were then: resources of container web',
    )
    expect(await rollback(request, it.ports)).toMatchObject({ outcome: 'healthy', digest: it.second })
    expect(target.calls).toContain(`restore ${it.second}`)
  })

  it('refuses settings: then where the target keeps none, before anything is touched', async () => {
    const it = three()
    expect(await rollback(rollbackRequest({ settings: 'then' }), it.ports)).toMatchObject({
      outcome: 'failed',
      reasonCode: 'not-supported',
      touched: false,
    })
    const forgotten = three()
    Object.assign(forgotten.target, { version: () => Promise.resolve(undefined) })
    expect(await rollback(rollbackRequest({ settings: 'then' }), forgotten.ports)).toMatchObject({
      reason: expect.stringContaining('does not hold the settings') as string,
    })
    expect(it.target.calls.some((call) => call.startsWith('re'))).toBe(false)
  })

  it('lists the versions and changes nothing', async () => {
    const it = three({ tags: true, bad: 'second' })
    const result = await rollback(rollbackRequest({ list: true }), it.ports)
    expect(result).toMatchObject({ action: 'list', outcome: 'planned' })
    expect(result.versions?.map(({ verdict, knownBy }) => [verdict, knownBy.length])).toEqual([
      ['running', 2],
      ['bad', 2],
      ['verified', 2],
    ])
    expect(it.registry.writes).toEqual([])
  })

  it('plans in a dry run', async () => {
    const it = three()
    const result = await rollback(rollbackRequest({ dryRun: true }), it.ports)
    expect(result).toMatchObject({ outcome: 'planned', digest: it.second })
    // The image that would be set is known, and the target is told.
    expect(result.plan?.[0]).toBe(`replace web: back to ${it.second} (${REVISION})`)
    expect(result.plan?.at(-1)).toBe(`  + image ${it.second}`)
    expect(it.target.services.get('web')?.spec?.digest).toBe(it.old)
    const same = await rollback(rollbackRequest({ dryRun: true, to: it.old }), it.ports)
    expect(same.plan?.[0]).toBe(`prove   web: it is set to ${it.old} (${RUNNING}) already`)
  })
})

describe('records of a place', () => {
  it('are not those of another cluster, until it is said that one of them is taken over', async () => {
    const it = three({ stamp: false })
    const elsewhere = placeKey({ ...PLACE, cluster: 'rebuilt since' })
    it.registry.tagged.set(record('deployed', 10, REVISION, 'rebuilt since'), it.second)
    it.registry.tagged.set(record('deployed', 5, OLDEST, 'rebuilt since'), it.third)
    it.registry.tagged.set(record('bad', 11, REVISION, 'rebuilt since'), it.second)
    const refused = await rollback(rollbackRequest(), it.ports)
    expect(refused).toMatchObject({ outcome: 'failed', reasonCode: 'no-previous' })
    expect(refused.evidence?.join('\n')).toContain(elsewhere)
    expect(await rollback(rollbackRequest({ adoptHistory: elsewhere }), it.ports)).toMatchObject({
      outcome: 'healthy',
      digest: it.third,
    })
    expect(it.target.stored.verified.map(({ digest }) => digest)).toEqual([it.third, it.second])
  })

  it('that a copied workload brings along are not believed', async () => {
    const it = three()
    it.target.stored = { ...it.target.stored, place: 'elsewhere' }
    expect(await rollback(rollbackRequest(), it.ports)).toMatchObject({ reasonCode: 'no-previous' })
  })

  it('keep the order of their numbers when clocks go backwards', async () => {
    const it = three({ tags: true })
    it.clock.advance(-400 * 24 * 3_600_000)
    await rollback(rollbackRequest(), it.ports)
    expect(await rollback(rollbackRequest(), it.ports)).toMatchObject({ outcome: 'healthy', digest: it.third })
    expect(it.target.stored.verified[0]).toMatchObject({ digest: it.third, sequence: 22 })
  })

  it('carry the reason', async () => {
    const it = three()
    const result = await rollback(rollbackRequest({ reason: 'checkout fails', url: 'https://shop.test' }), it.ports)
    expect(result).toMatchObject({ outcome: 'healthy', note: 'checkout fails', url: 'https://shop.test' })
    expect(it.target.stored.verified[0]).toMatchObject({ digest: it.second, reason: 'checkout fails' })
    expect(it.target.stored.bad[0]).toMatchObject({ digest: it.old, reason: 'checkout fails' })
    const list = await rollback(rollbackRequest({ list: true }), it.ports)
    expect(list.versions?.[0]).toMatchObject({ digest: it.second, verdict: 'running', reason: 'checkout fails' })
  })
})

describe('after a release that ended half-way', () => {
  const halfWay = () => {
    const it = three()
    const left = it.registry.push('left', { 'org.opencontainers.image.revision': 'e'.repeat(40) })
    const service = it.target.services.get('web')
    if (!service?.spec) throw new Error('unreachable')
    service.spec = { ...service.spec, digest: left, image: `registry.test/app@${left}`, run: '6-1', version: 2 }
    return { ...it, left }
  }

  it('previous is the last verified version, although it still serves', async () => {
    const it = halfWay()
    const result = await rollback(rollbackRequest(), it.ports)
    expect(result).toMatchObject({
      outcome: 'healthy',
      digest: it.old,
      previousDigest: it.left,
      previousVerified: false,
    })
    expect(it.target.stored.bad[0]).toMatchObject({ digest: it.left })
  })

  it('lists no version as running that is not set', async () => {
    const result = await rollback(rollbackRequest({ list: true }), halfWay().ports)
    expect(result.versions?.map(({ verdict }) => verdict)).toEqual(['verified', 'verified', 'verified'])
  })
})
