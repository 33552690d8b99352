/** An env_file, as Docker's client reads it. */
import { readFileSync, realpathSync } from 'node:fs'
import { isProcessFile, isRunnerVariable, RUNNER_VARIABLE } from '../../../domain/runner-variables.ts'
import type { Faults } from './faults.ts'
import type { Environment } from './interpolate.ts'

/** `at` names the key of the stack file for messages. */
export function readEnvFile(
  file: string,
  at: string,
  { env, faults }: { readonly env: Environment; readonly faults: Faults },
): Record<string, string> {
  let content: string
  try {
    const real = realpathSync(file)
    if (isProcessFile(real)) throw new Error('a view of a process')
    content = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(real))
  } catch (error) {
    faults.add(at, `${file} ${error instanceof TypeError ? 'is not UTF-8' : 'cannot be read'}`)
    return {}
  }
  const found: Record<string, string> = {}
  for (const [index, raw] of content.split(/\r?\n/).entries()) {
    const line = raw.trimStart()
    if (line === '' || line.startsWith('#')) continue
    const where = `line ${String(index + 1)} of ${file}`
    const equals = line.indexOf('=')
    const name = equals < 0 ? line : line.slice(0, equals)
    if (name === '') faults.add(at, `${where} has no name before its =`)
    else if (/[ \t]/.test(name)) faults.add(at, `${where}: the name "${name}" holds a blank`)
    else if (equals >= 0) found[name] = line.slice(equals + 1)
    else if (isRunnerVariable(name)) faults.add(at, `${where}: ${name} ${RUNNER_VARIABLE}`)
    // Without a value it is the environment's; what the environment does not have falls away.
    else if (env[name] !== undefined) found[name] = env[name]
  }
  return found
}
