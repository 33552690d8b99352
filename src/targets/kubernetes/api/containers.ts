// Which containers take the image, and the image put into them: by a real reference parser, never by text.
import { digestIn } from '../../../domain/digest.ts'
import type { Repository } from '../../../domain/image.ts'
import { parseReference } from '../../../domain/image.ts'
import type { Reason } from '../../../errors/deploy-error.ts'
import type { Container, Template } from './schema.ts'

/** One container that takes the image. */
export interface Slot {
  readonly name: string
  readonly init: boolean
  readonly image: string
}

/**
 * The named containers; without a name those that run the repository already (init containers too: a migration of the
 * same image must not stay behind), else the only one. A Reason where that leaves none or too many.
 */
export function chooseContainers(
  template: Template,
  repository: Repository | undefined,
  names: string | undefined,
  workload: string,
): readonly Slot[] | Reason {
  const main = template.spec.containers.map((container) => slot(container, false))
  const all = [...main, ...(template.spec.initContainers ?? []).map((container) => slot(container, true))]
  if (names !== undefined) return byName(all, names, workload)
  const matching = all.filter(({ image }) => {
    return repository !== undefined && parseReference(image)?.repository.name === repository.name
  })
  if (matching.some(({ init }) => !init)) return matching
  const [only] = main
  if (only && main.length === 1) return [only, ...matching]
  return {
    code: 'container-ambiguous',
    what: `${workload} has several containers and none runs ${repository?.name ?? 'the image'}: ${describe(all)}`,
    fix: `Set container to one of: ${main.map(({ name }) => name).join(', ')}.`,
  }
}

function byName(all: readonly Slot[], names: string, workload: string): readonly Slot[] | Reason {
  const wanted = names.split(/[\s,]+/).filter((name) => name !== '')
  const missing = wanted.filter((name) => !all.some((candidate) => candidate.name === name))
  if (missing.length === 0) return all.filter(({ name }) => wanted.includes(name))
  return {
    code: 'container-ambiguous',
    what: `${workload} has no container ${missing.join(', ')}; it has: ${describe(all)}`,
    fix: `Set container to one of: ${all.map(({ name }) => name).join(', ')}.`,
  }
}

function describe(slots: readonly Slot[]): string {
  return slots.map(({ name, init, image }) => `${name}${init ? ' (init)' : ''} = ${image}`).join(', ')
}

function slot(container: Container, init: boolean): Slot {
  return { name: container.name, init, image: container.image ?? '' }
}

/** The template with another image in these containers; everything else is left as it is. */
export function withImages(template: Template, images: ReadonlyMap<string, string>): Template {
  const put = (container: Container): Container => {
    const image = images.get(container.name)
    return image === undefined ? container : { ...container, image }
  }
  const { initContainers, containers } = template.spec
  return {
    ...template,
    spec: {
      ...template.spec,
      containers: containers.map(put),
      ...(initContainers ? { initContainers: initContainers.map(put) } : {}),
    },
  }
}

/** The image that a template holds for a container. */
export function imageOf(template: Template, { name, init }: Pick<Slot, 'name' | 'init'>): string | undefined {
  const list = init ? (template.spec.initContainers ?? []) : template.spec.containers
  return list.find((container) => container.name === name)?.image ?? undefined
}

/** Whether two references name the same image: by digest where both have one, whatever registry a webhook wrote. */
export function sameImage(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false
  const digest = digestIn(one)
  return digest === undefined ? one === other : digest === digestIn(other)
}
