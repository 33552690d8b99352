import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { remoteContext } from '../domain/remote-context.ts'
import type { BuildRequest } from '../domain/request.ts'
import type { ConfigContext } from './read.ts'
import type { Values } from './inputs.ts'

/** The build as asked for; the revision's date is filled in when it is known. */
export type BuildInputs = Omit<BuildRequest, 'sourceDateEpoch'> & { readonly contextName: string }

/** @param builds false with `digest`: then nothing of the disk is looked at */
export function buildInputs(values: Values, configContext: ConfigContext, builds: boolean): BuildInputs {
  const written = values.text('context') ?? '.'
  const remote = remoteContext(written) !== undefined || written.startsWith('{{defaultContext}}')
  const contextName = remote ? fillDefaultContext(values, written, configContext) : written
  const context = remote ? contextName : path.resolve(configContext.cwd, written)
  const file = values.text('file')
  if (builds && remote) checkAddress(values, written, configContext.cwd)
  if (builds && !remote) checkFiles(values, context, file, configContext.cwd)
  if (builds) refusePlain(values, context)
  return {
    contextName,
    context,
    ...optional({
      file,
      stage: values.text('target'),
      builder: values.text('builder'),
      network: values.text('network'),
    }),
    ...optional({ provenance: values.text('provenance'), sbom: values.text('sbom'), shmSize: values.text('shm-size') }),
    ...optional({
      githubToken: isOwnRepository(context, configContext.github) ? values.text('github-token') : undefined,
    }),
    platforms: values.list('platforms'),
    buildArgs: values.list('build-args'),
    buildContexts: pairs(values, 'build-contexts'),
    ...secretInputs(values, configContext, builds),
    ssh: values.list('ssh'),
    cacheFrom: values.list('cache-from'),
    cacheTo: values.list('cache-to'),
    noCache: values.flag('no-cache'),
    noCacheFilters: values.list('no-cache-filters'),
    pull: values.flag('pull'),
    labels: labels(values),
    annotations: values.list('annotations'),
    attests: values.list('attests'),
    addHosts: values.list('add-hosts'),
    ulimit: values.list('ulimit'),
    allow: values.list('allow'),
  }
}

/** Builders prefer a folder of that name, and would build it as the commit that the address pins. */
function checkAddress(values: Values, written: string, cwd: string): void {
  if (!existsSync(path.resolve(cwd, written))) return
  values.fault('context', 'is the address of a repository and the name of a folder: write ./ before the folder')
}

/** What comes over http:// or git:// can be changed by anybody on the way. */
function refusePlain(values: Values, context: string): void {
  if (values.choice('policy') !== 'enforce') return
  const fix = 'comes without encryption: use https:// or ssh://; policy: warn lets it pass'
  if (remoteContext(context)?.plain) values.fault('context', fix, { value: context })
  const named = values.list('build-contexts').filter((pair) => remoteContext(after(pair))?.plain)
  if (named.length > 0) values.fault('build-contexts', `${named.map(before).join(', ')} ${fix}`)
}

/**
 * Whether a Git context is the workflow's own repository. A build can read the token that its context needs, so the
 * token of this job goes into no other repository's build, be it on the same server.
 */
export function isOwnRepository(context: string, github: ConfigContext['github']): boolean {
  if (!github || remoteContext(context)?.kind !== 'git' || !URL.canParse(context)) return false
  const { origin, pathname } = new URL(context)
  const own = `/${github.repository}`.toLowerCase()
  const asked = pathname.toLowerCase().replace(/\.git$/, '')
  return origin.startsWith('https:') && origin === new URL(github.serverUrl).origin && asked === own
}

function fillDefaultContext(values: Values, written: string, { github, event }: ConfigContext): string {
  const place = '{{defaultContext}}'
  if (!written.startsWith(place)) return written
  const revision = event.checkoutRevision
  if (!github || revision === undefined) {
    values.fault('context', 'can be the default Git context only inside a workflow')
    return written
  }
  return `${github.serverUrl}/${github.repository}.git#${revision}${written.slice(place.length)}`
}

function checkFiles(values: Values, context: string, file: string | undefined, cwd: string): void {
  if (!statSync(context, { throwIfNoEntry: false })?.isDirectory()) {
    values.fault('context', 'is not a folder: check the repository out first, or name a folder of it')
    return
  }
  if (file !== undefined && !existsSync(path.resolve(cwd, file))) {
    const inside = path.join(values.text('context') ?? '.', file)
    const meant = existsSync(path.resolve(cwd, inside)) ? { suggestion: inside } : {}
    values.fault('file', 'no such file; the path starts at the working folder, not at the context', meant)
  }
  if (file === undefined && !['Dockerfile', 'dockerfile'].some((name) => existsSync(path.join(context, name)))) {
    values.fault('file', `is needed: ${values.text('context') ?? '.'} has no Dockerfile`)
  }
}

function secretInputs(values: Values, { env, cwd }: ConfigContext, builds: boolean) {
  const secrets = pairs(values, 'secrets')
  const secretEnvs = pairs(values, 'secret-envs')
  const secretFiles = pairs(values, 'secret-files')
  if (builds) {
    const unset = secretEnvs.filter((pair) => env[after(pair)] === undefined).map(after)
    if (unset.length > 0) values.fault('secret-envs', `${unset.join(', ')}: not set in the environment of this step`)
    const absent = secretFiles.filter((pair) => !existsSync(path.resolve(cwd, after(pair)))).map(after)
    if (absent.length > 0) values.fault('secret-files', `${absent.join(', ')}: no such file`)
  }
  return { secrets, secretEnvs, secretFiles }
}

/** What must never be printed: masked before the first line. */
export function secretValues(
  build: Pick<BuildRequest, 'secrets' | 'secretEnvs' | 'secretFiles'>,
  { env, cwd }: Pick<ConfigContext, 'env' | 'cwd'>,
): string[] {
  const files = build.secretFiles.map((pair) => textOf(path.resolve(cwd, after(pair))))
  return [...build.secrets.map(after), ...build.secretEnvs.map((pair) => env[after(pair)] ?? ''), ...files].filter(
    (value) => value !== '',
  )
}

/** Longer files are data rather than secrets: a mask for each of their lines would only cost time. */
const MAX_SECRET_BYTES = 64 * 1024

function textOf(file: string): string {
  try {
    return statSync(file).size > MAX_SECRET_BYTES ? '' : readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** A pair without its value would be dropped by others with a warning, and the build would go on without it. */
function pairs(values: Values, name: 'secrets' | 'secret-envs' | 'secret-files' | 'build-contexts'): readonly string[] {
  const items = values.list(name)
  const bad = items.filter((item) => !/^[^=]+=./s.test(item))
  if (bad.length > 0) {
    const which = bad.map((item) => String(items.indexOf(item) + 1)).join(', ')
    values.fault(name, `entry ${which} must be ${name === 'build-contexts' ? 'name=path' : 'id=value'}`)
  }
  return items
}

const RESERVED = 'dev.immutable-deploy.'

function labels(values: Values): Readonly<Record<string, string>> {
  const entries = values.list('labels').map((label) => [before(label), after(label)] as const)
  const reserved = entries.map(([key]) => key).filter((key) => key.startsWith(RESERVED))
  if (reserved.length > 0) values.fault('labels', `${reserved.join(', ')}: labels of that prefix are written by us`)
  return Object.fromEntries(entries)
}

function before(pair: string): string {
  return pair.split('=', 1)[0]?.trim() ?? ''
}

function after(pair: string): string {
  const at = pair.indexOf('=')
  return at < 0 ? '' : pair.slice(at + 1)
}

function optional<T extends Readonly<Record<string, string | undefined>>>(fields: T) {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(known) as { [K in keyof T]?: string }
}
