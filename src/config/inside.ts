import { realpathSync } from 'node:fs'
import path from 'node:path'
import type { ConfigContext } from './read.ts'

/** The checkout: GitHub's workspace where this runs inside of it, else the working folder. */
export function workspaceOf({ env, cwd }: Pick<ConfigContext, 'env' | 'cwd'>): string {
  const workspace = env['GITHUB_WORKSPACE']
  return workspace && isInside(cwd, workspace) ? workspace : cwd
}

/** Whether a path leads into the folder, symbolic links followed; what does not exist yet counts as it would be made. */
export function isInside(file: string, folder: string): boolean {
  const relative = path.relative(realPath(folder), realPath(file))
  return relative === '' || (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative))
}

/** The path with its symbolic links followed, as far as it exists. */
export function realPath(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    const parent = path.dirname(file)
    return parent === file ? file : path.join(realPath(parent), path.basename(file))
  }
}
