import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { runWorkflow } from './act.ts'
import { describeWith } from './lab.ts'
import { tempDir } from './temp.ts'

describeWith('act')('workflows through act', () => {
  const action = tempDir('fixture')
  mkdirSync(path.join(action, 'rollback'))
  for (const place of ['.', 'rollback']) {
    writeFileSync(
      path.join(action, place, 'action.yml'),
      `name: x\ndescription: x\ninputs: {to: {default: previous}}\noutputs: {said: {description: x}}\nruns: {using: node24, main: ${place === '.' ? '' : '../'}main.mjs}\n`,
    )
  }
  writeFileSync(
    path.join(action, 'main.mjs'),
    `import { appendFileSync } from 'node:fs'
     appendFileSync(process.env.GITHUB_OUTPUT, 'said=' + process.env.INPUT_TO + ' on ' + process.version.slice(0, 3) + '\\n')
     appendFileSync(process.env.GITHUB_STEP_SUMMARY, '# summary\\n'); console.log('::notice::seen ' + process.env.SHARED)
     process.exitCode = process.env.INPUT_TO === 'nothing' ? 1 : 0`,
  )

  it('runs the action and hands its outputs to the next job', async () => {
    const run = await runWorkflow({
      action,
      env: { SHARED: 'yes' },
      workflows: {
        'ship.yml': `on: push
jobs:
  ship:
    runs-on: ubuntu-latest
    outputs: {said: '\${{ steps.it.outputs.said }}'}
    steps:
      - uses: actions/checkout@v5
      - id: it
        uses: OWNER/immutable-deploy@v1
        with: {to: world}
  next:
    needs: ship
    runs-on: ubuntu-24.04
    steps:
      - run: echo "heard \${{ needs.ship.outputs.said }}"
`,
      },
    })
    expect(run.log).toContain('heard world on v24')
    expect(run).toMatchObject({
      code: 0,
      summary: '# summary\n',
      jobs: { ship: { result: 'success' }, next: { result: 'success' } },
    })
    expect(run.jobs.ship?.steps.find((step) => step.id === 'it' && step.stage === 'Main')).toMatchObject({
      result: 'success',
      outputs: { said: 'world on v24' },
    })
    expect(run.annotations).toEqual([{ level: 'notice', message: 'seen yes' }])
  })

  it('runs a dispatched sub-action, red when it fails', async () => {
    const run = await runWorkflow({
      action,
      event: 'workflow_dispatch',
      payload: { inputs: { to: 'nothing' } },
      workflows: {
        'back.yml': `on: {workflow_dispatch: {inputs: {to: {required: true}}}}
jobs:
  back:
    runs-on: ubuntu-latest
    steps:
      - id: it
        uses: OWNER/immutable-deploy/rollback@v1
        with: {to: '\${{ inputs.to }}'}
`,
      },
    })
    expect(run).toMatchObject({ code: 1, jobs: { back: { result: 'failure' } } })
  })
})
