/**
 * Works on all items, at most `most` of them at once; results are in the order of the items. After a failure nothing more
 * is begun, and it is thrown when everything under way has ended.
 */
export async function inFew<T, R>(items: readonly T[], most: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: { readonly index: number; readonly value: R }[] = []
  const failures: unknown[] = []
  const rest = items.entries()
  const worker = async (): Promise<void> => {
    for (const [index, item] of rest) {
      if (failures.length > 0) return
      try {
        results.push({ index, value: await work(item) })
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker))
  if (failures.length > 0) throw failures[0]
  return results.sort((one, other) => one.index - other.index).map(({ value }) => value)
}
