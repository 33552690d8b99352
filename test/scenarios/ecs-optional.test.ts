// What docs/ecs.md calls optional is optional: without all of it a release is proven, and one that fails goes back.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { NEEDS, OTHER_NEEDS, policy } from '../../src/targets/ecs/policy.ts'
import type { Policy } from '../harness/aws/policy.ts'
import { describeWith } from '../harness/lab.ts'
import { EcsShop, OLD } from './ecs-shop.ts'

const needs = [
  ...Object.entries(NEEDS).map(([name, need]) => [`ecs:${name}`, need] as const),
  ...Object.entries(OTHER_NEEDS),
]
const optional = needs.flatMap(([action, { isOptional }]) => (isOptional ? [action] : []))

function withoutOptional(): Policy {
  const { Statement } = policy() as Policy
  const kept = Statement.map((statement) => ({
    ...statement,
    Action: [statement.Action].flat().filter((action) => !optional.includes(action)),
  }))
  return { Statement: kept }
}

describeWith('docker', 'registry')('Amazon ECS: a role without what is optional', () => {
  let shop: EcsShop

  beforeEach(async () => {
    shop = await EcsShop.open({ policy: withoutOptional() })
    await shop.create()
  })
  afterEach(() => shop.close())

  it('releases', async () => {
    const run = await shop.release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'healthy' })
    expect(shop.digests()).toEqual([run.outputs.digest, run.outputs.digest])
  })

  it('goes back', async () => {
    shop.crashes()
    const run = await shop.release()
    expect(run.outputs, run.log).toMatchObject({ outcome: 'rolled-back', 'reason-code': 'crash-on-start' })
    expect(shop.digests()).toEqual([OLD, OLD])
  })
})
