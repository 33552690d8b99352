import { childEnvironment } from './environment.ts'

export interface ToolResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A short call whose time does not matter (versions, probes); it can neither be cancelled nor time out: that is `run`. */
export async function tool(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<ToolResult> {
  const { getExecOutput } = await import('@actions/exec')
  const { exitCode, stdout, stderr } = await getExecOutput(file, [...args], {
    env: childEnvironment(env),
    silent: true,
    ignoreReturnCode: true,
  })
  return { code: exitCode, stdout, stderr }
}
