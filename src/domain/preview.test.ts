import { describe, expect, it } from 'vitest'
import { fillTemplate, previewName } from './preview.ts'

describe('previewName', () => {
  it.each([
    ['shop', 7, 'shop-pr-7'],
    ['a', 12345, 'a-pr-12345'],
  ])('keeps %s as it is', (app, number, name) => {
    expect(previewName(app, number)).toBe(name)
  })

  it.each(['Shop', 'shop.web', 'shop_web', '7up', '-', 'x'.repeat(80), 'größe', 'shop-'])(
    'makes a DNS label of %j that no other app has',
    (app) => {
      const name = previewName(app, 7)
      expect(name).toMatch(/^[a-z][a-z0-9-]*[a-f0-9]{6}-pr-7$/)
      expect(name.length).toBeLessThanOrEqual(63)
      expect(previewName(`${app}x`, 7)).not.toBe(name)
    },
  )

  it('fits into a shorter limit', () => {
    const name = previewName('a-rather-long-name', 123456, 24)
    expect(name).toMatch(/^a-rathe-[a-f0-9]{6}-pr-123456$/)
    expect(name).toHaveLength(24)
  })
})

it('fills in number and name, and nothing else', () => {
  const preview = { number: 7, name: 'shop-pr-7' }
  expect(fillTemplate('https://${name}.example.com/${number}/${other}/$number', preview)).toBe(
    'https://shop-pr-7.example.com/7/${other}/$number',
  )
})
