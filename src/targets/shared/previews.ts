/** The previews that a target holds, put together from the labels of all their parts. Pure. */
import type { PreviewPart } from '../../domain/preview-labels.ts'
import type { FoundPreview } from '../../ports.ts'

/**
 * One entry a preview. A part keeps the expiry of the deployment that made it where the target cannot change it later, so
 * the latest one counts. What is left of a preview without any expiry is the rest of a removal, and expired.
 * @param now by the target's clock, ms since 1970
 */
export function foundPreviews(parts: readonly PreviewPart[], now: number): FoundPreview[] {
  const byName = new Map<string, PreviewPart[]>()
  for (const part of parts) {
    const key = JSON.stringify([part.name, part.app, part.number, part.repository])
    byName.set(key, [...(byName.get(key) ?? []), part])
  }
  return [...byName.values()].flatMap((own) => {
    const [first] = own
    if (first === undefined) return []
    const latest = own.reduce((one, other) => ((other.expires ?? 0) > (one.expires ?? 0) ? other : one), first)
    return {
      app: first.app,
      number: first.number,
      name: first.name,
      ...(first.repository === undefined ? {} : { repository: first.repository }),
      expired: (latest.expires ?? 0) <= now,
    }
  })
}
