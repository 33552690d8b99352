// Jobs of the manifests: what they say of themselves, and what that means for the release.
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../../../test/fakes/clock.ts'
import { asDeployError, DeployError } from '../../../errors/deploy-error.ts'
import type { KubeAnswer, KubeApi, Observation, WorkloadObservation } from '../../../ports.ts'
import { immutableAdvice, jobState, JobWatch, removeEndedJob } from './jobs.ts'
import { createCluster } from '../api/cluster.ts'
import type { Job } from '../api/schema.ts'

type Status = NonNullable<Job['status']>
const job = (status?: Partial<Status>, spec: Job['spec'] = { suspend: null }): Job => ({
  metadata: { name: 'migrate', uid: 'u1', resourceVersion: '1' },
  spec,
  status: status && { active: null, failed: null, conditions: null, ...status },
})
const condition = (type: string, more: { reason?: string; message?: string; status?: string } = {}) => ({
  type,
  status: 'True',
  reason: null,
  message: null,
  lastTransitionTime: null,
  lastUpdateTime: null,
  ...more,
})

const clusterOf = (fake: KubeApi) => createCluster({ api: fake, clock: new FakeClock() }, 'shop')

function api(answers: Record<string, () => Partial<KubeAnswer>>) {
  const asked: string[] = []
  const fake: KubeApi = {
    namespace: () => Promise.resolve('shop'),
    request: (method, path) => {
      asked.push(`${method} ${path}`)
      const found = Object.entries(answers).find(([key]) => `${method} ${path}`.endsWith(key))
      return Promise.resolve({ status: 404, body: {}, ...found?.[1]() })
    },
    async *watch() {
      yield* []
    },
    close: () => Promise.resolve(),
  }
  return { fake, asked }
}

describe('a Job', () => {
  it.each<[string, Job | undefined, object]>([
    ['is done', job({ conditions: [condition('Complete')] }), { is: 'done' }],
    ['met its success policy', job({ conditions: [condition('SuccessCriteriaMet')] }), { is: 'done' }],
    ['was not seen by its controller yet', job(), { is: 'running' }],
    [
      'runs',
      job({ active: 2, failed: 1 }),
      { is: 'running', detail: 'job/migrate is not done: 2 of its pods run, 1 failed so far' },
    ],
    ['is suspended', job({}, { suspend: true }), { is: 'running', detail: 'job/migrate is suspended' }],
    [
      'failed',
      job({
        conditions: [
          condition('Failed', {
            reason: 'BackoffLimitExceeded',
            message: 'Job has reached the specified backoff limit',
          }),
        ],
      }),
      {
        is: 'failed',
        reason: {
          code: 'job-failed',
          what: 'job/migrate failed: BackoffLimitExceeded: Job has reached the specified backoff limit',
        },
      },
    ],
    [
      'is going to fail',
      job({ conditions: [condition('FailureTarget', { reason: 'DeadlineExceeded' })] }),
      { is: 'failed' },
    ],
    [
      'has a condition that is not true',
      job({ conditions: [condition('Failed', { status: 'False' })] }),
      { is: 'running' },
    ],
    ['is gone', undefined, { is: 'failed' }],
  ])('%s', (_, given, state) => expect(jobState(given, 'job/migrate')).toMatchObject(state))
})

describe('the Jobs of a release', () => {
  const place = { label: 'job/migrate', path: '/jobs/migrate' }
  const web = (state: WorkloadObservation['state']): WorkloadObservation => ({
    name: 'web',
    state,
    desired: 1,
    replicas: [],
  })
  const observed = (...states: WorkloadObservation['state'][]): Observation => ({ workloads: states.map(web) })
  const watch = (status: Partial<Status>) => {
    const { fake, asked } = api({
      'GET /jobs/migrate': () => ({ status: 200, body: job(status) }),
      'GET /api/v1/namespaces/shop/pods': () => ({
        status: 200,
        body: {
          items: [
            {
              metadata: { name: 'migrate-x', uid: 'p', resourceVersion: '1' },
              spec: { containers: [{ name: 'm' }] },
              status: { phase: 'Failed' },
            },
          ],
        },
      }),
      'GET /api/v1/namespaces/shop/pods/migrate-x/log': () => ({ status: 200, body: 'relation "users" exists\n' }),
    })
    return { jobs: new JobWatch(clusterOf(fake), [place]), asked }
  }
  const failed = { conditions: [condition('Failed')] }

  it('hold a settled release until they are done', async () => {
    const running = await watch({ active: 1 }).jobs.added(observed({ is: 'settled' }, { is: 'settled' }), false)
    expect(running.workloads.map(({ state }) => state.is)).toEqual(['progressing', 'settled'])
    const done = await watch({ conditions: [condition('Complete')] }).jobs.added(observed({ is: 'settled' }), false)
    expect(done.workloads[0]?.state).toEqual({ is: 'settled' })
  })
  it('say nothing while the workloads are not done either', async () => {
    const state = { is: 'progressing', detail: '0 of 2' } as const
    expect((await watch({ active: 1 }).jobs.added(observed(state), false)).workloads[0]?.state).toEqual(state)
  })
  it('fail it with their last words, whatever the workloads do', async () => {
    for (const state of [{ is: 'settled' }, { is: 'progressing', detail: '' }] as const) {
      const { workloads } = await watch(failed).jobs.added(observed(state), false)
      expect(workloads[0]?.state).toMatchObject({ is: 'failed', reason: { code: 'job-failed' } })
      expect(JSON.stringify(workloads)).toContain('relation')
    }
  })
  it('do not hide that a workload failed or belongs to somebody else', async () => {
    const state = { is: 'superseded', by: 'kubectl' } as const
    expect((await watch(failed).jobs.added(observed(state), false)).workloads[0]?.state).toEqual(state)
  })
  it('are asked once a second, and anew for the verdict', async () => {
    const { jobs, asked } = watch({ active: 1 })
    for (let look = 0; look < 5; look++) await jobs.added(observed({ is: 'settled' }), false)
    expect(asked).toHaveLength(1)
    await jobs.added(observed({ is: 'settled' }), true)
    expect(asked).toHaveLength(2)
  })
})

describe('a Job of that name is there already', () => {
  const place = { label: 'job/migrate', path: '/jobs/migrate' }
  it('one that has ended makes room, and the removal is waited for', async () => {
    let looks = 0
    const { fake, asked } = api({
      'GET /jobs/migrate': () =>
        looks++ < 3 ? { status: 200, body: job({ conditions: [condition('Complete')] }) } : {},
      'DELETE /jobs/migrate': () => ({ status: 200 }),
    })
    await removeEndedJob(clusterOf(fake), place)
    expect(asked).toEqual([
      'GET /jobs/migrate',
      'DELETE /jobs/migrate',
      ...Array.from({ length: 3 }, () => 'GET /jobs/migrate'),
    ])
  })
  it('one that runs is left alone, and the refusal says why', async () => {
    const { fake, asked } = api({ 'GET /jobs/migrate': () => ({ status: 200, body: job({ active: 1 }) }) })
    const refused = await removeEndedJob(clusterOf(fake), place).catch(asDeployError)
    expect(refused).toMatchObject({ code: 'manifest-invalid', what: expect.stringContaining('still runs') as string })
    expect(asked.some((request) => request.startsWith('DELETE'))).toBe(false)
  })
})

describe('what can never be changed', () => {
  it.each([
    'Job.batch "m" is invalid: spec.template: Invalid value: core.PodTemplateSpec{…}: field is immutable',
    'StatefulSet.apps "db" is invalid: spec: Forbidden: updates to statefulset spec for fields other than \'replicas\' are forbidden',
    'Pod "p" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`',
    'ConfigMap "c" is invalid: data: Forbidden: field is immutable when `immutable` is set',
  ])('is refused with a way out: %s', (message) => {
    const { fix } = immutableAdvice(new DeployError('manifest-invalid', message), 'kind/name')
    expect(fix).toMatch(/cannot be changed.*another name/)
  })
  it('other refusals keep their advice', () => {
    const error = new DeployError('manifest-invalid', 'spec.replicas: must be positive')
    expect(immutableAdvice(error, 'kind/name')).toBe(error)
  })
})
