import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { DemoError, exec, must, which } from './shell.ts'
import type { Home } from './state.ts'
import type { Talk } from './talk.ts'

const POLICY = '/usr/sbin/policy-rc.d'
const QUIET = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }

/** Whether packages can be installed here: Debian's or Ubuntu's tools, and root. */
export function canInstall(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && which('apt-get') !== undefined
}

let updated = false

async function update(talk: Talk): Promise<void> {
  if (updated || !canInstall()) return
  await talk.live('apt-get update', () => must('apt-get', ['update', '-qq'], { env: QUIET }))
  updated = true
}

/** Installs Debian packages after saying so, and remembers exactly those that were not there before. */
export async function install(names: readonly string[], home: Home, talk: Talk): Promise<void> {
  if (names.length === 0) return
  talk.say(`Missing on this machine: ${names.join(', ')}. Installing from the distribution's packages;`)
  talk.say('`npm run demo:clean` removes again what was not there before.')
  await update(talk)
  const wanted = await withClient(names)
  const before = await installed()
  remember(
    home,
    wanted.filter((name) => !before.has(name)),
  )
  await talk.live(`apt-get install ${wanted.join(' ')}`, () =>
    withoutServices(home, () =>
      must('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...wanted], { env: QUIET }),
    ),
  )
  remember(
    home,
    [...(await installed())].filter((name) => !before.has(name)),
  )
}

/**
 * One file out of a package, unpacked below the demo's folder: nothing is installed.
 * @returns its path; undefined where the package cannot be had
 */
export async function unpack(name: string, file: string, home: Home, talk: Talk): Promise<string | undefined> {
  const known = unpacked(name, file, home)
  if (known !== undefined) return known
  const folder = home.path('packages')
  if (!which('apt-get') || !which('dpkg')) return undefined
  talk.say(`Taking ${file} out of Debian's package ${name}; it is not installed.`)
  await update(talk)
  mkdirSync(folder, { recursive: true })
  const { code } = await exec('apt-get', ['download', '-qq', name], { cwd: folder, env: QUIET })
  const archive = readdirSync(folder).find((entry) => entry.startsWith(`${name}_`) && entry.endsWith('.deb'))
  if (code !== 0 || archive === undefined) return undefined
  await must('dpkg', ['-x', archive, name], { cwd: folder })
  return unpacked(name, file, home)
}

/** A file that was unpacked before. */
export function unpacked(name: string, file: string, home: Home): string | undefined {
  const target = home.path('packages', name, file)
  return existsSync(target) ? target : undefined
}

function remember(home: Home, names: readonly string[]): void {
  home.note({ packages: [...new Set([...(home.state.packages ?? []), ...names])] })
}

/** Newer releases keep the client in a package of its own. */
async function withClient(names: readonly string[]): Promise<readonly string[]> {
  if (!names.includes('docker.io') || which('docker')) return names
  const { code } = await exec('apt-cache', ['show', 'docker-cli'])
  return code === 0 ? [...names, 'docker-cli'] : names
}

/** No service of the packages is started: the demo starts an engine of its own, with folders of its own. */
async function withoutServices<T>(home: Home, work: () => Promise<T>): Promise<T> {
  if (existsSync(POLICY)) return work()
  home.note({ policy: true })
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    return await work()
  } finally {
    rmSync(POLICY, { force: true })
    home.forget('policy')
  }
}

async function installed(): Promise<Set<string>> {
  const list = await must('dpkg-query', ['-W', '-f', '${db:Status-Abbrev}\t${Package}\n'])
  const rows = list.split('\n').map((line) => line.split('\t'))
  return new Set(rows.filter(([status]) => status?.startsWith('ii')).map(([, name]) => name ?? ''))
}

/** Removes the packages that the demo brought. */
export async function uninstall(home: Home, talk: Talk): Promise<void> {
  if (home.state.policy) rmSync(POLICY, { force: true })
  const names = home.state.packages ?? []
  if (names.length === 0) return
  if (!canInstall())
    throw new DemoError(`packages are left that only root can remove: apt-get purge ${names.join(' ')}`)
  const present = await installed()
  const left = names.filter((name) => present.has(name))
  const others = left.length === 0 ? [] : (await removedWith(left)).filter((name) => !left.includes(name))
  if (others.length > 0) {
    talk.say(`Packages stay, because ${others.join(', ')} needs them now: ${left.join(' ')}`)
  } else if (left.length > 0) {
    const purge = () => must('apt-get', ['purge', '-y', '-qq', ...left], { env: QUIET })
    await talk.live(`removing ${String(left.length)} packages that were not there before`, purge)
  }
  home.forget('packages')
}

/** What apt would remove together with these: whatever was installed later and depends on them. */
async function removedWith(names: readonly string[]): Promise<string[]> {
  const plan = await must('apt-get', ['purge', '-s', '-qq', ...names], { env: QUIET })
  return [...plan.matchAll(/^(?:Remv|Purg) (\S+)/gm)].map(([, name]) => name ?? '')
}
