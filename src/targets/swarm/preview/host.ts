/** Previews in a Swarm: listed and removed by their labels, without any file. */
import { isPartOf, readPreviewLabels } from '../../../domain/preview-labels.ts'
import { LABEL } from '../../../domain/labels.ts'
import type { Clock, EngineApi, PreviewHost } from '../../../ports.ts'
import { foundPreviews } from '../../shared/previews.ts'
import { withFewRequests } from './few-requests.ts'
import { findParts } from './found.ts'
import { removePreview } from './remove.ts'

export interface HostContext {
  /** The host's own connection: `close()` ends it. */
  readonly api: EngineApi
  readonly clock: Clock
  readonly signal: AbortSignal
}

export function createPreviewHost({ api, clock, signal }: HostContext): PreviewHost {
  const few = withFewRequests(api)
  return {
    async list() {
      const { parts, now } = await findParts(api, LABEL.preview, clock)
      const own = parts.flatMap(({ labels, name }) => {
        const part = readPreviewLabels(labels)
        return part && isPartOf(labels, name, part) ? [part] : []
      })
      return foundPreviews(own, now)
    },
    async remove(preview) {
      return removePreview(preview, { api: few, clock, signal })
    },
    async close() {
      api.close()
    },
  }
}
