/** Previews on Amazon ECS: listed by their tags, removed by name and tags; no file is needed. */
import type { Clock, PreviewHost, Reporter } from '../../../ports.ts'
import type { EcsApi } from '../api.ts'
import { foundPreviews } from '../../shared/previews.ts'
import { partsIn } from './found.ts'
import { removePreview } from './remove.ts'
import type { TagIndex } from './tag-index.ts'

export interface HostContext {
  readonly api: EcsApi
  readonly index: TagIndex
  /** Name or ARN. */
  readonly cluster: string
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly reporter: Reporter
}

export function createPreviewHost(context: HostContext): PreviewHost {
  const { api, index, clock } = context
  return {
    // Amazon tells no time: a runner's clock is right to the second, and a preview lasts for days.
    list: async () => foundPreviews(await partsIn(context), clock.now()),
    remove: (preview) => removePreview(preview, context),
    close() {
      api.close()
      index.close()
      return Promise.resolve()
    },
  }
}
