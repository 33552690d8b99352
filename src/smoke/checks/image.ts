import type { ImageFacts } from '../../ports.ts'
import type { Pattern } from '../pattern.ts'
import { broken, holds } from '../pattern.ts'
import type { Attempt } from '../poll.ts'
import type { ImageCheck } from '../spec.ts'
import { excerpt } from '../text.ts'

/** Compares the image's configuration with what was expected; pure. */
export function judgeImage(facts: ImageFacts, check: ImageCheck): Attempt {
  const fault = faultOf(facts, check)
  return { passed: fault === undefined, detail: fault ?? `${facts.platform}, ${megabytes(facts.size)}` }
}

function faultOf(facts: ImageFacts, check: ImageCheck): string | undefined {
  const user = check.user.find((pattern) => !holdsForUser(pattern, facts.user))
  if (user) return `its user is ${facts.user === '' ? 'root (none is set)' : facts.user}, expected ${user.source}`
  const port = check.ports.find((candidate) => !facts.exposedPorts.includes(candidate))
  if (port !== undefined) return `it does not expose ${port}, only ${facts.exposedPorts.join(', ') || 'nothing'}`
  for (const [name, patterns] of Object.entries(check.labels)) {
    const value = facts.labels[name]
    const what = value === undefined ? `absent label ${name}` : `label ${name}: ${excerpt(value, 120)}`
    const fault = broken(patterns, value ?? '', what)
    if (fault !== undefined) return fault
  }
  if (check.platform !== undefined && facts.platform !== check.platform) {
    return `its platform is ${facts.platform}, expected ${check.platform}`
  }
  if (check.maxSize !== undefined && facts.size > check.maxSize) {
    return `it has ${megabytes(facts.size)}, expected at most ${megabytes(check.maxSize)}`
  }
  return undefined
}

/** `root`, `0` and no user at all are the same; other names are compared whole, without the group. */
function holdsForUser(pattern: Pattern, user: string): boolean {
  const name = user.split(':')[0] ?? ''
  const isRoot = name === '' || name === '0' || name === 'root'
  if (typeof pattern.needle !== 'string') return holds(pattern, isRoot ? 'root' : user) === true
  const wanted = pattern.needle
  const same = wanted === 'root' || wanted === '0' ? isRoot : wanted === user || wanted === name
  return same !== pattern.absent
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1).replace(/\.0$/, '')} MB`
}
