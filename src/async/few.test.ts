import { expect, it } from 'vitest'
import { inFew } from './few.ts'

it('works on a few at once and keeps the order', async () => {
  let [now, most] = [0, 0]
  const results = await inFew([30, 10, 20, 5, 1], 2, async (ms) => {
    most = Math.max(most, (now += 1))
    await new Promise((resolve) => setTimeout(resolve, ms))
    now -= 1
    return ms
  })
  expect(results).toEqual([30, 10, 20, 5, 1])
  expect(most).toBe(2)
})

it('begins nothing after a failure, and waits for what is under way', async () => {
  const begun: number[] = []
  const ended: number[] = []
  const working = inFew([1, 2, 3, 4], 2, async (item) => {
    begun.push(item)
    if (item === 1) throw new Error('first')
    await new Promise((resolve) => setTimeout(resolve, 5))
    ended.push(item)
  })
  await expect(working).rejects.toThrow('first')
  expect([begun, ended]).toEqual([[1, 2], [2]])
})
