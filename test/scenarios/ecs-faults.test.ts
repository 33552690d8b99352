// Calls that are throttled, cut off or refused, and credentials that are missing, wrong or end in the middle.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeWith } from '../harness/lab.ts'
import { EcsShop, OLD, PAUSED } from './ecs-shop.ts'

describeWith('docker', 'registry')('Amazon ECS: throttled, cut off, refused', () => {
  let shop: EcsShop

  beforeEach(async () => {
    shop = await EcsShop.open()
  })
  afterEach(() => shop.close())

  const throttle = () => shop.double.dial({ kind: 'throttle', share: 0.3 })

  it('releases although three of ten calls are throttled', async () => {
    await shop.create()
    throttle()
    const run = await shop.release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(shop.double.mutations()).toEqual(['RegisterTaskDefinition', 'UpdateService', 'TagResource'])
  })

  it('goes back although three of ten calls are throttled', async () => {
    await shop.create()
    shop.crashes()
    throttle()
    const run = await shop.release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'crash-on-start' })
    expect(shop.double.mutations().slice(0, 3)).toEqual([
      'RegisterTaskDefinition',
      'UpdateService',
      'StopServiceDeployment',
    ])
    expect(shop.digests()).toEqual([OLD, OLD])
  })

  it('moves the traffic although three of ten calls are throttled', async () => {
    await shop.create(PAUSED)
    throttle()
    const run = await shop.release({ strategy: 'blue-green' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(shop.double.mutations().filter((name) => name === 'ContinueServiceDeployment')).toHaveLength(1)
  })

  it.each(['reset-after', 'truncate', 'server-error', 'reset'] as const)(
    'sends nothing twice where the answer was lost (%s)',
    async (kind) => {
      await shop.create()
      for (const operation of ['RegisterTaskDefinition', 'UpdateService', 'TagResource'])
        shop.double.dial({ kind, operation, times: 1 })
      const run = await shop.release()
      expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
      expect(shop.service().serviceDeployments).toHaveLength(2)
      expect(shop.double.world.families.get('web')).toHaveLength(2)
    },
  )

  it.each([
    ['missing', { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }, 'there are no AWS credentials'],
    ['wrong', { AWS_SECRET_ACCESS_KEY: 'wrong' }, 'InvalidSignatureException'],
    ['unknown', { AWS_ACCESS_KEY_ID: 'AKIANOBODY' }, 'UnrecognizedClientException'],
    ['of another region', { AWS_REGION: 'us-east-1' }, 'InvalidSignatureException'],
  ])('refuses before anything is built where credentials are %s', async (_, env, words) => {
    await shop.create()
    const run = await shop.release({}, { env })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'failed', 'reason-code': 'target-denied' })
    expect(run.outputs.reason).toContain(words)
    expect(await shop.world.tags()).toEqual([])
    expect(shop.double.mutations()).toEqual([])
  })

  /** The credentials end when a line of the log appears. */
  const expiring = (at: RegExp) => ({
    onLine: (line: string) => {
      if (!at.test(line)) return
      shop.double.credentials.expiresAt = 0
      endedAt = Date.now()
    },
  })
  let endedAt = Number.NaN

  it.each([
    ['before the change', /Replace web/, 'failed', []],
    ['while it is proven', /Prove that every replica/, 'failed', ['RegisterTaskDefinition', 'UpdateService']],
  ] as const)('says that the credentials ended %s', async (_, at, outcome, calls) => {
    await shop.create()
    shop.double.dial({ kind: 'stuck-pending' })
    const run = await shop.release({ 'on-failure': 'leave', timeout: '5m' }, expiring(at))
    expect(Date.now() - endedAt, run.log).toBeLessThan(10_000)
    expect(run.outputs, run.log).toMatchObject({ outcome, 'reason-code': 'target-denied' })
    if (calls.length > 0) expect(run.log).toContain('what runs now could not be read')
    expect(run.outputs.reason).toContain('ExpiredTokenException')
    expect(run.log).toContain('role-duration-seconds')
    expect(shop.double.mutations()).toEqual(calls)
  })

  it('needs a person where the credentials end on the way back, and says what is left', async () => {
    await shop.create()
    shop.crashes()
    const run = await shop.release({ timeout: '5m' }, expiring(/Restore what ran before/))
    expect(Date.now() - endedAt, run.log).toBeLessThan(10_000)
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rollback-failed', 'reason-code': 'restore-failed' })
    expect(run.log).toContain('a person is needed')
    expect(run.outputs.reason).toContain('exit code 3')
    expect(run.outputs.reason).toContain('ExpiredTokenException')
  })

  it('is healthy where the credentials end when only the record is left', async () => {
    await shop.create()
    const run = await shop.release({}, expiring(/Record production/))
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(run.log).toContain('ExpiredTokenException')
    expect(shop.digests()).toEqual([run.outputs.digest, run.outputs.digest])
  })

  const LOGS = {
    logConfiguration: {
      logDriver: 'awslogs',
      options: { 'awslogs-group': '/shop', 'awslogs-region': 'eu-test-1', 'awslogs-stream-prefix': 'web' },
    },
  }

  it('shows the last log lines of a container that failed', async () => {
    await shop.create({}, { container: LOGS })
    shop.crashes()
    const run = await shop.release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'crash-on-start' })
    expect(run.log).toContain('panic: no database')
    expect(shop.double.calls('GetLogEvents')[0]).toMatchObject({ service: 'logs', status: 200 })
  })

  it.each([
    ['the role may not read them', { kind: 'deny' }, 'the AWS role may not call logs:GetLogEvents'],
    ['CloudWatch does not answer', { kind: 'silent' }, 'the last log lines were not read'],
  ] as const)('gives the reason without log lines where %s', async (_, rule, words) => {
    await shop.create({}, { container: LOGS })
    shop.crashes()
    shop.double.dial({ ...rule, operation: 'GetLogEvents' })
    const run = await shop.release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'crash-on-start' })
    expect(run.log).toContain(words)
    expect(shop.digests()).toEqual([OLD, OLD])
  })
})
