/** What a deployment writes on the services of a preview beside what the files say. Pure. */
import * as v from 'valibot'
import { runKey } from '../../../domain/labels.ts'
import type { PreviewPart } from '../../../domain/preview-labels.ts'
import { isPartOf, previewLabels, readPreviewLabels, withCandidate } from '../../../domain/preview-labels.ts'
import type { PreviewSettings } from '../../../domain/preview.ts'
import type { Stamp } from '../../../domain/stamp.ts'
import type { Service, ServiceSpec } from '../schema.ts'
import { TaskTemplate } from '../schema.ts'

/** Labels of one deployment: for everything that it makes. */
export interface Marks {
  readonly part: PreviewPart
}

/** @param now by the manager's clock */
export function marksOf(preview: PreviewSettings, stamp: Stamp, live: readonly Service[], now: number): Marks {
  const { app, name, number, repository, ttl } = preview
  const before = live.flatMap(({ Spec }) => readPreviewLabels(Spec.Labels ?? {})?.candidates ?? [])
  const candidates = withCandidate(before, stamp.candidate)
  const owner = repository === undefined ? {} : { repository }
  return { part: { app, name, number, ...owner, run: runKey(stamp.run), expires: now + ttl, candidates } }
}

export function marksFor(owner: string | undefined, { part }: Marks): Record<string, string> {
  return previewLabels({ ...part, owner })
}

const Mounts = v.looseObject({
  ContainerSpec: v.looseObject({
    Mounts: v.array(
      v.looseObject({
        Source: v.optional(v.string()),
        VolumeOptions: v.optional(v.looseObject({ Labels: v.nullish(v.record(v.string(), v.string())) })),
      }),
    ),
  }),
})

/**
 * The spec with the labels of this deployment. A volume keeps its labels of the deployment that made it, and a task its
 * count of forced updates: otherwise every deployment would replace the database.
 */
export function marked(spec: ServiceSpec, marks: Marks, live: Service | undefined): ServiceSpec {
  const before = live && v.safeParse(Mounts, live.Spec.TaskTemplate)
  const known = new Map(
    (before?.success ? before.output.ContainerSpec.Mounts : []).map((mount) => [
      mount.Source,
      mount.VolumeOptions?.Labels,
    ]),
  )
  const parsed = v.safeParse(Mounts, spec.TaskTemplate)
  const template = parsed.success ? withVolumeLabels(parsed.output, marks, known) : spec.TaskTemplate
  const force = live?.Spec.TaskTemplate.ForceUpdate
  return {
    ...spec,
    Labels: { ...spec.Labels, ...marksFor(spec.Name, marks) },
    TaskTemplate: v.parse(TaskTemplate, { ...template, ...(force === undefined ? {} : { ForceUpdate: force }) }),
  }
}

type Known = ReadonlyMap<string | undefined, Readonly<Record<string, string>> | null | undefined>

function withVolumeLabels(template: v.InferOutput<typeof Mounts>, marks: Marks, known: Known): object {
  const mounts = template.ContainerSpec.Mounts.map((mount) => {
    const { Source: source = '', VolumeOptions: options } = mount
    const labels = options?.Labels ?? {}
    if (!isPartOf(labels, source, marks.part)) return mount
    const before = known.get(source)
    const own = before && isPartOf(before, source, marks.part) ? before : { ...labels, ...marksFor(source, marks) }
    return { ...mount, VolumeOptions: { ...options, Labels: own } }
  })
  return { ...template, ContainerSpec: { ...template.ContainerSpec, Mounts: mounts } }
}
