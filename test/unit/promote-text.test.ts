// What the log says of each tag that a proven image gets.
import { expect, it } from 'vitest'
import { promotionText } from '../../src/pipeline/steps/promote.ts'
import { digestOf } from '../../src/domain/digest.ts'

it.each([
  ['a new tag', { tag: 'sha-1', changed: true }, 'sha-1'],
  ['one that named it already', { tag: 'sha-1', changed: false, previous: digestOf('a') }, 'sha-1 (unchanged)'],
  [
    'one that was moved',
    { tag: 'production', changed: true, previous: digestOf('a') },
    `production (was ${digestOf('a').slice(0, 19)})`,
  ],
])('%s', (_, promotion, text) => {
  expect(promotionText(promotion)).toBe(text)
})
