// An engine changes the machine's network: bridges, firewall rules, forwarding. It leaves them when it stops; we don't.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { exec, which } from './shell.ts'
import type { Home } from './state.ts'

const BRIDGES = ['docker0', 'docker_gwbridge']
const FORWARDING = '/proc/sys/net/ipv4/ip_forward'
const DEVICES = '/proc/net/dev'
const TOOLS = ['iptables', 'ip6tables'] as const

/** How it was before the engine came. */
export interface Network {
  readonly forwarding: string
  readonly bridges: string[]
  /** Lines of `iptables-save`, by tool. */
  readonly rules: Record<string, string[]>
}

export async function rememberNetwork(): Promise<Network> {
  const rules = await Promise.all(TOOLS.map(async (tool) => [tool, await savedRules(tool)] as const))
  return {
    forwarding: existsSync(FORWARDING) ? readFileSync(FORWARDING, 'utf8').trim() : '',
    bridges: BRIDGES.filter(isThere),
    rules: Object.fromEntries(rules),
  }
}

/** Takes back what an engine added; rules that others made in the meantime stay. */
export async function restoreNetwork(before: Network, home: Home, busybox: string | undefined): Promise<void> {
  for (const tool of TOOLS) await restoreRules(tool, before.rules[tool] ?? [], home.path(`${tool}.rules`))
  for (const bridge of BRIDGES.filter((name) => isThere(name) && !before.bridges.includes(name))) {
    // A bare machine has no iproute2.
    if (which('ip') !== undefined) await exec('ip', ['link', 'delete', bridge])
    else if (busybox !== undefined) await exec(busybox, ['ip', 'link', 'delete', bridge])
  }
  if (before.forwarding === '0') writeFileSync(FORWARDING, '0\n')
}

async function restoreRules(tool: string, before: readonly string[], file: string): Promise<void> {
  const now = await savedRules(tool)
  const wanted = withoutEngine(now, before)
  if (wanted.join('\n') === now.join('\n')) return
  writeFileSync(file, `${wanted.join('\n')}\n`)
  await exec(which(`${tool}-restore`) ?? `${tool}-restore`, [file])
}

/** Pure: the rules without the engine's own, and forwarding as it was allowed before. Counters are left out of account. */
export function withoutEngine(now: readonly string[], before: readonly string[]): string[] {
  const known = new Set(before.map(withoutCounters))
  const foreign = now.filter((line) => !/docker/i.test(line) || known.has(withoutCounters(line)))
  const [at, policy] = [forwardPolicy(foreign), before[forwardPolicy(before)] ?? ':FORWARD ACCEPT [0:0]']
  return foreign.map((line, index) => (index === at ? policy : line))
}

/** Where the filter table says what becomes of forwarded packets; other tables have a chain of that name, too. */
function forwardPolicy(lines: readonly string[]): number {
  const start = lines.indexOf('*filter')
  return start < 0 ? -1 : lines.findIndex((line, index) => index > start && line.startsWith(':FORWARD '))
}

function withoutCounters(line: string): string {
  return line.replace(/ ?\[\d+:\d+\] ?/, ' ').trim()
}

async function savedRules(tool: string): Promise<string[]> {
  const program = which(`${tool}-save`)
  if (program === undefined) return []
  const { stdout } = await exec(program, [])
  return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

function isThere(bridge: string): boolean {
  if (!existsSync(DEVICES)) return false
  const names = readFileSync(DEVICES, 'utf8').split('\n')
  return names.some((line) => line.trim().startsWith(`${bridge}:`))
}
