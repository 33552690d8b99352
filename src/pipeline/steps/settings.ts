import type { RollbackRequest } from '../../domain/request.ts'
import { asDeployError, fail } from '../../errors/deploy-error.ts'
import type { PinnedImage } from '../../domain/image.ts'
import type { Running, Target } from '../../ports.ts'

/** Which settings a rollback uses, and what is reported about it: names, never values. */
export interface Settings {
  /** The whole spec of that version; undefined: only the image is replaced, in the spec of now. */
  readonly exact: Running<unknown> | undefined
  readonly lines: readonly string[]
}

/** @throws DeployError not-supported, where the settings of then are asked for and the target holds none */
export async function settingsOf(request: RollbackRequest, image: PinnedImage, target: Target): Promise<Settings> {
  const wantsThen = request.settings === 'then'
  const asked = target.version?.(image.digest)
  // What the settings were is only reported where they stay: not knowing it does not stop a rollback.
  let whyNot: string | undefined
  const then = wantsThen
    ? await asked
    : await asked?.catch((error: unknown) => {
        whyNot = asDeployError(error).what
        return undefined
      })
  if (wantsThen && !then) {
    const what = target.version
      ? `the target does not hold the settings of ${image.digest} any more`
      : `${target.name} keeps no settings of earlier versions`
    const fix = 'Use settings: now, and change the settings that must go back by hand.'
    throw fail({ code: 'not-supported', what: `settings: then: ${what}`, fix })
  }
  if (!then) {
    const why = whyNot === undefined ? '' : ` (${whyNot})`
    return { exact: undefined, lines: [`settings beside the image stay as they are now${why}`] }
  }
  // Where nothing but the image differs both mean the same, and the target's own record of that version is the exact one.
  const isSame = then.workloads.every(({ differingSettings }) => differingSettings?.length === 0)
  return { exact: wantsThen || isSame ? then : undefined, lines: linesOf(then, wantsThen) }
}

function linesOf({ workloads }: Running<unknown>, wantsThen: boolean): string[] {
  return workloads.flatMap(({ name, differingSettings = [] }) => {
    if (differingSettings.length === 0) return []
    const names = differingSettings.join(', ')
    return wantsThen
      ? [`${name}: these settings go back to what they were then: ${names}`]
      : [`${name}: these settings stay as they are now (settings: then would bring them back): ${names}`]
  })
}
