/** The configuration file: found, read, parsed with line numbers. The YAML library loads only when there is a file. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Faults } from './faults.ts'
import type { ConfigFile } from './file-shape.ts'
import type { Raw } from './raw.ts'

export const DEFAULT_FILE = '.github/immutable-deploy.yml'

/** @returns undefined where there is no file, or none that can be read: then a fault says so */
export async function loadFile(cwd: string, given: Raw | undefined, faults: Faults): Promise<ConfigFile | undefined> {
  const name = typeof given?.value === 'string' ? given.value : DEFAULT_FILE
  let text: string
  try {
    text = readFileSync(path.resolve(cwd, name), 'utf8')
  } catch (thrown) {
    const absent = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
    if (absent && !given) return undefined
    const problem = absent ? 'is not there' : `cannot be read: ${thrown instanceof Error ? thrown.message : 'unknown'}`
    const source = given?.source
    faults.add({ name: 'config', value: name, source, problem, example: DEFAULT_FILE, suggestion: undefined })
    return undefined
  }
  const { parseFile } = await import('./file-parse.ts')
  return parseFile(text, name, faults)
}
