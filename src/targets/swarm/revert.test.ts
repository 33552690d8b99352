import { describe, expect, it } from 'vitest'
import { reverted } from './revert.ts'

describe('taking one change back', () => {
  it.each<[string, unknown, unknown, unknown, unknown]>([
    ['nobody else changed anything', { a: 1, b: 1 }, { a: 2, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 1 }],
    ['another key was changed', { a: 1, b: 1 }, { a: 2, b: 1 }, { a: 2, b: 3 }, { a: 1, b: 3 }],
    ['the same key was changed later', { a: 1 }, { a: 2 }, { a: 3 }, { a: 3 }],
    ['a key was added by the change', {}, { a: 2 }, { a: 2, c: 1 }, { c: 1 }],
    ['a key was taken away by the change', { a: 1 }, {}, { c: 1 }, { a: 1, c: 1 }],
    ['deeper', { x: { a: [1], b: 1 } }, { x: { a: [2], b: 1 } }, { x: { a: [2], b: 9 } }, { x: { a: [1], b: 9 } }],
    ['a list that both changed is theirs', { a: [1] }, { a: [2] }, { a: [2, 3] }, { a: [2, 3] }],
    ['the change changed nothing', { a: 1 }, { a: 1 }, { a: 5 }, { a: 5 }],
  ])('%s', (_, before, written, live, expected) => expect(reverted(before, written, live)).toEqual(expected))
})
