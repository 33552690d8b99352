import { closeSync, constants, lstatSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isInside, workspaceOf } from './inside.ts'
import type { Values } from './inputs.ts'
import type { ConfigContext } from './read.ts'

type ReportContext = Pick<ConfigContext, 'env' | 'cwd'>

/** Where the JUnit report goes: a file of the checkout decides that it is written, never that something else is overwritten. */
export function junitFile(values: Values, configContext: ConfigContext): string | undefined {
  const file = values.text('junit-file')
  if (file === undefined) return undefined
  const temporary = values.given('junit-file')?.from === 'input' ? [temporaryFolder(configContext)] : []
  const allowed = [workspaceOf(configContext), ...temporary]
  const problem = whyNot(path.resolve(configContext.cwd, file), allowed)
  if (problem !== undefined) values.fault('junit-file', problem)
  return file
}

function whyNot(file: string, allowed: readonly string[]): string | undefined {
  if (isLink(file)) return 'is a symbolic link'
  if (!allowed.some((folder) => isInside(file, folder))) return 'must be inside the workspace'
  return undefined
}

/** @throws Error when it cannot be written; a link that appeared meanwhile is not followed */
export function writeReport(file: string, text: string, configContext: ReportContext): void {
  const target = path.resolve(configContext.cwd, file)
  const problem = whyNot(target, [workspaceOf(configContext), temporaryFolder(configContext)])
  if (problem !== undefined) throw new Error(`${file} ${problem}`)
  mkdirSync(path.dirname(target), { recursive: true })
  const { O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants
  const opened = openSync(target, O_CREAT | O_NOFOLLOW | O_TRUNC | O_WRONLY, 0o644)
  try {
    writeFileSync(opened, text)
  } finally {
    closeSync(opened)
  }
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}

function temporaryFolder({ env }: ReportContext): string {
  return env['RUNNER_TEMP'] ?? env['TMPDIR'] ?? tmpdir()
}
