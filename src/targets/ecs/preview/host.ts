/** Previews on Amazon ECS: listed by their tags, removed by name and tags; no file is needed. */
import type { Clock, PreviewHost, Reporter } from '../../../ports.ts'
import type { EcsApi } from '../api.ts'
import { foundPreviews } from '../../shared/previews.ts'
import type { TaggedService } from './found.ts'
import { taggedServices } from './found.ts'
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
  let copies: readonly TaggedService[] = []
  return {
    async list() {
      const all = await taggedServices(context)
      copies = all.filter(({ isOwn }) => !isOwn)
      const own = all.flatMap(({ part, isOwn }) => (isOwn ? [part] : []))
      // Amazon tells no time: a runner's clock is right to the second, and a preview lasts for days.
      return foundPreviews(own, clock.now())
    },
    async remove(preview) {
      const removal = await removePreview(preview, context)
      const copied = copies.filter(({ part }) => part.name === preview.name && part.repository === preview.repository)
      return { ...removal, left: [...new Set([...removal.left, ...copied.map(({ name }) => `service ${name}`)])] }
    },
    close() {
      api.close()
      index.close()
      return Promise.resolve()
    },
  }
}
