import { expect, it } from 'vitest'
import { parseSize } from './size.ts'

it.each([
  ['2048', 2048],
  ['5b', 5],
  ['64m', 64 * 1024 ** 2],
  ['1.5GB', 1.5 * 1024 ** 3],
  ['1 kib', 1024],
  ['.5k', 512],
  ['1t', 1024 ** 4],
  ['2P', 2 * 1024 ** 5],
  ['lots', undefined],
  ['', undefined],
  ['1x', undefined],
  ['-1k', undefined],
])('%s is %s bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes)
})

it.each([
  ['300MB', 300_000_000],
  ['300M', 300 * 1024 ** 2],
  ['300MiB', 300 * 1024 ** 2],
])('with decimal kB: %s is %d bytes', (text, bytes) => {
  expect(parseSize(text, true)).toBe(bytes)
})
