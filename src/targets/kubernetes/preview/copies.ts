/** Secrets and ConfigMaps of another namespace that a preview gets copies of: those that `copy-secrets` names. */
import * as v from 'valibot'
import type { PreviewPart } from '../../../domain/preview-labels.ts'
import type { Reason } from '../../../errors/deploy-error.ts'
import { asDeployError, fail } from '../../../errors/deploy-error.ts'
import { applyObject } from '../apply/apply.ts'
import { paths } from '../api/names.ts'
import type { Cluster } from '../api/cluster.ts'
import type { Fields } from './fields.ts'
import { withField } from './fields.ts'
import { marked } from './ownership.ts'
import type { Needed } from './needed.ts'
import type { Rename } from './references.ts'

export interface Copy {
  readonly kind: 'Secret' | 'ConfigMap'
  readonly name: string
  readonly from: string
}

/** A ConfigMap where the manifests refer to one of that name, and a Secret where they refer to one or to neither. */
export function copiesOf(entries: readonly string[], needed: readonly Needed[]): Copy[] {
  return entries.flatMap((entry) => {
    const [from = '', name = ''] = entry.split('/')
    const asked = (['Secret', 'ConfigMap'] as const).filter((kind) => {
      return needed.some((one) => one.kind === kind && one.name === name)
    })
    return (asked.length > 0 ? asked : (['Secret'] as const)).map((kind) => ({ kind, name, from }))
  })
}

const SourceSchema = v.object({
  apiVersion: v.optional(v.string()),
  type: v.nullish(v.string()),
  data: v.nullish(v.record(v.string(), v.string())),
  binaryData: v.nullish(v.record(v.string(), v.string())),
  immutable: v.nullish(v.boolean()),
})
type Source = v.InferOutput<typeof SourceSchema>

/** Types of Secrets that are somebody's identity, or a record of a tool about itself. */
const NEVER_COPIED = /^(?:kubernetes\.io\/service-account-token|bootstrap\.kubernetes\.io\/token|helm\.sh\/release.*)$/

function labelOf({ kind, from, name }: Copy): string {
  return `${kind} ${from}/${name}`
}

/** @returns the source, or why it cannot be copied */
async function sourceOf({ api }: Cluster, copy: Copy): Promise<Source | Reason> {
  const { kind, from, name } = copy
  const place = paths(from)
  const answer = await api.request('GET', kind === 'Secret' ? place.secret(name) : place.configMap(name))
  const label = labelOf(copy)
  if (answer.status === 404) {
    const fix = `Create it in ${from}, or correct copy-secrets (namespace/name).`
    return { code: 'bad-config-reference', what: `copy-secrets: ${label} does not exist`, fix }
  }
  if (answer.status !== 200) {
    const fix = `Give this step the right to get ${kind === 'Secret' ? 'secrets' : 'configmaps'} in namespace ${from}: a Role with resourceNames: [${name}] is enough.`
    return { code: 'target-denied', what: `copy-secrets: ${label} may not be read`, fix }
  }
  const source = v.parse(SourceSchema, answer.body)
  if (!NEVER_COPIED.test(source.type ?? '')) return source
  const what = `copy-secrets: ${label} is of the type ${source.type ?? ''}, which is not copied`
  return {
    code: 'not-supported',
    what,
    fix: 'Leave it out: a token is the identity of one service account, and the preview has its own.',
  }
}

/** @param paths where the objects of the manifests are, or will be */
export async function copyFaults(
  cluster: Cluster,
  copies: readonly Copy[],
  { paths: taken, rename }: { readonly paths: readonly string[]; readonly rename: Rename },
): Promise<Reason[]> {
  const sources = await Promise.all(copies.map((copy) => sourceOf(cluster, copy)))
  const twice = copies.filter((copy) => taken.includes(copyPath(cluster, copy, rename)))
  return [...sources.flatMap((source) => ('code' in source ? [source] : [])), ...twice.map(twiceFault)]
}

function twiceFault(copy: Copy): Reason {
  const what = `copy-secrets: ${labelOf(copy)} is among the manifests too`
  return { code: 'manifest-invalid', what, fix: 'Leave it out of one of the two.' }
}

/** Makes the copies, or brings them up to date. @throws DeployError */
export async function createCopies(
  cluster: Cluster,
  copies: readonly Copy[],
  { part, rename }: { readonly part: PreviewPart; readonly rename: Rename },
): Promise<void> {
  await Promise.all(
    copies.map(async (copy) => {
      const source = await sourceOf(cluster, copy)
      if ('code' in source) throw fail(source)
      const name = copyName(copy, rename)
      const object = marked(objectOf(copy, source, name), part)
      const path = copyPath(cluster, copy, rename)
      const options = { containers: [], takeOver: [] }
      try {
        await applyObject(cluster, { path, label: `${copy.kind.toLowerCase()}/${name}`, object }, options)
      } catch (error) {
        const { code, what, fix } = asDeployError(error)
        throw fail({ code, what: `the copy of ${labelOf(copy)}: ${what}`, fix })
      }
    }),
  )
}

function objectOf({ kind }: Copy, { type, data, binaryData }: Source, name: string): Fields {
  const whole = { apiVersion: 'v1', kind, metadata: { name }, ...(type ? { type } : {}), data: data ?? {} }
  return withField(whole, 'binaryData', binaryData ?? undefined)
}

function copyName({ kind, name }: Copy, rename: Rename): string {
  return rename(kind, name) ?? name
}

export function copyPath({ paths: own }: Cluster, copy: Copy, rename: Rename): string {
  const name = copyName(copy, rename)
  return copy.kind === 'Secret' ? own.secret(name) : own.configMap(name)
}
