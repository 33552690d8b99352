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
  const defined = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const { exitCode, stdout, stderr } = await getExecOutput(file, [...args], {
    env: Object.fromEntries(defined),
    silent: true,
    ignoreReturnCode: true,
  })
  return { code: exitCode, stdout, stderr }
}
