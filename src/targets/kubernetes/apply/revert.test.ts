// What one run changed goes back, what others changed meanwhile stays; and settings are told by name.
import { describe, expect, it } from 'vitest'
import { reverted } from './revert.ts'
import type { Template } from '../api/schema.ts'
import { differingSettings } from './settings.ts'

type Json = Record<string, unknown>
const container = (image: string, more: Json = {}) => ({ name: 'web', image, ...more })
const spec = (web: Json, more: Json = {}) => ({ replicas: 2, template: { spec: { containers: [web] } }, ...more })
const env = (...pairs: [string, string][]) => ({ env: pairs.map(([name, value]) => ({ name, value })) })

describe('what goes back', () => {
  it('is exact where nobody else changed anything', () => {
    const before = spec(container('old', env(['A', '1'])))
    const written = spec(container('new', env(['A', '1'])))
    expect(reverted(before, written, written)).toBe(before)
  })

  it.each<[string, Json, Json, Json, Json]>([
    ['a rotated variable stays', env(['A', '1']), env(['A', '1']), env(['A', '2']), env(['A', '2'])],
    [
      'a new variable stays',
      env(['A', '1']),
      env(['A', '1']),
      env(['A', '1'], ['B', '2']),
      env(['A', '1'], ['B', '2']),
    ],
    [
      'a removed variable stays removed',
      env(['A', '1'], ['B', '2']),
      env(['A', '1'], ['B', '2']),
      env(['A', '1']),
      env(['A', '1']),
    ],
    [
      'a variable that the manifest changed goes back',
      env(['A', '1']),
      env(['A', '9']),
      env(['A', '9'], ['B', '2']),
      env(['A', '1'], ['B', '2']),
    ],
    [
      'a variable that the manifest added goes',
      env(['A', '1']),
      env(['A', '1'], ['N', '0']),
      env(['A', '2'], ['N', '0']),
      env(['A', '2']),
    ],
    ['what both changed is the later one', env(['A', '1']), env(['A', '9']), env(['A', '5']), env(['A', '5'])],
    [
      'a mount is told by its path',
      { volumeMounts: [{ mountPath: '/a' }] },
      { volumeMounts: [{ mountPath: '/a' }, { mountPath: '/b' }] },
      { volumeMounts: [{ mountPath: '/a' }, { mountPath: '/b' }, { mountPath: '/c' }] },
      { volumeMounts: [{ mountPath: '/a' }, { mountPath: '/c' }] },
    ],
    [
      'a list without keys that others changed stays',
      { args: ['a'] },
      { args: ['b'] },
      { args: ['c'] },
      { args: ['c'] },
    ],
  ])('%s', (_, before, written, live, after) => {
    const back = reverted(spec(container('old', before)), spec(container('new', written)), spec(container('new', live)))
    expect(back).toEqual(spec(container('old', after)))
  })

  it('a restart by hand, another size and a new sidecar stay', () => {
    const before = spec(container('old'))
    const written = spec(container('new'))
    const meta = { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } }
    const live = {
      replicas: 5,
      template: { metadata: meta, spec: { containers: [container('new'), { name: 'side' }] } },
    }
    const back = {
      replicas: 5,
      template: { metadata: meta, spec: { containers: [container('old'), { name: 'side' }] } },
    }
    expect(reverted(before, written, live)).toEqual(back)
  })
})

describe('settings that differ', () => {
  const template = (web: Json, more: Json = {}, others: Json[] = []) =>
    ({
      metadata: { labels: { app: 'web' } },
      spec: { containers: [container('x', web), ...others], ...more },
    }) as Template

  it('are named, with no value', () => {
    const then = template({ ...env(['PASSWORD', 'hunter1'], ['A', '1']), resources: { limits: { cpu: '1' } } })
    const now = template(
      env(['PASSWORD', 'hunter2'], ['A', '1']),
      { serviceAccountName: 'x', volumes: [{ name: 'cache' }] },
      [{ name: 'side', image: 'y' }],
    )
    const names = differingSettings(now, then)
    expect(names).toEqual([
      'env PASSWORD of container web',
      'resources of container web',
      'container side',
      'serviceAccountName',
      'volume cache',
    ])
    expect(names.join()).not.toContain('hunter')
  })

  it('are none where only the image differs', () => {
    expect(differingSettings(template({ image: 'a' }), template({ image: 'b' }))).toEqual([])
  })
})
