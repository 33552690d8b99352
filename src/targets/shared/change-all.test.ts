import { describe, expect, it } from 'vitest'
import { DeployError } from '../../errors/deploy-error.ts'
import { changeAll, putBackAfter } from './change-all.ts'

const refused = new DeployError('another-rollout', 'b was changed by somebody else')
const silent = new DeployError('target-unreachable', 'no answer')

function changing(errors: Readonly<Record<string, DeployError>>) {
  const tried: string[] = []
  const change = async (name: string) => {
    tried.push(name)
    if (errors[name]) throw errors[name]
    return `${name} changed`
  }
  return { tried, change }
}

describe('all workloads are changed', () => {
  it('and every result is given', async () => {
    const { results, refusals, changed } = await changeAll(['a', 'b'], changing({}).change)
    expect(results).toEqual(['a changed', 'b changed'])
    expect(refusals).toEqual([])
    expect(changed).toEqual(['a', 'b'])
  })

  it('a refusal of one does not keep the others from being tried', async () => {
    const { tried, change } = changing({ b: refused })
    const { outcomes, refusals, changed } = await changeAll(['a', 'b', 'c'], change)
    expect(tried).toEqual(['a', 'b', 'c'])
    expect(refusals).toEqual([refused])
    expect(changed).toEqual(['a', 'c'])
    expect(outcomes.map(({ refusal }) => refusal?.code)).toEqual([undefined, 'another-rollout', undefined])
  })

  it('one whose answer was lost counts as changed', async () => {
    const { changed, refusals } = await changeAll(['a', 'b'], changing({ a: silent, b: refused }).change)
    expect(changed).toEqual(['a'])
    expect(refusals).toEqual([silent, refused])
  })

  it('the first one alone, where two runs could hold a part each', async () => {
    const { tried, change } = changing({ a: refused })
    const { refusals, changed } = await changeAll(['a', 'b'], change, { firstAlone: true })
    expect(tried).toEqual(['a'])
    expect(refusals).toEqual([refused])
    expect(changed).toEqual([])
    expect((await changeAll([], change, { firstAlone: true })).results).toEqual([])
  })
})

describe('what was changed goes back', () => {
  it('and the refusal says that nothing is left', async () => {
    const error = await putBackAfter(refused, async () => undefined)
    expect(error).toMatchObject({ code: 'another-rollout', what: refused.what })
    expect(error.state).toMatch(/left no workload changed/)
  })

  it('or the refusal says what could not be put back', async () => {
    const error = await putBackAfter(refused, () => Promise.reject(silent))
    expect(error.code).toBe('another-rollout')
    expect(error.state).toContain('no answer')
  })
})
