/** What a release would set in the containers of a workload, as lines of a plan. */
import { shortDigest } from '../../domain/digest.ts'
import type { PinnedImage } from '../../domain/image.ts'
import { parseReference, pinned } from '../../domain/image.ts'
import type { CheckRequest } from '../../ports.ts'
import { FIELD_MANAGER, messageOf, STRATEGIC } from './api/client.ts'
import type { Cluster } from './api/cluster.ts'
import type { WorkloadId } from './api/names.ts'
import type { Applier } from './apply/applier.ts'
import { diffLines } from './apply/diff.ts'
import type { Found } from './current.ts'

export async function planOf(
  { api, paths }: Cluster,
  files: Applier,
  { id, workload, slots }: Found,
  { dryRun, image }: CheckRequest,
): Promise<string[]> {
  const next = nextImage(image)
  if (image && isSetTo(slots, image)) return slots.map((slot) => `${slotText(id, slot)} runs ${slot.image} already`)
  const lines = slots.map((slot) => `${slotText(id, slot)}: ${shortImage(slot.image)} → ${next}`)
  // What manifests change is in the dry run of the manifests.
  if (!dryRun || !image || !workload || files.has(id)) return lines
  const named = (init: boolean) =>
    slots.filter((slot) => slot.init === init).map(({ name }) => ({ name, image: pinned(image) }))
  const initContainers = named(true)
  const body = {
    spec: {
      template: {
        spec: { containers: named(false), ...(initContainers.length > 0 ? { initContainers } : {}) },
      },
    },
  }
  const query = { dryRun: 'All', fieldManager: FIELD_MANAGER }
  const answer = await api.request('PATCH', paths.workload(id), { body, type: STRATEGIC, query })
  if (answer.status !== 200) return [...lines, `${id.label}: the cluster would refuse it: ${messageOf(answer)}`]
  const live = await api.request('GET', paths.workload(id))
  return [...lines, ...diffLines(live.body, answer.body).map((line) => `${id.label}: ${line}`)]
}

type Slot = Found['slots'][number]

/** What would be set, for a line of a plan. */
export function nextImage(image: PinnedImage | undefined): string {
  return image ? pinned(image) : 'the released digest'
}

/** Whether all containers of the release are set to that image. */
export function isSetTo(slots: readonly Slot[], { repository, accepted }: PinnedImage): boolean {
  return slots.every(({ image }) => {
    const set = parseReference(image)
    return set?.digest !== undefined && accepted.has(set.digest) && set.repository.name === repository.name
  })
}

function slotText({ label }: WorkloadId, { name, init }: Slot): string {
  return `${label} ${init ? 'init container' : 'container'} ${name}`
}

function shortImage(image: string): string {
  const [name, digest] = image.split('@')
  return digest === undefined ? image : `${name ?? ''}@${shortDigest(digest)}`
}
