// As a user has it: workflows of a throwaway repository, run by act, against a clean export of what is committed here.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { WorkflowRun } from '../harness/act.ts'
import { runWorkflow } from '../harness/act.ts'
import { describeWith, need } from '../harness/lab.ts'
import { World } from './world.ts'

describeWith(
  'docker',
  'registry',
  'act',
)('in a user’s workflow', () => {
  let world: World
  let first: string
  beforeAll(async () => {
    world = await World.open({ services: ['web'] })
  })
  afterAll(() => world.close())

  const workflows = (): Record<string, string> => {
    const target = `image: ${world.image}
          deploy-to: swarm
          workload: ${world.services.names[0] ?? ''}
          stability: 1s`
    return {
      'ship.yml': `on: push
jobs:
  ship:
    runs-on: ubuntu-latest
    outputs:
      outcome: \${{ steps.release.outputs.outcome }}
      digest: \${{ steps.release.outputs.digest }}
    steps:
      - uses: actions/checkout@v5
      - id: release
        uses: OWNER/immutable-deploy@v1
        with:
          ${target}
  next:
    needs: ship
    runs-on: ubuntu-latest
    steps:
      - run: echo "heard \${{ needs.ship.outputs.outcome }} \${{ needs.ship.outputs.digest }}"
`,
      'back.yml': `on: {workflow_dispatch: {inputs: {to: {default: previous}}}}
jobs:
  back:
    runs-on: ubuntu-latest
    steps:
      - id: rollback
        uses: OWNER/immutable-deploy/rollback@v1
        with:
          to: \${{ inputs.to }}
          ${target}
`,
    }
  }
  const start = (event: 'push' | 'workflow_dispatch', payload: Record<string, unknown> = {}): Promise<WorkflowRun> =>
    runWorkflow({
      app: world.app,
      workflows: workflows(),
      event,
      payload,
      env: { DOCKER_HOST: need('docker').DOCKER_HOST },
    })
  const outputsOf = (run: WorkflowRun, job: string, id: string): Record<string, string> | undefined =>
    run.jobs[job]?.steps.find((step) => step.id === id && step.stage === 'Main')?.outputs

  it('a push releases, and the next job has its outputs', async () => {
    const run = await start('push')
    expect(run.code, run.log).toBe(0)
    const outputs = outputsOf(run, 'ship', 'release')
    expect(outputs, run.log).toMatchObject({ outcome: 'healthy', revision: world.app.revision })
    first = outputs?.digest ?? ''
    expect(run.log).toContain(`heard healthy ${first}`)
    expect(run.summary).toContain(world.app.revision)
    expect(run.annotations.filter(({ level }) => level === 'error')).toEqual([])
    await world.serves('v1', 'v1')
    expect(await world.digestOf('production')).toBe(first)
  })

  it('a dispatched rollback goes back to it', async () => {
    world.app.commit('second', { version: 'v2' })
    const second = await start('push')
    expect(outputsOf(second, 'ship', 'release'), second.log).toMatchObject({
      outcome: 'healthy',
      'previous-digest': first,
    })
    await world.serves('v2', 'v2')
    const back = await start('workflow_dispatch', { inputs: { to: 'previous' } })
    expect(back.code, back.log).toBe(0)
    expect(outputsOf(back, 'back', 'rollback'), back.log).toMatchObject({ outcome: 'healthy', digest: first })
    await world.serves('v1', 'v1')
    expect(await world.digestOf('production')).toBe(first)
  })

  it('a red release makes the workflow red', async () => {
    world.app.commit('third', { variant: 'crash' })
    const run = await start('push')
    expect(run.code).not.toBe(0)
    expect(outputsOf(run, 'ship', 'release'), run.log).toMatchObject({
      outcome: 'failed',
      'reason-code': 'smoke-exited',
    })
    expect(run.log).not.toContain('heard')
    await world.serves('v1', 'v1')
  })
})
