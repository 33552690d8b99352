/** Waiting for news: many changes at once are one piece of news, and a costly look is not repeated at every one. */
export interface Changes {
  notify(): void
  /** What happened until now is known. */
  seen(): void
  /** Resolves when something changed, but not within the first `quiet` ms; at the latest after `ms`. */
  wait(ms: number, quiet: number, signal: AbortSignal): Promise<void>
}

export function makeChanges(): Changes {
  const listeners = new Set<() => void>()
  let isUnseen = false

  function next(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (isUnseen || signal.aborted) {
        resolve()
        return
      }
      const timer = setTimeout(done, ms)
      function done() {
        clearTimeout(timer)
        listeners.delete(done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      listeners.add(done)
      signal.addEventListener('abort', done, { once: true })
    })
  }

  return {
    notify() {
      isUnseen = true
      for (const listener of [...listeners]) listener()
    },
    seen() {
      isUnseen = false
    },
    async wait(ms, quiet, signal) {
      const began = Date.now()
      await next(ms, signal)
      const left = Math.min(quiet, ms) - (Date.now() - began)
      if (left > 0 && !signal.aborted) await pause(left, signal)
    },
  }
}

/** Resolves after `ms`, or at once when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done, { once: true })
  })
}
