import type { Duration } from '../../domain/duration.ts'
import { run } from './run.ts'

export interface ToolResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const PATIENCE_MS: Duration = 20_000

/** A short call for a version or a probe; a program that does not answer counts as one that failed. */
export async function tool(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<ToolResult> {
  const { code, stdout, stderr } = await run(file, args, { env, timeout: PATIENCE_MS, ...(signal ? { signal } : {}) })
  return { code: code ?? 1, stdout, stderr }
}
