/** What a build would send that no commit holds, whatever Git thinks of it: untracked, ignored, or in no work tree. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { remoteContext } from '../../domain/remote-context.ts'
import type { BuildRequest } from '../../domain/request.ts'
import type { Unversioned } from '../../ports.ts'
import type { SentFolder } from '../docker/sent.ts'
import { contextFolder, sentFolder } from '../docker/sent.ts'
import type { Status } from './status.ts'
import { realFolder, workTreeOf } from './work-tree.ts'

export interface WorkTreeStatus extends Status {
  /** Folders that are repositories of their own. */
  readonly repositories: readonly string[]
}

/** What Git says about a work tree; undefined before its first commit. */
export type AskStatus = (top: string) => Promise<WorkTreeStatus | undefined>

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
    return isFolder(value) && existsSync(folder) ? [{ name: `${name}: `, folder: sentFolder(folder) }] : []
  })
  const all = main ? [{ name: '', folder: main }, ...named] : named
  const found = await Promise.all(
    all.map(async ({ name, folder }) => {
      const sent = await folder
      const [files, gitCredentials] = await Promise.all([extras(sent, asking), sendsCredentials(sent, asking)])
      return { files: files.map((file) => name + file), gitCredentials }
    }),
  )
  return {
    files: found.flatMap(({ files }) => files),
    gitCredentials: found.some(({ gitCredentials }) => gitCredentials),
  }
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
  const folder = realFolder(sent.folder)
  const top = workTreeOf(folder)
  if (top === undefined) return sent.sent([''], signal)
  return [...new Set(await sent.sent(await unknownTo(top, folder, ask), signal))].sort()
}

/** Names relative to the folder, of this work tree and of the repositories in it; folders end in a slash. */
async function unknownTo(top: string, folder: string, ask: AskStatus): Promise<string[]> {
  const status = await ask(top)
  if (!status) return withinFolder([`${top}/`], folder)
  const own = [...status.untracked, ...status.ignored].map((name) => path.join(top, name))
  // Git tells nothing of what is ignored in a repository inside of it.
  const repositories = status.repositories
    .map((name) => path.join(top, name))
    .filter((inside) => existsSync(path.join(inside, '.git')))
  const inside = await Promise.all(repositories.map((repository) => unknownTo(repository, folder, ask)))
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

/** actions/checkout keeps the job's token in the repository's configuration, and nobody lists `.git` anywhere. */
async function sendsCredentials(sent: SentFolder, { signal }: Asking): Promise<boolean> {
  const configs = await sent.sent(['.git/config', ...submoduleConfigs(sent.folder)], signal)
  return configs.some((name) => holdsCredentials(path.join(sent.folder, name)))
}

/** Each submodule has a configuration of its own, into which the token is written too. */
function submoduleConfigs(folder: string, modules = '.git/modules'): string[] {
  return readFolder(path.join(folder, modules)).flatMap((name) => {
    const module = `${modules}/${name}`
    // A submodule's name may hold slashes, and it may have submodules itself.
    return existsSync(path.join(folder, module, 'config'))
      ? [`${module}/config`, ...submoduleConfigs(folder, `${module}/modules`)]
      : submoduleConfigs(folder, module)
  })
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  } catch {
    return []
  }
}

/** A login in an address: `user:password@`, or a text before the `@` that is too long for a name. */
const ADDRESS_WITH_LOGIN = /https?:\/\/(?:[^/\s@"]*:[^/\s@"]+|[^/\s@"]{20,})@/i

function holdsCredentials(file: string): boolean {
  try {
    const config = readFileSync(file, 'utf8')
    return /^\s*extraheader\s*=.*authorization/im.test(config) || ADDRESS_WITH_LOGIN.test(config)
  } catch {
    return false
  }
}
