import { describe, expect, it } from 'vitest'
import { compareAndSwap, Outdated } from './swap.ts'

describe('compare-and-swap', () => {
  it('is done with the first attempt that names the newest version', async () => {
    const numbers: number[] = []
    const attempt = async (number: number) => {
      numbers.push(number)
      return number < 3 ? new Outdated(new Error('old')) : 'written'
    }
    expect(await compareAndSwap(attempt)).toBe('written')
    expect(numbers).toEqual([1, 2, 3])
  })

  it('ends with the last error when the version never stands still', async () => {
    let attempts = 0
    const attempt = async () => new Outdated(new Error(`attempt ${String((attempts += 1))}`))
    await expect(compareAndSwap(attempt)).rejects.toThrow(`attempt ${String(attempts)}`)
    expect(attempts).toBe(10)
  })

  it('ends at once with what an attempt throws', async () => {
    let attempts = 0
    const attempt = async (): Promise<never> => {
      attempts += 1
      throw new Error('changed by somebody else')
    }
    await expect(compareAndSwap(attempt)).rejects.toThrow('changed by somebody else')
    expect(attempts).toBe(1)
  })
})
