/** What a build would send that no commit holds, whatever Git thinks of it: untracked, ignored, or in no work tree. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { remoteContext } from '../../domain/remote-context.ts'
import type { BuildRequest } from '../../domain/request.ts'
import type { Unversioned } from '../../ports.ts'
import type { SentFolder } from '../docker/sent.ts'
import { contextFolder, sentFolder } from '../docker/sent.ts'
import type { Status } from './status.ts'
import { workTreeOf } from './work-tree.ts'

/** Git's word on a work tree; undefined before its first commit. */
export type AskStatus = (top: string) => Promise<Status | undefined>

interface Asking {
  readonly ask: AskStatus
  readonly signal: AbortSignal
}

export async function unversioned(
  { context, file, buildContexts }: Pick<BuildRequest, 'context' | 'file' | 'buildContexts'>,
  asking: Asking & { readonly cwd: string },
): Promise<Unversioned> {
  const main = remoteContext(context) ? undefined : contextFolder(context, file)
  const named = buildContexts.flatMap((pair) => {
    const [name, value] = split(pair)
    const folder = path.resolve(asking.cwd, value)
    return isFolder(value) && existsSync(folder) ? [{ name, folder: sentFolder(folder) }] : []
  })
  const [own, ...others] = await Promise.all([
    main?.then(async (folder) => {
      const [files, gitCredentials] = await Promise.all([extras(folder, asking), sendsCredentials(folder, asking)])
      return { files, gitCredentials }
    }),
    ...named.map(async ({ name, folder }) => (await extras(await folder, asking)).map((found) => `${name}: ${found}`)),
  ])
  return { files: [...(own?.files ?? []), ...others.flat()], gitCredentials: own?.gitCredentials ?? false }
}

function split(pair: string): [string, string] {
  const at = pair.indexOf('=')
  return [pair.slice(0, at), pair.slice(at + 1)]
}

/** Images, layouts, other targets and addresses are not folders of this machine. */
function isFolder(value: string): boolean {
  return !/^(?:docker-image|oci-layout|target|input):/.test(value) && !remoteContext(value)
}

async function extras(sent: SentFolder, { ask, signal }: Asking): Promise<string[]> {
  const top = workTreeOf(sent.folder)
  if (top === undefined) return sent.sent([''], signal)
  return [...new Set(await sent.sent(await unknownTo(top, sent.folder, ask), signal))].sort()
}

/** Names relative to the folder, of this work tree and of the submodules in it; folders end in a slash. */
async function unknownTo(top: string, folder: string, ask: AskStatus): Promise<string[]> {
  const [status, ...inside] = await Promise.all([
    ask(top),
    ...submodulesOf(top).map((submodule) => unknownTo(submodule, folder, ask)),
  ])
  if (!status) return withinFolder([`${top}/`], folder)
  const own = [...status.untracked, ...status.ignored].map((name) => path.join(top, name))
  return [...withinFolder(own, folder), ...inside.flat()]
}

/** Absolute names below the folder, relative to it; a folder that holds all of it is all of it. */
function withinFolder(names: readonly string[], folder: string): string[] {
  const prefix = `${folder.replace(/\/$/, '')}/`
  return names.flatMap((name) => {
    if (name.endsWith('/') && prefix.startsWith(name)) return ['']
    return name.startsWith(prefix) ? [name.slice(prefix.length)] : []
  })
}

/** Submodules that are checked out; Git tells nothing of what is ignored in them. */
function submodulesOf(top: string): string[] {
  const file = path.join(top, '.gitmodules')
  if (!existsSync(file)) return []
  const paths = [...readFileSync(file, 'utf8').matchAll(/^\s*path\s*=\s*(.+?)\s*$/gm)].map(([, name = '']) => name)
  return paths.map((name) => path.join(top, name)).filter((folder) => existsSync(path.join(folder, '.git')))
}

/** actions/checkout keeps the job's token in the repository's configuration, and nobody lists `.git` anywhere. */
async function sendsCredentials(sent: SentFolder, { signal }: Asking): Promise<boolean> {
  if ((await sent.sent(['.git/config'], signal)).length === 0) return false
  try {
    const config = readFileSync(path.join(sent.folder, '.git/config'), 'utf8')
    return (
      /^\s*extraheader\s*=.*authorization/im.test(config) || /^\s*url\s*=\s*https?:\/\/[^/\s]*:[^/\s]+@/m.test(config)
    )
  } catch {
    return false
  }
}
