/** The configuration file: found, read, parsed with line numbers. The YAML library loads only when there is a file. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Faults } from '../inputs/faults.ts'
import type { ConfigFile } from './file-shape.ts'
import type { Raw } from '../inputs/raw.ts'
import { errorMessage } from '../errors/message.ts'

const DEFAULT_FILES = ['.github/immutable-deploy.yml', '.github/immutable-deploy.yaml'] as const

/** @returns undefined where there is no file, or none that can be read: then a fault says so */
export async function loadFile(cwd: string, given: Raw | undefined, faults: Faults): Promise<ConfigFile | undefined> {
  const name =
    typeof given?.value === 'string' ? given.value : DEFAULT_FILES.find((file) => existsSync(path.resolve(cwd, file)))
  if (name === undefined) return undefined
  let text: string
  try {
    text = readFileSync(path.resolve(cwd, name), 'utf8')
  } catch (thrown) {
    const absent = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
    const problem = absent ? 'is not there' : `cannot be read: ${errorMessage(thrown)}`
    const source = given?.source
    faults.add({ name: 'config', value: name, source, problem, example: DEFAULT_FILES[0], suggestion: undefined })
    return undefined
  }
  const { parseFile } = await import('./file-parse.ts')
  return parseFile(text, name, faults)
}
