import { expect, it } from 'vitest'
import { foundPreviews } from './previews.ts'

const seven = { app: 'shop', number: 7, name: 'shop-pr-7' }
const eight = { app: 'shop', number: 8, name: 'shop-pr-8' }

it('puts the parts of each preview together: the latest deployment counts', () => {
  const parts = [
    { ...seven, run: '1-1', expires: 500, candidates: ['r:a'] },
    { ...seven, run: '2-1', expires: 1500, candidates: ['r:a', 'r:b'] },
    { ...eight, run: '3-1', expires: 1000, candidates: [] },
  ]
  expect(foundPreviews(parts, 1000)).toEqual([
    { ...seven, expired: false },
    { ...eight, expired: true },
  ])
})

it('takes none for old of which somebody wrote something else', () => {
  const parts = [
    { ...seven, expires: Number.POSITIVE_INFINITY, candidates: [] },
    { ...seven, expires: 1, candidates: [] },
  ]
  expect(foundPreviews(parts, 1000)).toEqual([{ ...seven, expired: false }])
})

it('takes what is left without an expiry for the rest of a removal', () => {
  expect(foundPreviews([{ ...seven, candidates: [] }], 0)).toEqual([{ ...seven, expired: true }])
})
