/**
 * Secrets and configs never change: other content needs another name. The first is called `shop-pr-7_key`, the next one
 * `shop-pr-7_key-2`. The name is counted and not made of the content, of which a name must not tell anything.
 */
import { LABEL } from '../../../domain/labels.ts'
import { isPartOf, previewLabels } from '../../../domain/preview-labels.ts'
import type { Preview } from '../../../domain/preview.ts'
import { shortened } from '../../../domain/shortened.ts'
import { fail } from '../../../errors/deploy-error.ts'
import type { EngineApi } from '../../../ports.ts'
import type { Part, Present } from '../stack/parts.ts'
import { contentOf, hasOtherContent, presentOn } from '../stack/parts.ts'
import type { FileReference, Resource } from '../stack/resources.ts'
import type { Stack } from '../stack/stack.ts'

/** The longest name that a secret or config can have, and room for `-9999`. */
export const FILE_CHARACTERS = 64 - 5

type Kind = 'secret' | 'config'

/** The stack with the name that each secret and config of its own has, or gets now. */
export async function withFileNames<S extends Stack>(
  stack: S,
  preview: Preview,
  { api, present }: { readonly api: EngineApi; readonly present: Present },
): Promise<S> {
  const own = stack.resources.filter(({ kind, external }) => kind !== 'network' && !external)
  const chosen = new Map(
    await Promise.all(
      own.map(async (part): Promise<readonly [string, string]> => {
        const versions = versionsOf(part, preview, present)
        return [`${part.kind} ${part.name}`, await nameFor(part, versions, { api, stackFile: stack.file, preview })]
      }),
    ),
  )
  const nameOf = (kind: Resource['kind'], name: string): string => chosen.get(`${kind} ${name}`) ?? name
  const renamed = (kind: Kind) => (reference: FileReference) => ({ ...reference, name: nameOf(kind, reference.name) })
  const services = [...stack.services].map(([name, service]) => {
    const { secrets, configs } = service
    return [
      name,
      { ...service, secrets: secrets.map(renamed('secret')), configs: configs.map(renamed('config')) },
    ] as const
  })
  return {
    ...stack,
    services: new Map(services),
    resources: stack.resources.map((part) => {
      if (!own.includes(part)) return part
      const name = nameOf(part.kind, part.name)
      const labels = previewLabels({ ...preview, owner: name, candidates: [] })
      return { ...part, name, body: { ...part.body, Labels: { ...Object(part.body.Labels), ...labels } } }
    }),
  }
}

/**
 * Two runs at once give new content the same name. Who was second has the content of the first.
 * @throws DeployError another-rollout
 */
export async function refuseOthersFiles(
  api: EngineApi,
  stack: Stack,
  { before, run }: { readonly before: Present; readonly run: string | undefined },
): Promise<void> {
  const made = stack.resources.filter(({ kind, name, file }) => file !== undefined && !before.has(`${kind} ${name}`))
  if (made.length === 0) return
  const present = await presentOn(api, made)
  for (const { kind, name, file = '' } of made) {
    const part = present.get(`${kind} ${name}`)
    if (part === undefined || part.labels[LABEL.run] === run) continue
    if (!(await hasOtherContent(api, part, await contentOf(file, stack.file)))) continue
    const what = `another run made the ${kind} ${name} of the same preview at the same time, with other content`
    throw fail({ code: 'another-rollout', what })
  }
}

interface Version {
  readonly part: Part
  readonly number: number
}

/** What is too long is cut; the number, by which a part is known, stays in it. */
function baseOf(name: string, { number }: Preview): string {
  const hasNumber = new RegExp(`(?<!\\d)${String(number)}(?!\\d)`)
  return shortened(name, FILE_CHARACTERS, (kept) => (hasNumber.test(kept) ? '' : `-pr-${String(number)}`))
}

/** All that this preview has of a secret or config, the newest first. */
function versionsOf({ kind, name }: Resource, preview: Preview, present: Present): Version[] {
  const base = baseOf(name, preview)
  const versions = [...present.values()].flatMap((part): Version[] => {
    const isOurs = part.kind === kind && isPartOf(part.labels, part.name, preview)
    if (!isOurs || !part.name.startsWith(base)) return []
    const [, number] = /^-(\d{1,6})$/.exec(part.name.slice(base.length)) ?? []
    if (part.name !== base && number === undefined) return []
    return [{ part, number: number === undefined ? 1 : Number(number) }]
  })
  return versions.sort((one, other) => other.number - one.number)
}

interface NameContext {
  readonly api: EngineApi
  readonly stackFile: string
  readonly preview: Preview
}

/** The newest one where its content is that of the file; what cannot be read is for preflight to say. */
async function nameFor(
  { name, file }: Resource,
  [newest]: readonly Version[],
  { api, stackFile, preview }: NameContext,
): Promise<string> {
  if (newest === undefined) return baseOf(name, preview)
  if (file === undefined) return newest.part.name
  const content = await contentOf(file, stackFile).catch(() => undefined)
  const isOld = content !== undefined && (await hasOtherContent(api, newest.part, content))
  return isOld ? `${baseOf(name, preview)}-${String(newest.number + 1)}` : newest.part.name
}
