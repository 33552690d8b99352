/** An engine that is asked a few things at once, however much there is to remove: a manager has other work to do. */
import type { EngineApi } from '../../../ports.ts'

export type EngineRequests = Pick<EngineApi, 'endpoint' | 'request'>

/** Of a sweep that removes many previews side by side, and of one removal. */
const CONCURRENT_REQUESTS = 4

export function withFewRequests(api: EngineRequests, most: number = CONCURRENT_REQUESTS): EngineRequests {
  const waiting: (() => void)[] = []
  let free = most
  return {
    endpoint: api.endpoint,
    async request(method, path, options) {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await api.request(method, path, options)
      } finally {
        const next = waiting.shift()
        if (next) next()
        else free += 1
      }
    },
  }
}
