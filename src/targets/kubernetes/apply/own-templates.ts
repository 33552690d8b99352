import { equal } from '../../../domain/equal.ts'
import { imageOf, sameImage } from '../api/containers.ts'
import type { Template, Workload } from '../api/schema.ts'
import type { KubeSpec } from '../spec.ts'

/** Templates that this run has seen or written: an image of no such template was set by somebody else. */
export class OwnTemplates {
  readonly #known = new Map<string, readonly Template[]>()
  readonly #written = new Map<string, Readonly<Record<string, unknown>>>()

  /** @param label of the workload */
  remember(label: string, template: Template): void {
    const others = (this.#known.get(label) ?? []).filter((other) => !equal(other, template))
    this.#known.set(label, [...others, template])
  }

  /** What the workload is after this run's own change. */
  wrote(label: string, { spec }: Workload): void {
    this.remember(label, spec.template)
    this.#written.set(label, spec)
  }

  /** The whole spec after this run's own change. */
  written(label: string): Readonly<Record<string, unknown>> | undefined {
    return this.#written.get(label)
  }

  isForeign({ id, containers }: KubeSpec, { spec }: Workload): boolean {
    const templates = this.#known.get(id.label) ?? []
    return containers.some((slot) => {
      const now = imageOf(spec.template, slot)
      return templates.length > 0 && !templates.some((template) => sameImage(imageOf(template, slot), now))
    })
  }
}
