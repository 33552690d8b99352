/** Volumes of a preview on the node that is asked, by the names that its services mount. */
import * as v from 'valibot'
import { readPreviewLabels } from '../../../domain/preview-labels.ts'
import type { EngineApi } from '../../../ports.ts'
import { accepted } from '../engine.ts'
import type { Stack } from '../stack/stack.ts'
import { labelsOf, listOf, nodeOf, textOf } from '../stack/values.ts'
import type { FoundPart } from './found.ts'

const Volumes = v.object({
  Volumes: v.nullish(v.array(v.object({ Name: v.string(), Labels: v.nullish(v.record(v.string(), v.string())) }))),
})

type Volume = Pick<FoundPart, 'kind' | 'name' | 'labels'>

/** Those that exist and would be mounted as the preview's own, whoever made them. */
export async function ownVolumes(api: EngineApi, stack: Stack): Promise<Volume[]> {
  const names = new Set([...stack.services.values()].flatMap(({ spec }) => mountedBy(spec.TaskTemplate.ContainerSpec)))
  if (names.size === 0) return []
  const answer = await api.request('GET', '/volumes', { query: { filters: { name: [...names] } } })
  const listed = v.parse(Volumes, accepted(api, answer, 'list volumes')).Volumes ?? []
  return listed
    .filter(({ Name }) => names.has(Name)) // The engine's filter matches parts of names
    .map(({ Name: name, Labels }) => ({ kind: 'volume', name, labels: Labels ?? {} }))
}

function mountedBy(container: object | undefined): string[] {
  return listOf(nodeOf(container).Mounts).flatMap((item) => {
    const labels = labelsOf(nodeOf(nodeOf(item).VolumeOptions).Labels)
    return readPreviewLabels(labels) ? [textOf(nodeOf(item).Source) ?? ''] : []
  })
}
