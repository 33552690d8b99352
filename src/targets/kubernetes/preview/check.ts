/** Preflight of a preview: what stands against it, beside what would stand against a release there. */
import type { CheckRequest, Readiness, Target } from '../../../ports.ts'
import type { KubeSpec } from '../spec.ts'
import { classFaults } from './classes.ts'
import { copyFaults } from './copies.ts'
import { homeFaults } from './home.ts'
import { nameOf } from './record.ts'
import { selectedByOthers } from './selected.ts'
import type { PreviewSession } from './session.ts'

/** Our own marks change with every deployment. */
const MARK = 'dev.immutable-deploy.'

export async function checkPreview(
  session: PreviewSession,
  rolling: Target<KubeSpec>,
  asked: CheckRequest,
): Promise<Readiness> {
  const { home, claim, run } = session
  const misnamed = homeFaults(home)
  if (misnamed.length > 0) return { faults: misnamed, warnings: [], plan: [] }
  const placeFaults = await claim.faults()
  if (placeFaults.length > 0) return { faults: placeFaults, warnings: [], plan: [] }
  const ready = await rolling.check(asked)
  const [cluster, files, { state, place }] = await Promise.all([run.cluster(), session.files(), claim.read()])
  const [copies, selected, classes] = await Promise.all([
    copyFaults(cluster, files.copies, { paths: await pathsOf(session), rename: files.adapted.rename }),
    home.isOwn ? [] : selectedByOthers(cluster, files.adapted.manifests),
    classFaults(cluster, files.adapted.manifests),
  ])
  return {
    faults: [...ready.faults, ...copies, ...selected, ...classes],
    warnings: ready.warnings,
    notices: [
      ...(ready.notices ?? []),
      ...(state.is === 'ending' ? [`${nameOf(place)} is being removed: it is waited for, and then made anew`] : []),
    ],
    plan: [
      ...(state.is === 'ours' ? [] : [`${nameOf(place)} would be created`]),
      ...files.copies.map(
        ({ kind, from, name }) => `${kind.toLowerCase()}/${name} would be copied from namespace ${from}`,
      ),
      ...ready.plan.filter((line) => !line.includes(MARK)),
    ],
  }
}

/** None where a kind is not known: that is a fault of its own. */
async function pathsOf({ run }: PreviewSession): Promise<readonly string[]> {
  const applier = await run.manifests()
  return applier.paths().catch(() => [])
}
