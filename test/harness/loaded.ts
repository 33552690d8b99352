// Which files of a bundle a process has loaded, by Node's own account of what it ran.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** @param folder what NODE_V8_COVERAGE named for the process */
export function loadedFiles(folder: string, below: string): string[] {
  const files = readdirSync(folder).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as { result: { url: string }[] }
    return result.flatMap(({ url }) => (url.startsWith('file:') ? [path.relative(below, fileURLToPath(url))] : []))
  })
  return [...new Set(files.filter((file) => !file.startsWith('..')))].sort()
}
