import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

// Whatever a test forgets goes with its process.
const made = new Set<string>()
process.on('exit', () => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true })
})

export function tempDir(name = 'test'): string {
  const dir = mkdtempSync(path.join(tmpdir(), `imd-${name}-`))
  made.add(dir)
  return dir
}

export function removeDir(dir: string): void {
  rmSync(dir, { recursive: true, force: true })
  made.delete(dir)
}

/** Calls `probe` until it gives something; the deadline's message says what never came. */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  limitMs = 10_000,
): Promise<T> {
  const start = Date.now()
  for (;;) {
    const found = await probe()
    if (found !== undefined && found !== false) return found
    const waited = Date.now() - start
    if (waited > limitMs) throw new Error(`${what}: not within ${limitMs} ms`)
    // What takes long is asked for less often: a poll in a hurry slows down what it waits for.
    await new Promise((resolve) => setTimeout(resolve, Math.min(20 + waited / 20, 200)))
  }
}
