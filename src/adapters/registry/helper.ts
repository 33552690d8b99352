import { endingText, run } from '../process/run.ts'
import type { Secret } from './docker-config.ts'
import { secretOf } from './docker-config.ts'
import { quoted } from './failure.ts'
import { HelperAnswer, parseJson } from './schemas.ts'

const PATIENCE_MS = 20_000
/** It holds nothing that it would have to put away. */
const GRACE_MS = 500

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
  if (!/^[\w.-]+$/.test(helper)) throw new Error(`${JSON.stringify(helper)} is not a name of a credential helper`)
  const options = { env, signal, stdin: `${server}\n`, timeout: PATIENCE_MS, grace: GRACE_MS }
  const ended = await run(`docker-credential-${helper}`, ['get'], options)
  const { code, stdout, stderr, timedOut } = ended
  if (timedOut) throw new Error(`docker-credential-${helper} did not end within ${String(PATIENCE_MS / 1000)} s`)
  if (code === 0) {
    const answer = parseJson(HelperAnswer, stdout)
    if (!answer) throw new Error(`docker-credential-${helper} did not answer as the protocol says`)
    return answer.Secret === '' ? undefined : secretOf(answer.Username, answer.Secret)
  }
  if (/credentials not found/i.test(stdout)) return undefined
  const words = quoted(stdout.trim() === '' ? stderr : stdout)
  throw new Error(`docker-credential-${helper} failed (${endingText(ended)}): ${words}`)
}
