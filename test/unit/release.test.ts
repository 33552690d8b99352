import { describe, expect, it } from 'vitest'
import type { Digest } from '../../src/domain/digest.ts'
import { digestOf } from '../../src/domain/digest.ts'
import { LABEL, OCI_LABEL } from '../../src/domain/labels.ts'
import { placeKey } from '../../src/domain/place.ts'
import { recordTag, releaseTag } from '../../src/domain/tags.ts'
import { CATALOGUE } from '../../src/errors/catalogue.ts'
import { cancelled, DeployError } from '../../src/errors/deploy-error.ts'
import { liveGate } from '../../src/gates/checks.ts'
import { release } from '../../src/pipeline/release.ts'
import type { Behaviour } from '../fakes/target.ts'
import { FakeTarget } from '../fakes/target.ts'
import { down, OLD, releaseRequest, REVISION, RUNNING, world } from './world.ts'

const NEW = digestOf('manifest new content')
const TAG = releaseTag(REVISION)
const behaves = (behaviour: Behaviour) => new Map([[NEW, behaviour]])
const crash = { code: 'smoke-exited' as const, what: 'exit code 1' }

describe('a release', () => {
  it('builds, smokes and pushes side by side, promotes, replaces, proves and records', async () => {
    const it = world()
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({
      outcome: 'healthy',
      digest: NEW,
      revision: REVISION,
      previousDigest: it.old,
      previousRevision: RUNNING,
      rolledBack: false,
      reused: false,
      workloads: [{ name: 'web', verdict: 'healthy', replicas: '2/2', digest: NEW }],
    })
    expect(result.custody.map(({ hop }) => hop)).toEqual(['commit', 'built', 'smoked', 'promoted', 'running'])
    expect(result.tags).toEqual([
      TAG,
      'production',
      expect.stringMatching(`^deployed-production-[a-z2-9]{10}-99999998-2026.*-${REVISION}$`),
    ])
    expect(it.registry.tagged.get('production')).toBe(NEW)
    expect(it.target.stored.verified[0]).toMatchObject({ digest: NEW, revision: REVISION })
    expect(it.target.closed).toBe(true)
  })

  it('labels the image with commit date, revision and the fingerprint of its inputs', async () => {
    const it = world()
    await release(releaseRequest(), it.ports)
    const labels = it.registry.images.get(NEW)?.labels ?? {}
    expect(labels).toMatchObject({ [OCI_LABEL.revision]: REVISION, [OCI_LABEL.created]: '2023-11-14T22:13:20Z' })
    expect(labels[LABEL.inputs]).toBe('defaults')
  })

  it('does nothing but prove again when the same commit runs already', async () => {
    const it = world()
    await release(releaseRequest(), it.ports)
    const [calls, writes] = [it.calls.length, it.registry.writes.length]
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({ outcome: 'unchanged', reused: true, digest: NEW })
    expect(it.calls).toHaveLength(calls)
    expect(it.registry.writes).toHaveLength(writes)
    expect(it.target.calls.filter((call) => call.startsWith('replace'))).toHaveLength(1)
  })

  it('stops after the release tag, and the next job deploys by digest without another smoke test', async () => {
    const it = world()
    expect(await release(releaseRequest({ promote: 'release-tag' }), it.ports)).toMatchObject({
      outcome: 'released',
      tags: [TAG],
    })
    expect(it.target.calls).toEqual([])
    const smokes = it.calls.filter((call) => call.startsWith('smoke')).length
    const result = await release(releaseRequest({ digest: NEW, revision: undefined }), it.ports)
    expect(result).toMatchObject({ outcome: 'healthy', revision: REVISION, digest: NEW, reused: true })
    expect(it.calls.filter((call) => call.startsWith('smoke'))).toHaveLength(smokes)
    expect(it.calls.filter((call) => call === 'build')).toHaveLength(1)
    const other = await release(releaseRequest({ digest: NEW, revision: undefined, tagSuffix: 'nightly' }), it.ports)
    expect(other.tags).toContain(TAG)
    expect(other.tags).not.toContain(`${TAG}-nightly`)
  })

  it('smokes a digest that no release tag of ours names', async () => {
    const it = world()
    const result = await release(releaseRequest({ digest: it.old, revision: undefined }), {
      ...it.ports,
      runtime: async () => ({ ...(await it.ports.runtime()), image: async () => ({ ...it.facts, id: digestOf(OLD) }) }),
    })
    expect(it.calls).toContain(`smoke registry.test/app@${it.old}`)
    expect(result).toMatchObject({ outcome: 'unchanged' })
  })

  it('pushes nothing with promote: none', async () => {
    const it = world()
    expect(await release(releaseRequest({ promote: 'none' }), it.ports)).toMatchObject({ outcome: 'checked' })
    expect(it.calls).toEqual(['build', `smoke ${it.facts.id}`])
    expect(it.registry.writes).toEqual([])
    expect(it.target.calls).toEqual([])
  })

  it('changes nothing in a dry run and says what it would do', async () => {
    const it = world()
    const result = await release(releaseRequest({ dryRun: true }), it.ports)
    expect(result.outcome).toBe('planned')
    expect(result.plan?.join('\n')).toMatch(/build .*\n.*smoke/)
    expect([...it.calls, ...it.registry.writes]).toEqual([])
    expect(it.target.calls.filter((call) => /replace|restore|record/.test(call))).toEqual([])
  })

  it('plans to prove what is set already, by the name that it has', async () => {
    const it = world()
    await release(releaseRequest(), it.ports)
    const result = await release(releaseRequest({ dryRun: true }), it.ports)
    expect(result.plan).toContainEqual(expect.stringMatching(/^prove {3}web: it is set to sha256:[0-9a-f]+ already$/))
    expect(result.plan?.join('\n')).not.toContain('replace')
    const asked: unknown[] = []
    const check = it.target.check.bind(it.target)
    const target = Object.assign(it.target, {
      check: (request: Parameters<typeof check>[0]) => {
        asked.push(request.image?.tag)
        return check(request)
      },
    })
    await release(releaseRequest({ dryRun: true }), { ...it.ports, target: async () => target })
    expect(asked).toEqual([TAG])
  })

  it('claims neither proof nor release tag of what nobody tested', async () => {
    const it = world()
    const digest = it.registry.push('untested', { 'org.opencontainers.image.revision': REVISION })
    const images: unknown[] = []
    const replace = it.target.replace.bind(it.target)
    const target = Object.assign(it.target, {
      replace: (...call: Parameters<typeof replace>) => {
        images.push(call[0].tag)
        return replace(...call)
      },
    })
    const ports = { ...it.ports, target: async () => target }
    const off = { smoke: 'off', policy: 'warn' } as const
    const given = await release(releaseRequest({ digest, ...off }), ports)
    expect(given).toMatchObject({ outcome: 'healthy', tags: expect.not.arrayContaining([TAG]) as unknown })
    expect(given.custody.map(({ hop }) => hop)).not.toContain('smoked')
    const built = await release(releaseRequest(off), ports)
    expect(built.custody.map(({ hop }) => hop)).not.toContain('smoked')
    expect(it.registry.tagged.has(TAG)).toBe(false)
    expect(images).toEqual([undefined, undefined])
  })

  it('without a target moves the tag of an explicit environment at once', async () => {
    const it = world()
    const result = await release(releaseRequest({ target: undefined }), { ...it.ports, target: undefined })
    expect(result).toMatchObject({ outcome: 'released', tags: [TAG, 'production'] })
  })

  it('takes a registry that refuses to move the environment tag as a warning', async () => {
    const it = world()
    it.registry.frozen.add('production')
    const result = await release(releaseRequest(), it.ports)
    expect(result.outcome).toBe('healthy')
    expect(result.warnings.join()).toContain('production')
  })

  it('removes nothing and warns when the stamp cannot be written', async () => {
    const it = world()
    it.target.fails.record = new DeployError('target-unreachable', 'gone')
    expect(await release(releaseRequest(), it.ports)).toMatchObject({
      outcome: 'healthy',
      warnings: [expect.stringContaining('gone')],
    })
  })
})

describe('a release that must not happen', () => {
  it('writes no release tag when the smoke test fails, whatever was pushed', async () => {
    for (const pushes of [false, true]) {
      const it = world({ smoke: crash, pushes })
      const result = await release(releaseRequest(), it.ports)
      expect(result).toMatchObject({
        outcome: 'failed',
        reasonCode: 'smoke-exited',
        touched: false,
        checks: [{ passed: false }],
      })
      expect(it.registry.tagged.has(TAG)).toBe(false)
      expect(it.target.calls.some((call) => call.startsWith('replace'))).toBe(false)
      const left = it.reporter.texts('notice').filter((text) => text.includes(':candidate-'))
      expect(left).toHaveLength(pushes ? 0 : 1)
    }
  })

  it('refuses a pushed image that is not the smoked one', async () => {
    const it = world()
    const runtime = await it.ports.runtime()
    const push = async () => it.registry.push('something else')
    const result = await release(releaseRequest(), { ...it.ports, runtime: async () => ({ ...runtime, push }) })
    expect(result).toMatchObject({ outcome: 'failed', reasonCode: 'smoke-image-mismatch' })
    expect(it.registry.tagged.has(TAG)).toBe(false)
  })

  it('refuses the same revision with other build inputs and names them', async () => {
    const it = world()
    await release(releaseRequest(), it.ports)
    const build = { ...releaseRequest().build, buildArgs: ['MODE=debug'] }
    const result = await release(releaseRequest({ build }), it.ports)
    expect(result).toMatchObject({ outcome: 'failed', reasonCode: 'inputs-differ' })
    expect(result.reason).toContain('build-args.MODE')
    expect(result.reason).not.toContain('debug')
  })

  it('refuses a foreign release tag with both digests', async () => {
    const it = world()
    const foreign = it.registry.push('foreign build')
    it.registry.tagged.set(TAG, foreign)
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({ outcome: 'failed', reasonCode: 'tag-conflict' })
    expect(result.reason).toContain(foreign)
    expect(result.reason).toContain(NEW)
    expect(it.registry.tagged.get(TAG)).toBe(foreign)
  })

  it('adopts a foreign release tag with the same content after smoke-testing it by its own digest', async () => {
    const it = world()
    const foreign = it.registry.push('foreign build', {}, 'new content')
    it.registry.tagged.set(TAG, foreign)
    const runtime = await it.ports.runtime()
    const image = async (reference: string) =>
      reference.endsWith(foreign) ? { ...it.facts, id: digestOf('foreign build') } : it.facts
    const result = await release(releaseRequest(), { ...it.ports, runtime: async () => ({ ...runtime, image }) })
    expect(result).toMatchObject({ outcome: 'healthy', digest: foreign })
    expect(it.calls).toContain(`smoke registry.test/app@${foreign}`)
  })

  it('refuses tracked changes and credential-looking files, lists other untracked ones', async () => {
    const dirty = await release(releaseRequest(), world({ source: { dirty: ['app.js'] } }).ports)
    expect(dirty).toMatchObject({ outcome: 'failed', reasonCode: 'dirty-tree' })
    const secret = await release(releaseRequest(), world({ unversioned: ['deploy/.env'] }).ports)
    expect(secret).toMatchObject({ outcome: 'failed', reasonCode: 'secret-in-context' })
    const other = await release(releaseRequest(), world({ unversioned: ['notes.txt'] }).ports)
    expect(other).toMatchObject({ outcome: 'healthy', warnings: [expect.stringContaining('notes.txt')] })
    const warned = await release(releaseRequest({ policy: 'warn' }), world({ source: { dirty: ['app.js'] } }).ports)
    expect(warned.outcome).toBe('healthy')
  })

  it('lists everything that speaks against it at once', async () => {
    const it = world({ source: { dirty: ['app.js'] } })
    it.target.readiness = {
      faults: [
        { code: 'workload-not-found', what: 'no web' },
        { code: 'target-denied', what: 'no rights' },
      ],
      warnings: [],
      plan: [],
    }
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({ outcome: 'failed', reasonCode: 'dirty-tree' })
    expect(result.evidence?.join('\n')).toMatch(/no web[\s\S]*no rights/)
    expect(it.calls).toEqual([])
  })

  it('refuses an older commit than what runs, or skips it', async () => {
    const refused = world({ ancestry: 'older' })
    expect(await release(releaseRequest(), refused.ports)).toMatchObject({
      outcome: 'superseded',
      reasonCode: 'older-than-running',
    })
    expect(refused.calls).toEqual([])
    expect(await release(releaseRequest({ onOlder: 'skip' }), world({ ancestry: 'older' }).ports)).toMatchObject({
      outcome: 'skipped',
    })
    expect(await release(releaseRequest({ onOlder: 'allow' }), world({ ancestry: 'older' }).ports)).toMatchObject({
      outcome: 'healthy',
    })
    expect(await release(releaseRequest(), world({ ancestry: 'unknown' }).ports)).toMatchObject({
      outcome: 'healthy',
      warnings: [expect.stringContaining('fetch-depth')],
    })
  })
})

describe('what is reported is what is', () => {
  it('a build job claims no environment, whatever is set', async () => {
    for (const promote of ['release-tag', 'none'] as const) {
      const it = world()
      const result = await release(releaseRequest({ promote, url: 'https://app.example' }), it.ports)
      for (const claimed of ['environment', 'target', 'url', 'previousDigest'])
        expect(result).not.toHaveProperty(claimed)
    }
    const it = world()
    const claims = { environment: 'production', target: 'swarm', url: 'https://app.example' }
    expect(await release(releaseRequest({ url: claims.url }), it.ports)).toMatchObject(claims)
  })

  it('a dry run shows the target the image that would be set', async () => {
    const it = world()
    const seen: unknown[] = []
    const check: typeof it.target.check = (context) => {
      seen.push(context.image?.digest)
      return FakeTarget.prototype.check.call(it.target, context)
    }
    it.target.check = check
    await release(releaseRequest({ dryRun: true }), it.ports)
    await release(releaseRequest(), it.ports)
    await release(releaseRequest({ dryRun: true }), it.ports)
    await release(releaseRequest({ dryRun: true, digest: NEW, revision: undefined }), it.ports)
    expect(seen).toEqual([undefined, undefined, NEW, NEW])
  })

  it('warns at preflight where a workload runs another repository', async () => {
    const warned = async (image: string) => {
      const it = world()
      const spec = it.target.services.get('web')?.spec
      if (!spec) throw new Error('no spec')
      it.target.services.set('web', { ...it.target.services.get('web')!, spec: { ...spec, image } })
      await release(releaseRequest({ dryRun: true }), it.ports)
      return it.reporter.texts('warning').filter((text) => text.includes('another repository'))
    }
    const digest = `sha256:${'9'.repeat(64)}`
    for (const other of [
      'registry.test/worker:1',
      `mirror.test/app@${digest}`,
      'postgres:16',
      'registry.test/app-old',
    ]) {
      expect(await warned(other)).toEqual([expect.stringContaining('web runs an image of another repository')])
    }
    for (const same of ['registry.test/app:old', `registry.test/app@${digest}`, `registry.test/app:1@${digest}`]) {
      expect(await warned(same)).toEqual([])
    }
  })

  it.each([
    ['another registry', (digest: Digest) => `mirror.test/app@${digest}`],
    ['another repository', (digest: Digest) => `registry.test/app-old@${digest}`],
    ['another registry, beside a tag', (digest: Digest) => `registry.test:5000/app:1@${digest}`],
    ['Docker Hub', (digest: Digest) => `acme/app@${digest}`],
  ])('the same digest of %s is a change', async (_, imageOf) => {
    const it = world()
    await release(releaseRequest(), it.ports)
    const service = it.target.services.get('web')
    if (!service?.spec) throw new Error('no spec')
    service.spec = { ...service.spec, image: imageOf(NEW) }
    expect(await release(releaseRequest(), it.ports)).toMatchObject({ outcome: 'healthy', digest: NEW })
    expect(it.target.services.get('web')?.spec?.image).toBe(`registry.test/app@${NEW}`)
    expect(await release(releaseRequest(), it.ports)).toMatchObject({ outcome: 'unchanged', digest: NEW })
  })

  it('the same digest beside a tag, or in another spelling of the repository, is no change', async () => {
    const it = world()
    await release(releaseRequest(), it.ports)
    for (const image of [`registry.test/app:1@${NEW}`, `Registry.test/APP@${NEW}`]) {
      const service = it.target.services.get('web')
      if (!service?.spec) throw new Error('no spec')
      service.spec = { ...service.spec, image }
      expect(await release(releaseRequest(), it.ports)).toMatchObject({ outcome: 'unchanged' })
    }
  })

  it('needs nobody where somebody scaled the workload to zero meanwhile, and does not wait for it', async () => {
    const it = world({ behaviour: behaves('crash') })
    const restore = it.target.restore.bind(it.target)
    it.target.restore = async (...args) => {
      const rollout = await restore(...args)
      const service = it.target.services.get('web')
      if (service) service.replicas = 0
      return rollout
    }
    const from = it.clock.now()
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({ outcome: 'rolled-back', reasonCode: 'crash-on-start' })
    expect(result.state).toMatch(/nothing differs from before \(web is scaled to zero/)
    expect(result.state).toMatch(/web is set to what ran before and scaled to zero, so nothing of it runs$/)
    expect(it.clock.now() - from).toBeLessThan(60_000)
  })

  it('tells the reason before the restore, and the outcome only when it is known', async () => {
    const it = world({ behaviour: behaves('crash') })
    expect(await release(releaseRequest(), it.ports)).toMatchObject({ outcome: 'rolled-back' })
    const failures = it.reporter.events.flatMap((event) => (event.type === 'failure' ? [event] : []))
    expect(failures.map(({ phase, state }) => [phase, state?.split(':')[0]])).toEqual([
      ['before-restore', 'restoring what ran before'],
      ['after-restore', 'restored and proven'],
    ])
  })
})

describe('a rollout that fails', () => {
  const LIES: Behaviour[] = [
    'wrong-digest',
    'one-wrong',
    'no-digest',
    'one-missing',
    'not-ready',
    'dies-quietly',
    'reverts-quietly',
  ]
  it.each(['crash', 'unhealthy', 'stuck', 'dies', ...LIES] as Behaviour[])(
    'restores exactly what ran before: %s',
    async (behaviour) => {
      const it = world({ behaviour: behaves(behaviour) })
      const result = await release(releaseRequest(), it.ports)
      expect(result).toMatchObject({
        outcome: 'rolled-back',
        rolledBack: true,
        touched: false,
        workloads: [{ verdict: 'restored', digest: it.old }],
      })
      expect(it.target.services.get('web')?.spec).toMatchObject({ digest: it.old, settings: 'as the user made it' })
      expect(it.registry.tagged.has('production')).toBe(false)
      expect([...it.registry.tagged.keys()].some((tag) => tag.startsWith('deployed-'))).toBe(false)
      expect(it.target.stored).toMatchObject({ verified: [], bad: [{ digest: NEW }] })
      expect([...it.registry.tagged.keys()].some((tag) => tag.startsWith('bad-production-'))).toBe(true)
    },
  )

  it('leaves the new version where asked to, and says so', async () => {
    const it = world({ behaviour: behaves('crash') })
    const result = await release(releaseRequest({ onFailure: 'leave' }), it.ports)
    expect(result).toMatchObject({
      outcome: 'failed',
      touched: true,
      reasonCode: 'crash-on-start',
      evidence: ['fatal: no configuration'],
    })
    const late = await release(releaseRequest({ onFailure: 'leave' }), world({ behaviour: behaves('stuck') }).ports)
    expect(late).toMatchObject({ outcome: 'timed-out', touched: true })
  })

  it('is shown as a step that failed, however it ends', async () => {
    const it = world({ behaviour: behaves('crash') })
    await release(releaseRequest(), it.ports)
    expect(it.reporter.steps()).toEqual(expect.arrayContaining(['verify failed', 'restore done']))
    const left = world({ behaviour: behaves('stuck') })
    await release(releaseRequest({ onFailure: 'leave' }), left.ports)
    expect(left.reporter.steps()).toContain('verify failed')
  })

  it('needs a person when the restore fails too', async () => {
    const it = world({ behaviour: behaves('crash') })
    it.target.fails.restore = new DeployError('target-unreachable', 'connection refused')
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({
      outcome: 'rollback-failed',
      reasonCode: 'restore-failed',
      touched: true,
      rolledBack: false,
    })
    expect(result.reason).toMatch(/crashes.*connection refused/)
  })

  it('looks at what became of a restore whose answer never came, and proves it', async () => {
    const it = world({ behaviour: behaves('crash') })
    const restore = it.target.restore.bind(it.target)
    it.target.restore = async (...args) => {
      await restore(...args)
      throw new DeployError('target-unreachable', 'the connection was cut')
    }
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({ outcome: 'rolled-back', rolledBack: true, reasonCode: 'crash-on-start' })
    expect(result.state).toMatch(/restored and proven/)
  })

  it('ends in time where the restore is never answered', async () => {
    const it = world({ behaviour: behaves('crash') })
    it.target.restore = () => new Promise(() => undefined)
    const result = await release(releaseRequest({ timeout: 200 }), it.ports)
    expect(result).toMatchObject({ outcome: 'rollback-failed', reasonCode: 'restore-failed' })
    expect(result.reason).toMatch(/did not answer for 200 ?ms/)
  })

  it('says why what ran before does not come back', async () => {
    const behaviour = new Map<Digest, Behaviour>([
      [NEW, 'crash'],
      [digestOf(`manifest ${OLD}`), 'stuck'],
    ])
    const result = await release(releaseRequest(), world({ behaviour }).ports)
    expect(result).toMatchObject({ outcome: 'rollback-failed', reasonCode: 'restore-failed' })
    expect(result.reason).toMatch(/the restore: not proven after/)
  })

  it('needs nobody where what ran before runs again, only not proven in time', async () => {
    const behaviour = new Map<Digest, Behaviour>([
      [NEW, 'crash'],
      [digestOf(`manifest ${OLD}`), 'stuck'],
    ])
    const it = world({ behaviour })
    // Old replicas that drain keep the place of their successors for longer than the time limit.
    const current = it.target.current.bind(it.target)
    it.target.current = async () => {
      const { workloads } = await current()
      return { workloads: workloads.map((one) => ({ ...one, draining: one.desired - one.ready })) }
    }
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({ outcome: 'rolled-back', rolledBack: true, reasonCode: 'crash-on-start' })
    expect(result.state).toMatch(/nothing differs from before \(not proven after/)
  })

  it('needs a person where the target takes the restore and does nothing', async () => {
    const it = world({ behaviour: behaves('crash') })
    it.target.restore = async (to) => ({
      before: to,
      accepted: new Set(to.workloads.flatMap(({ digests }) => digests)),
      startedAt: it.clock.now(),
      workloads: to.workloads.map(({ name, spec }) => ({ name, handle: spec })),
    })
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({ outcome: 'rollback-failed', reasonCode: 'restore-failed' })
    expect(result.reason).toMatch(/web is still set to what this run put there/)
  })

  it('is superseded where somebody put another version in before the restore came', async () => {
    const it = world({ behaviour: behaves('crash') })
    it.target.fails.restore = new DeployError('another-rollout', 'web was changed by kubectl')
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({ outcome: 'superseded', reasonCode: 'another-rollout', touched: false })
    expect(result.reason).toMatch(/changed by kubectl.*crashes/)
  })

  describe('a workload that somebody removes while it is being proven', () => {
    const removedSoon = (it: ReturnType<typeof world>, name: string) => {
      const observe = it.target.observe.bind(it.target)
      it.target.observe = async (rollout) => {
        const service = it.target.services.get(name)
        if (service) service.spec = undefined
        return observe(rollout)
      }
      return it
    }

    it.each(['rollback', 'leave'] as const)(
      'is theirs to remove, and left alone (on-failure: %s)',
      async (onFailure) => {
        const it = removedSoon(world(), 'web')
        const result = await release(releaseRequest({ onFailure }), it.ports)
        expect(result).toMatchObject({ outcome: 'superseded', reasonCode: 'workload-gone', rolledBack: false })
        expect(result.state).toBe('the other change was left alone')
        expect(result.workloads).toMatchObject([{ name: 'web', verdict: 'superseded' }])
        expect(it.target.calls.some((call) => call.startsWith('restore'))).toBe(false)
      },
    )

    it('does not keep the others from going back', async () => {
      const it = removedSoon(world({ workloads: ['web', 'worker'] }), 'web')
      const result = await release(releaseRequest(), it.ports)
      expect(result).toMatchObject({ outcome: 'superseded', reasonCode: 'workload-gone', rolledBack: false })
      expect(result.state).toMatch(/the other change was left alone; restored and proven: worker runs sha256:/)
      expect(result.workloads).toMatchObject([
        { name: 'worker', verdict: 'restored', digest: it.old },
        { name: 'web', verdict: 'superseded' },
      ])
      expect(it.target.services.get('worker')?.spec?.digest).toBe(it.old)
    })

    it('is theirs when they remove it while it goes back', async () => {
      const it = world({ behaviour: behaves('crash') })
      it.target.fails.restore = new DeployError('workload-gone', 'web was removed')
      const result = await release(releaseRequest(), it.ports)
      expect(result).toMatchObject({ outcome: 'superseded', reasonCode: 'workload-gone' })
      expect(result.reason).toMatch(/removed.*crashes/)
    })
  })

  describe('a change whose answer never came', () => {
    const lost = new DeployError('target-unreachable', 'the connection was cut')

    it('was not taken: looked at again, nothing changed', async () => {
      const it = world()
      it.target.fails.replace = lost
      const result = await release(releaseRequest(), it.ports)
      expect(result).toMatchObject({ outcome: 'failed', reasonCode: 'target-unreachable', touched: false })
      expect(result.state).toMatch(/^looked at again: web runs sha256:/)
    })

    it.each([1, 3])('was taken: what ran before is put back (%i looks fail first)', async (silent) => {
      const it = world()
      const [replace, current] = [it.target.replace.bind(it.target), it.target.current.bind(it.target)]
      it.target.replace = async (...given) => {
        await replace(...given)
        let looks = 0
        it.target.current = async () => {
          if (++looks <= silent) throw lost
          return current()
        }
        throw lost
      }
      const result = await release(releaseRequest(), it.ports)
      expect(result).toMatchObject({ outcome: 'rolled-back', reasonCode: 'target-unreachable', rolledBack: true })
      expect(it.target.services.get('web')?.spec?.digest).toBe(it.old)
    })

    it('is not known to be taken or not: that is what is said', async () => {
      const it = world()
      it.target.replace = async () => {
        it.target.current = () => Promise.reject(lost)
        throw lost
      }
      const result = await release(releaseRequest(), it.ports)
      expect(result).toMatchObject({ outcome: 'failed', reasonCode: 'target-unreachable', touched: true })
      expect(result.state).toMatch(/it is not known whether web was changed/)
    })
  })

  it('is superseded by a change between look and replacement, and leaves it alone', async () => {
    const it = world()
    it.target.fails.replace = new DeployError('another-rollout', 'web was changed')
    expect(await release(releaseRequest(), it.ports)).toMatchObject({
      outcome: 'superseded',
      reasonCode: 'another-rollout',
    })
    expect(it.target.calls.some((call) => call.startsWith('restore'))).toBe(false)
  })

  it.each([
    ['healthy', 'unchanged'],
    ['crash', 'superseded'],
  ] as const)('adopts another run’s rollout of the same image: %s', async (behaviour, outcome) => {
    const it = world({ behaviour: new Map([[world().digest, behaviour]]) })
    const replace = it.target.replace.bind(it.target)
    it.target.replace = async (...given) => {
      await replace(...given)
      throw new DeployError('another-rollout', 'web was changed by run 2-1')
    }
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({ outcome, digest: it.digest, rolledBack: false })
    expect(it.target.calls.some((call) => call.startsWith('restore'))).toBe(false)
  })

  it('goes back when live checks fail', async () => {
    const it = world({ live: { code: 'smoke-check-failed', what: 'GET / said 500' } })
    expect(await release(releaseRequest(), it.ports)).toMatchObject({
      outcome: 'rolled-back',
      reasonCode: 'live-check-failed',
      checks: [expect.objectContaining({ passed: true }), expect.objectContaining({ passed: false })],
    })
    expect(await release(releaseRequest(), world({ live: 'passes' }).ports)).toMatchObject({ outcome: 'healthy' })
  })

  it('attaches to the same image on its way instead of sending it again', async () => {
    const it = world()
    await release(releaseRequest(), it.ports)
    it.target.stored = { verified: [], bad: [] }
    const result = await release(releaseRequest(), it.ports)
    expect(result.outcome).toBe('unchanged')
    expect(it.target.stored.verified).toHaveLength(1)
  })

  it('cancelled while it waits: leaves the rollout, or sends the restore once', async () => {
    for (const onCancel of ['leave', 'rollback'] as const) {
      const it = world({ behaviour: behaves('stuck') })
      const changed = it.target.changed.bind(it.target)
      it.target.changed = async (...args) => {
        it.abort.abort()
        return changed(...args)
      }
      const replace = it.target.replace.bind(it.target)
      it.target.replace = async (...args) => ({ ...(await replace(...args)), created: ['configmap/settings'] })
      const result = await release(releaseRequest({ onCancel }), it.ports)
      expect(result).toMatchObject({ outcome: 'cancelled', reasonCode: 'cancelled' })
      const names = result.state?.includes('created by this run and left: configmap/settings') ?? false
      expect(names).toBe(onCancel === 'leave')
      expect(it.target.calls.some((call) => call.startsWith('restore'))).toBe(onCancel === 'rollback')
    }
  })

  it('labels the unexpected as our bug', async () => {
    const it = world()
    const result = await release(releaseRequest(), {
      ...it.ports,
      checks: { smoke: () => Promise.reject(new TypeError('x')) },
    })
    expect(result).toMatchObject({
      outcome: 'failed',
      reasonCode: 'internal-error',
      fix: CATALOGUE['internal-error'].fix,
    })
  })

  it('fails clearly when the registry is down', async () => {
    const it = world()
    it.registry.down = down()
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({ outcome: 'failed', reasonCode: 'registry-unreachable', touched: false })
    expect(it.calls).toEqual([])
  })

  it.each(['registry-unreachable', 'registry-denied'] as const)(
    'a push that cannot work is said before the build: %s',
    async (code) => {
      const it = world()
      it.registry.canPush = async () => ({ is: 'unknown', why: { code, what: 'no answer' } })
      expect(await release(releaseRequest(), it.ports)).toMatchObject({ outcome: 'failed', reasonCode: code })
      expect(it.calls).toEqual([])
    },
  )

  it('whatever ends the other half of push and smoke says so, and is no failure of its own', async () => {
    const it = world({ smoke: { code: 'smoke-check-failed', what: 'GET / said 500' } })
    const runtime = await it.ports.runtime()
    const push = (_: string, __: unknown, ___: string, signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(cancelled(signal)))
      })
    const result = await release(releaseRequest(), { ...it.ports, runtime: async () => ({ ...runtime, push }) })
    expect(result).toMatchObject({ outcome: 'failed', reasonCode: 'smoke-check-failed' })
    expect(it.reporter.events).toContainEqual(
      expect.objectContaining({ step: 'push', result: 'skipped', detail: 'stopped: the smoke test has failed' }),
    )
  })
})

describe('what ran before a release', () => {
  const history = {
    verified: [{ digest: digestOf('manifest proven'), revision: RUNNING, sequence: 3 }],
    bad: [],
  }
  const leftBy = (run: string, content: string) => {
    const it = world({ history, behaviour: behaves('crash') })
    it.registry.push('proven', {})
    const digest = it.registry.push(content, {})
    const service = it.target.services.get('web')
    if (!service?.spec) throw new Error('unreachable')
    const stamp = { run, revision: 'e'.repeat(40) }
    service.spec = { ...service.spec, digest, image: `registry.test/app@${digest}`, ...stamp, version: 2 }
    return { ...it, left: digest }
  }

  it('is the last proven version where a run of ours left another one', async () => {
    const it = leftBy('6-1', 'left')
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({ outcome: 'rolled-back', previousDigest: digestOf('manifest proven') })
    expect(result.previousRevision).toBe(RUNNING)
    expect(it.target.services.get('web')?.spec?.digest).toBe(digestOf('manifest proven'))
    expect(result.workloads).toMatchObject([{ verdict: 'restored', digest: digestOf('manifest proven') }])
    expect(it.target.stored.bad[0]).toMatchObject({ digest: NEW })
  })

  it('is that too for a second attempt of the same release', async () => {
    const it = leftBy('7-1', 'new content')
    const result = await release(releaseRequest({ run: { id: '7', attempt: 2 } }), it.ports)
    expect(result).toMatchObject({ outcome: 'rolled-back', rolledBack: true })
    expect(it.target.services.get('web')?.spec?.digest).toBe(digestOf('manifest proven'))
  })

  it('is what a person put in by hand, proven or not', async () => {
    const it = leftBy('other', 'by hand')
    expect(await release(releaseRequest(), it.ports)).toMatchObject({ outcome: 'rolled-back' })
    expect(it.target.services.get('web')?.spec?.digest).toBe(it.left)
  })
})

describe('the records of a release', () => {
  it('stay as they are when the running version fails a check and nothing was rolled out', async () => {
    const first = world()
    await release(releaseRequest(), first.ports)
    const stored = first.target.stored
    const live = async () => ({
      passed: false,
      reason: { code: 'live-check-failed' as const, what: 'no' },
      checks: [],
      logs: [],
      readyMs: 1,
      ms: 1,
      cleanup: Promise.resolve(),
    })
    const again = await release(releaseRequest(), { ...first.ports, gates: [liveGate(live)] })
    expect(again).toMatchObject({ outcome: 'failed', rolledBack: false, touched: false })
    expect(first.target.stored).toEqual(stored)
    expect([...first.registry.tagged.keys()].filter((tag) => tag.startsWith('bad-'))).toEqual([])
  })

  it('are completed by the next run, with the number that they have', async () => {
    const it = world()
    it.target.fails.record = new DeployError('target-unreachable', 'connection refused')
    await release(releaseRequest(), it.ports)
    expect(it.target.stored.verified).toEqual([])
    const tags = [...it.registry.tagged.keys()]
    expect(await release(releaseRequest(), it.ports)).toMatchObject({ outcome: 'unchanged' })
    expect(it.target.stored.verified[0]).toMatchObject({ digest: NEW, sequence: 1 })
    expect([...it.registry.tagged.keys()]).toEqual(tags)
    for (const tag of tags.filter((name) => name.startsWith('deployed-'))) it.registry.tagged.delete(tag)
    expect(await release(releaseRequest(), it.ports)).toMatchObject({ outcome: 'unchanged' })
    expect([...it.registry.tagged.keys()].toSorted()).toEqual(tags.toSorted())
  })

  it('of another place of the same name refuse no commit as older', async () => {
    const it = world({ ancestry: 'older' })
    const service = it.target.services.get('web')
    if (!service?.spec) throw new Error('unreachable')
    service.spec = { ...service.spec, revision: undefined }
    it.registry.tagged.set('production', it.old)
    expect(await release(releaseRequest(), it.ports)).toMatchObject({ outcome: 'healthy' })
  })

  it('of two places of one environment do not move one tag', async () => {
    const it = world()
    const place = {
      repository: 'registry.test/app',
      app: 'app',
      environment: 'production',
      target: 'fake',
      cluster: 'other',
      workloads: ['web'],
    }
    const owner = { environment: 'production', key: placeKey(place) }
    const tag = recordTag(owner, { kind: 'deployed', sequence: 1, at: new Date(0), revision: RUNNING })
    for (const name of [tag, 'production']) it.registry.tagged.set(name, it.old)
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({ outcome: 'healthy', digest: NEW })
    expect(it.registry.tagged.get('production')).toBe(it.old)
    const own = result.tags.find((name) => /^production\.[a-z2-9]{10}$/.test(name)) ?? ''
    expect(it.registry.tagged.get(own)).toBe(NEW)
    expect(it.reporter.texts('notice').join()).toContain('production stays')
  })

  it('that are cancelled are told', async () => {
    const it = world()
    const record = it.target.record.bind(it.target)
    it.target.record = async (...given) => {
      it.abort.abort()
      await record(...given)
      throw new DeployError('cancelled', 'the run was cancelled')
    }
    const result = await release(releaseRequest(), it.ports)
    expect(result).toMatchObject({ outcome: 'cancelled', touched: true })
    expect(result.state).toContain('run again')
  })
})
