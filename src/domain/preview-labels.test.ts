import { describe, expect, it } from 'vitest'
import { isPartOf, previewLabels, readPreviewLabels } from './preview-labels.ts'

const preview = { app: 'shop', number: 7, name: 'shop-pr-7', repository: 'acme/shop' }
const part = {
  ...preview,
  owner: 'shop-pr-7_web',
  run: '99-1',
  expires: Date.UTC(2026, 10, 28, 9, 30),
  candidates: ['ghcr.io/acme/shop:candidate-a', 'ghcr.io/acme/shop:candidate-b'],
}

describe('labels of a preview', () => {
  it('are read as they were written', () => {
    expect(previewLabels(part)['dev.immutable-deploy.expires']).toBe('2026-11-28T09:30:00Z')
    expect(readPreviewLabels(previewLabels(part))).toEqual(part)
    const bare = { ...preview, candidates: [] }
    expect(readPreviewLabels(previewLabels(bare))).toMatchObject(bare)
  })

  it.each([
    ['dev.immutable-deploy.app', undefined],
    ['dev.immutable-deploy.preview', 'production'],
    ['dev.immutable-deploy.preview', '-pr-7'],
    ['dev.immutable-deploy.pull-request', '0'],
    ['dev.immutable-deploy.pull-request', '7; rm'],
  ])('are not those of a preview with %s: %s', (key, value) => {
    expect(readPreviewLabels({ ...previewLabels(part), [key]: value })).toBeUndefined()
  })

  it('do not count an expiry that is not a time', () => {
    expect(readPreviewLabels({ ...previewLabels(part), 'dev.immutable-deploy.expires': 'never' })?.expires).toBe(
      undefined,
    )
  })
})

describe('a part of a preview', () => {
  it('repeats its own name', () => {
    expect(isPartOf(previewLabels(part), 'shop-pr-7_web', preview)).toBe(true)
    expect(isPartOf(previewLabels(part), 'shop-pr-7_db', preview)).toBe(false)
  })

  it.each([{ app: 'shop2' }, { repository: 'other/shop' }, { number: 8 }, { name: 'shop-pr-77' }])(
    'belongs to no other preview: %j',
    (other) => {
      expect(isPartOf(previewLabels(part), 'shop-pr-7_web', { ...preview, ...other })).toBe(false)
    },
  )
})
