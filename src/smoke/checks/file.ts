import { createHash } from 'node:crypto'
import type { ContainerRuntime } from '../../ports.ts'
import { brokenInStart } from '../pattern.ts'
import type { Attempt } from '../poll.ts'
import type { FileCheck } from '../spec.ts'

type ContainerFile = Awaited<ReturnType<ContainerRuntime['file']>>

/** What is read of a file. */
const CONTENT_LIMIT = '16 MiB'

/** Compares a file copied out of the container with what was expected; pure. */
export function judgeFile(file: ContainerFile, check: FileCheck): Attempt {
  if (!file) return { passed: !check.exists, detail: `${check.path} does not exist` }
  if (!check.exists) return { passed: false, detail: `${check.path} exists, but must not` }
  const fault = faultOf(file, check)
  return { passed: fault === undefined, detail: fault ?? `mode ${octal(file.mode)}, ${String(file.size)} bytes` }
}

function faultOf(file: NonNullable<ContainerFile>, check: FileCheck): string | undefined {
  if (check.mode !== undefined && (file.mode & 0o7777) !== check.mode) {
    return `its mode is ${octal(file.mode)}, expected ${octal(check.mode)}`
  }
  for (const owner of ['uid', 'gid'] as const) {
    const expected = check[owner]
    if (expected !== undefined && file[owner] !== expected) {
      return `its ${owner} is ${String(file[owner])}, expected ${String(expected)}`
    }
  }
  const limit = file.size > file.content.length ? CONTENT_LIMIT : undefined
  if (check.sha256 !== undefined) {
    if (limit !== undefined) return `it is larger than ${limit}, so its SHA-256 is unknown`
    const actual = createHash('sha256').update(file.content).digest('hex')
    if (actual !== check.sha256) return `its SHA-256 is ${actual}, expected ${check.sha256}`
  }
  if (check.content.length === 0) return undefined
  return brokenInStart(check.content, Buffer.from(file.content).toString('utf8'), limit, 'its content')
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0')
}
