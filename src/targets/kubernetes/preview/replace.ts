/** Deploys a preview: its place first, what it refers to, its manifests, and then what left them is removed. */
import type { PinnedImage } from '../../../domain/image.ts'
import type { Stamp } from '../../../domain/stamp.ts'
import { fail } from '../../../errors/deploy-error.ts'
import type { Rollout, Running, Target } from '../../../ports.ts'
import type { Cluster } from '../api/cluster.ts'
import type { KubeSpec } from '../spec.ts'
import { patienceOf } from '../watch/observer.ts'
import { Companions } from './companions.ts'
import { copyPath, createCopies } from './copies.ts'
import type { PreviewFiles } from './files.ts'
import { prune } from './prune.ts'
import type { PreviewSession } from './session.ts'

interface Change {
  readonly stamp: Stamp
  readonly before: Running<KubeSpec>
}

/** @throws DeployError as `replace` of a target */
export async function replacePreview(
  session: PreviewSession,
  rolling: Target<KubeSpec>,
  image: PinnedImage,
  { stamp, before }: Change,
): Promise<Rollout<KubeSpec>> {
  const { run, claim, preview, home } = session
  if ((await claim.take()) && home.isOwn) await tryInside(session, rolling, image)
  const [cluster, applier, files, part] = await Promise.all([
    run.cluster(),
    run.manifests(),
    session.files(),
    session.part(),
  ])
  const paths = await applier.paths()
  const collections = await claim.renew(stamp.candidate, collectionsOf(paths, files, cluster))
  const { rename } = files.adapted
  await createCopies(cluster, files.copies, { part, rename })
  const rollout = await rolling.replace(image, stamp, before)
  session.companions?.stop()
  session.companions = await Companions.of(cluster, applier.otherWorkloads, patienceOf(run.request))
  const { place } = await claim.read()
  const kept = new Set([place.path, ...paths, ...files.copies.map((copy) => copyPath(cluster, copy, rename))])
  await prune({ cluster, sought: { preview, isOwnNamespace: home.isOwn }, collections, kept }, before)
  return rollout
}

const ACCOUNT_WITHIN_MS = 5000
const ACCOUNT_EVERY_MS = 50

/** What could not be tried before the namespace was there is tried now, and nothing is left of it when it is refused. */
async function tryInside(
  { run, claim, limit }: PreviewSession,
  rolling: Target<KubeSpec>,
  image: PinnedImage,
): Promise<void> {
  const cluster = await run.cluster()
  await defaultAccount(cluster, limit.signal)
  const { faults } = await rolling.check({ image, dryRun: false })
  const [first, ...others] = faults
  if (!first) return
  await claim.release()
  const evidence = [...(first.evidence ?? []), ...others.map(({ what }) => what)]
  throw fail(
    { ...first, evidence },
    { state: `the namespace ${cluster.namespace}, which was made for it, is removed again` },
  )
}

/** Pods are refused as long as the namespace has no service account, which the cluster makes a moment later. */
async function defaultAccount({ api, clock, paths }: Cluster, signal: AbortSignal | undefined): Promise<void> {
  const until = clock.now() + ACCOUNT_WITHIN_MS
  while (clock.now() < until && !signal?.aborted) {
    const { status } = await api.request('GET', paths.serviceAccount('default'))
    if (status !== 404) return
    await clock.sleep(ACCOUNT_EVERY_MS, signal)
  }
}

/** `apis/apps/v1/deployments`: the collections in which there will be something. */
function collectionsOf(paths: readonly string[], { copies }: PreviewFiles, { namespace }: Cluster): string[] {
  const at = `/namespaces/${encodeURIComponent(namespace)}`
  const applied = paths.map((path) => path.slice(1, path.lastIndexOf('/')).replace(at, ''))
  return [
    ...applied,
    // Of StatefulSets.
    ...(applied.includes('apis/apps/v1/statefulsets') ? ['api/v1/persistentvolumeclaims'] : []),
    ...copies.map(({ kind }) => (kind === 'Secret' ? 'api/v1/secrets' : 'api/v1/configmaps')),
  ]
}
