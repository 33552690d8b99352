import { spawn } from 'node:child_process'
import { childEnvironment } from '../process/environment.ts'
import type { Secret } from './docker-config.ts'
import { secretOf } from './docker-config.ts'
import { quoted } from './failure.ts'
import { HelperAnswer, parseJson } from './schemas.ts'

const PATIENCE = 30_000

/**
 * Asks `docker-credential-<helper> get`, the server's name on stdin. undefined: it has nothing for that server.
 * @throws Error when the helper is missing or fails
 */
export async function askHelper(
  helper: string,
  server: string,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Secret | undefined> {
  // The name comes from a file: it must not become a path.
  if (!/^[\w.-]+$/.test(helper)) throw new Error(`${JSON.stringify(helper)} is no name of a credential helper`)
  const { code, stdout } = await run(`docker-credential-${helper}`, ['get'], `${server}\n`, env, signal)
  if (code === 0) {
    const answer = parseJson(HelperAnswer, stdout)
    if (!answer) throw new Error(`docker-credential-${helper} did not answer as the protocol says`)
    return answer.Secret === '' ? undefined : secretOf(answer.Username, answer.Secret)
  }
  if (/credentials not found/i.test(stdout)) return undefined
  throw new Error(`docker-credential-${helper} failed (exit code ${String(code)}): ${quoted(stdout)}`)
}

function run(
  program: string,
  args: readonly string[],
  input: string,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<{ code: number | null; stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: childEnvironment(env),
      signal,
      timeout: PATIENCE,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout }))
    // A helper that ends without reading closes the pipe under us: its exit code says enough.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}
