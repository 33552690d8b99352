/** The volumes of a service: short forms as Docker's client takes them apart, and where a bind mount's source is. */
import path from 'node:path'
import type { Faults } from './faults.ts'
import type { Environment } from './interpolate.ts'
import type { Node } from './values.ts'
import { isNode, listOf, textOf } from './values.ts'

export interface VolumesContext {
  /** Folder of the first stack file. */
  readonly folder: string
  readonly env: Environment
  readonly faults: Faults
}

const PROPAGATIONS = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave']

export function volumesOf(value: unknown, at: string, context: VolumesContext): Node[] {
  return listOf(value).flatMap((item, index) => {
    const where = `${at}[${String(index)}]`
    const volume = isNode(item) ? item : shortVolume(textOf(item) ?? '', where, context.faults)
    if (volume === undefined) return []
    return volume.type === 'bind' ? [{ ...volume, source: bindSource(volume, where, context) }] : [volume]
  })
}

/** `name:/target:ro`, `./folder:/target`, `/target`, as a long form. */
function shortVolume(text: string, at: string, faults: Faults): Node | undefined {
  if (text.length > 0 && text.length <= 2) return { type: 'volume', target: text }
  const parts = sections(text)
  if (parts.length > 3 || parts.includes('')) {
    faults.add(at, `"${text}" is not a volume such as data:/var/lib/data:ro`)
    return undefined
  }
  const [first = '', target, options = ''] = parts
  if (target === undefined) return { type: 'volume', target: first }
  return { type: isPath(first) ? 'bind' : 'volume', source: first, target, ...flagsOf(options) }
}

/** Between colons; that of a Windows drive belongs to its section. */
function sections(text: string): string[] {
  const found = ['']
  for (const char of text) {
    const last = found.at(-1) ?? ''
    if (char === ':' && !/^\p{L}$/u.test(last)) found.push('')
    else found[found.length - 1] = last + char
  }
  return found
}

function isPath(source: string): boolean {
  return /^[./~]/.test(source) || source.startsWith('\\\\') || /^\p{L}:/u.test(source)
}

/** What is not known here (`z`, `Z`, `cached`) means nothing to Swarm, and Docker leaves it out too. */
function flagsOf(options: string): Node {
  const flags = options.split(',')
  const access = flags.findLast((flag) => flag === 'ro' || flag === 'rw')
  const propagation = flags.findLast((flag) => PROPAGATIONS.includes(flag))
  return {
    ...(access === 'ro' ? { read_only: true } : {}),
    ...(flags.includes('nocopy') ? { volume: { nocopy: true } } : {}),
    ...(propagation === undefined ? {} : { bind: { propagation } }),
  }
}

function bindSource(volume: Node, at: string, { folder, env, faults }: VolumesContext): string {
  const source = textOf(volume.source) ?? ''
  if (source === '') faults.add(at, 'a bind mount needs a source: a folder of the nodes')
  if (source.startsWith('~') && env.HOME === undefined) faults.warn(`${at}: ~ stays, because HOME is not set`)
  const expanded = source.startsWith('~') ? (env.HOME ?? '~') + source.slice(1) : source
  return path.isAbsolute(expanded) || isWindowsPath(expanded) ? expanded : path.join(folder, expanded)
}

function isWindowsPath(source: string): boolean {
  return /^[a-z]:[\\/]/i.test(source) || /^[\\/]{2}[^\\/.]+[\\/][^\\/]+/.test(source)
}
