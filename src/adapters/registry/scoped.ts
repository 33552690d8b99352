import { readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'

export type Actions = 'pull' | 'pull,push'

/** One login that docker/login-action's `scope` keeps in Buildx' configuration: `<host>[/<repository>][@push,pull]/config.json`. */
export interface ScopedLogin {
  /** Its config.json. */
  readonly file: string
  readonly host: string
  /** undefined: every repository of the host. */
  readonly path?: string
  /** Empty: every action. */
  readonly actions: readonly string[]
}

/** All scoped logins below `<buildx>/config`; none when there is no such folder. */
export async function scopedLogins(buildx: string): Promise<ScopedLogin[]> {
  const base = join(buildx, 'config')
  let files: string[]
  try {
    files = await readdir(base, { recursive: true })
  } catch {
    return []
  }
  return files.filter((file) => file.endsWith(`${sep}config.json`)).map((file) => parseScopedLogin(base, file))
}

function parseScopedLogin(base: string, file: string): ScopedLogin {
  const key = file.split(sep).slice(0, -1).join('/')
  const [place = '', actions = ''] = key.split('@')
  const slash = place.indexOf('/')
  return {
    file: join(base, file),
    host: slash < 0 ? place : place.slice(0, slash),
    ...(slash < 0 ? {} : { path: place.slice(slash + 1) }),
    actions: actions.split(',').filter(Boolean),
  }
}

/** The logins that Buildx would take for these actions, the most specific first. */
export function matchingLogins(
  logins: readonly ScopedLogin[],
  host: string,
  path: string,
  actions: Actions | 'any',
): ScopedLogin[] {
  const wanted = actions.split(',')
  return logins
    .filter((login) => login.host === host && (login.path === undefined || login.path === path))
    .filter((login) => actions === 'any' || login.actions.every((action) => wanted.includes(action)))
    .sort((a, b) => Number(b.path !== undefined) - Number(a.path !== undefined) || b.actions.length - a.actions.length)
}
