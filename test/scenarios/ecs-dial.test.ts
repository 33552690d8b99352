// Each row of the double's dial: the right outcome, the right reason, and exactly the calls that change something.
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Rule } from '../harness/ecs/dial.ts'
import { describeWith } from '../harness/lab.ts'
import { EcsShop, OLD } from './ecs-shop.ts'

const SENT = ['RegisterTaskDefinition', 'UpdateService']
const RECORDED = [...SENT, 'TagResource']

interface Row {
  readonly rule: Rule
  /** Ends after so long, ms; never by default. */
  readonly forMs?: number
  readonly outcome: string
  readonly reason?: string
  readonly calls: readonly string[]
}

const ROWS: readonly Row[] = [
  {
    rule: { kind: 'missing', operation: 'DescribeServices', times: 2 },
    outcome: 'failed',
    reason: 'workload-not-found',
    calls: [],
  },
  { rule: { kind: 'stale', operation: 'DescribeServices' }, forMs: 6000, outcome: 'healthy', calls: RECORDED },
  { rule: { kind: 'server-error', share: 0.2 }, outcome: 'healthy', calls: RECORDED },
  { rule: { kind: 'reset', share: 0.2 }, outcome: 'healthy', calls: RECORDED },
  { rule: { kind: 'truncate', operation: 'DescribeServices', share: 0.5 }, outcome: 'healthy', calls: RECORDED },
  { rule: { kind: 'latency', ms: 300 }, outcome: 'healthy', calls: RECORDED },
  { rule: { kind: 'slow-drain', ms: 2000 }, outcome: 'healthy', calls: RECORDED },
  { rule: { kind: 'no-service-deployments' }, outcome: 'healthy', calls: RECORDED },
  { rule: { kind: 'stuck-provisioning' }, outcome: 'timed-out', reason: 'rollout-timeout', calls: SENT },
  { rule: { kind: 'stuck-pending' }, outcome: 'timed-out', reason: 'rollout-timeout', calls: SENT },
  { rule: { kind: 'capacity' }, outcome: 'timed-out', reason: 'unschedulable', calls: SENT },
  { rule: { kind: 'hold-complete' }, outcome: 'timed-out', reason: 'rollout-timeout', calls: SENT },
  { rule: { kind: 'sd-pending' }, outcome: 'timed-out', reason: 'rollout-timeout', calls: SENT },
  { rule: { kind: 'freeze' }, outcome: 'timed-out', reason: 'rollout-timeout', calls: SENT },
  { rule: { kind: 'digest-omit' }, outcome: 'timed-out', reason: 'rollout-timeout', calls: SENT },
]

describeWith('docker', 'registry')('Amazon ECS: the dial', () => {
  let shop: EcsShop

  beforeEach(async () => {
    shop = await EcsShop.open()
    await shop.create()
  })
  afterEach(() => shop.close())

  it.each(ROWS)('$rule.kind: $outcome', async ({ rule, forMs, outcome, reason, calls }) => {
    shop.double.dial({ ...rule, ...(forMs === undefined ? {} : { untilMs: Date.now() + forMs }) })
    const timeout = outcome === 'timed-out' ? '4s' : '30s'
    const run = await shop.release({ 'on-failure': 'leave', timeout })
    const code = reason === undefined ? {} : { 'reason-code': reason }
    expect(run.outputs, run.log).toMatchObject({ outcome, ...code })
    expect(shop.double.mutations()).toEqual(calls)
    if (outcome === 'healthy') expect(shop.digests()).toEqual([run.outputs.digest, run.outputs.digest])
  })

  it('hold-rollback: a way back that Amazon does not carry out needs a person', async () => {
    shop.crashes()
    shop.double.dial({ kind: 'hold-rollback' })
    const run = await shop.release({ timeout: '6s' })
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rollback-failed' })
    expect(shop.double.mutations().slice(0, 3)).toEqual([...SENT, 'StopServiceDeployment'])
  })

  it('digest-form: another digest of the same image is the same image', async () => {
    const first = await shop.release()
    expect(first.outputs, first.log).toMatchObject({ outcome: 'healthy' })
    const { digest = '' } = first.outputs
    const { registry, image } = shop.world
    const repository = image.split('/').slice(1).join('/')
    const answer = await fetch(`${registry.url}/v2/${repository}/manifests/${digest}`, {
      headers: {
        accept: 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json',
      },
    })
    const { config } = (await answer.json()) as { config: { digest: string } }
    shop.double.dial({ kind: 'digest-form', digest: config.digest })
    const again = await shop.release()
    expect(again.outputs, again.log).toMatchObject({ outcome: 'unchanged' })
  })

  it('keeps what ran before where nothing of the new version ever runs', async () => {
    shop.double.dial({ kind: 'stuck-pending' })
    const run = await shop.release({ timeout: '4s' })
    expect(run.outputs, run.log).toMatchObject({ 'rolled-back': 'true', 'reason-code': 'rollout-timeout' })
    expect(shop.digests()).toEqual([OLD, OLD])
  })
})
