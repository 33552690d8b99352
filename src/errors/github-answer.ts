import * as v from 'valibot'
import { DeployError } from './deploy-error.ts'

/** What GitHub answered, parsed by a schema. @throws DeployError github-refused */
export function readAnswer<T>(schema: v.GenericSchema<unknown, T>, answer: unknown): T {
  const result = v.safeParse(schema, answer)
  if (result.success) return result.output
  const what = `GitHub's answer is not what its description says: ${result.issues[0].message}`
  throw new DeployError('github-refused', what)
}
