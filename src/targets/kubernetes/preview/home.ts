import type { PreviewSettings } from '../../../domain/preview.ts'
import type { Reason } from '../../../errors/deploy-error.ts'

/** Where a preview lives. */
export interface Home {
  readonly namespace: string
  /** Made, labelled and removed with the preview; otherwise it is shared with others. */
  readonly isOwn: boolean
}

export function homeOf({ namespace: { name, isOwn } }: PreviewSettings): Home {
  return { namespace: name, isOwn }
}

const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

export function homeFaults({ namespace }: Home): Reason[] {
  if (DNS_LABEL.test(namespace)) return []
  return [
    {
      code: 'invalid-input',
      what: `${namespace} is not the name of a namespace: at most 63 lower-case letters, digits and dashes`,
      fix: 'Set namespace to something like shop-pr-${number} or ${name}.',
    },
  ]
}
