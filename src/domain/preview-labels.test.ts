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

  it.each(['never', '', '7d', '1', '2026-11-28', 'Sat Nov 28 2026', '9999-99-99T00:00:00Z', '$(date)'])(
    'with the expiry "%s", which is not a time, do not expire',
    (text) => {
      const read = readPreviewLabels({ ...previewLabels(part), 'dev.immutable-deploy.expires': text })
      expect(read?.expires).toBe(Number.POSITIVE_INFINITY)
      expect(previewLabels(read ?? part)).not.toHaveProperty('dev.immutable-deploy.expires')
    },
  )
})

describe('a part of a preview', () => {
  it('repeats its own name', () => {
    expect(isPartOf(previewLabels(part), 'shop-pr-7_web', preview)).toBe(true)
    expect(isPartOf(previewLabels(part), 'shop-pr-7_db', preview)).toBe(false)
  })

  it('has the number in its name, or is in a place that has it', () => {
    const clone = previewLabels({ ...part, owner: 'shop_web' })
    expect(isPartOf(clone, 'shop_web', preview)).toBe(false)
    expect(isPartOf(clone, 'shop_web', preview, 'shop-pr-7/shop_web')).toBe(true)
  })

  it.each([{ app: 'shop2' }, { repository: 'other/shop' }, { number: 8 }, { name: 'shop-pr-77' }])(
    'belongs to no other preview: %j',
    (other) => {
      expect(isPartOf(previewLabels(part), 'shop-pr-7_web', { ...preview, ...other })).toBe(false)
    },
  )
})
