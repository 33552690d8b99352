// The reusable workflows, called from a throwaway repository and run by act against what is committed here.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { WorkflowRun } from '../harness/act.ts'
import { runWorkflow } from '../harness/act.ts'
import { describeWith, need } from '../harness/lab.ts'
import { World } from './world.ts'

describeWith(
  'docker',
  'registry',
  'act',
)('reusable workflows', () => {
  let world: World
  let first: string
  beforeAll(async () => {
    world = await World.open({ services: ['web'] })
  })
  afterAll(() => world.close())

  const call = (event: 'push' | 'workflow_dispatch', payload: Record<string, unknown> = {}): Promise<WorkflowRun> => {
    const where = `image: ${world.image}
      deploy-to: swarm
      workload: ${world.services.names[0] ?? ''}`
    // The last job names the label that the called workflows run on.
    const heard = (job: string) => `  next:
    needs: ${job}
    runs-on: ubuntu-latest
    steps:
      - run: echo "heard \${{ needs.${job}.outputs.outcome }} \${{ needs.${job}.outputs.digest }}"
`
    return runWorkflow({
      app: world.app,
      event,
      payload,
      env: { DOCKER_HOST: need('docker').DOCKER_HOST },
      workflows: {
        'ship.yml': `on: push
jobs:
  ship:
    uses: OWNER/immutable-deploy/.github/workflows/release.yml@v1
    with:
      ${where}
${heard('ship')}`,
        'back.yml': `on: {workflow_dispatch: {inputs: {to: {default: previous}}}}
jobs:
  back:
    uses: OWNER/immutable-deploy/.github/workflows/rollback.yml@v1
    with:
      to: \${{ inputs.to }}
      ${where}
${heard('back')}`,
      },
    })
  }

  it('release.yml builds in one job, deploys that digest in the next, and its outputs come back', async () => {
    const run = await call('push')
    expect(run.code, run.log).toBe(0)
    await world.serves('v1', 'v1')
    first = (await world.digestOf('production')) ?? ''
    expect(run.log).toContain(`heard healthy ${first}`)
    expect(await world.digestOf(`sha-${world.app.revision}`)).toBe(first)
  })

  it('rollback.yml goes back to it', async () => {
    world.app.commit('second', { version: 'v2' })
    expect((await call('push')).code).toBe(0)
    await world.serves('v2', 'v2')
    const run = await call('workflow_dispatch', { inputs: { to: 'previous' } })
    expect(run.code, run.log).toBe(0)
    expect(run.log).toContain(`heard healthy ${first}`)
    await world.serves('v1', 'v1')
  })
})
