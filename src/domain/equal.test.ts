import { describe, expect, it } from 'vitest'
import { equal } from './equal.ts'

describe('equal', () => {
  it.each([
    [{ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }, true],
    [{ a: undefined }, {}, true],
    [{ a: null }, {}, false],
    [[1, 2], [2, 1], false],
    [{ a: 1 }, { a: '1' }, false],
    [[], {}, false],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [undefined, null, false],
    [9007199254740993n, 9007199254740993n, true],
    [9007199254740993n, 9007199254740992n, false],
  ])('%o and %o: %s', (a, b, expected) => expect(equal(a, b)).toBe(expected))
})
