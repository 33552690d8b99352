import { DeregisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeWith } from '../harness/lab.ts'
import { EcsShop } from './ecs-shop.ts'
import type { Told } from './world.ts'

describeWith('docker', 'registry')('the way back on Amazon ECS', () => {
  let shop: EcsShop
  /** Of the version before. */
  let first: Told
  let revision: string

  beforeEach(async () => {
    shop = await EcsShop.open({}, { registryOptions: { delete: true } })
    await shop.create()
    first = await shop.release()
    revision = shop.service().definition.taskDefinitionArn
    shop.world.app.commit('second', { version: 'v2' })
    const second = await shop.release()
    expect(second.outputs, second.log).toMatchObject({ outcome: 'healthy' })
    shop.double.world.calls.length = 0
  })
  afterEach(() => shop.close())

  it('finds the exact revision in Amazon’s own record where the tags of the service are lost', async () => {
    shop.service().tags = []
    const back = await shop.rollback()
    expect(back.outputs, back.log).toMatchObject({ outcome: 'healthy', digest: first.outputs.digest })
    expect(shop.service().definition.taskDefinitionArn).toBe(revision)
    expect(shop.double.mutations().filter((name) => !name.endsWith('TagResource'))).toEqual(['UpdateService'])
  })

  it('registers that version anew where that record may not be read either', async () => {
    shop.service().tags = []
    shop.double.dial({ kind: 'deny', operation: 'ListServiceDeployments' })
    const back = await shop.rollback()
    expect(back.outputs, back.log).toMatchObject({ outcome: 'healthy', digest: first.outputs.digest })
    expect(shop.double.mutations()).toContain('RegisterTaskDefinition')
    expect(shop.digests()).toEqual([first.outputs.digest, first.outputs.digest])
  })

  it('registers that version anew where its revision was deregistered, and refuses to where its settings are asked for', async () => {
    await shop.client.send(new DeregisterTaskDefinitionCommand({ taskDefinition: revision }))
    shop.double.world.calls.length = 0
    const refused = await shop.rollback({ settings: 'then' })
    expect(refused.outputs, refused.log).toMatchObject({ outcome: 'failed', 'reason-code': 'revision-inactive' })
    expect(refused.result.fix).toContain('digest')
    expect(shop.double.mutations()).toEqual([])
    const back = await shop.rollback()
    expect(back.outputs, back.log).toMatchObject({ outcome: 'healthy', digest: first.outputs.digest })
    expect(back.log).toContain('was deregistered')
    expect(shop.double.mutations()).toContain('RegisterTaskDefinition')
  })

  it('is refused where the image was deleted, before anything is changed', async () => {
    const [host = '', ...name] = shop.world.image.split('/')
    const url = `http://${host}/v2/${name.join('/')}/manifests/${first.outputs.digest ?? ''}`
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(202)
    const back = await shop.rollback({ to: first.outputs.digest ?? '' })
    expect(back.outputs, back.log).toMatchObject({ outcome: 'failed', 'reason-code': 'image-not-found' })
    expect(back.result.fix).not.toBe('')
    expect(shop.double.mutations()).toEqual([])
  })
})
