const EVERY_MS = 20

/** How long a busy machine has kept this process waiting since then, in all: what it measures of others was as late. */
export function measureLag(): { stop: () => number } {
  let last = performance.now()
  let lag = 0
  const add = (): void => {
    const now = performance.now()
    lag += Math.max(0, now - last - EVERY_MS)
    last = now
  }
  const timer = setInterval(add, EVERY_MS)
  return {
    stop() {
      clearInterval(timer)
      return Math.round(lag)
    },
  }
}
