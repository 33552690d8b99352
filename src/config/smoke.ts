import type { SmokeRequest } from '../domain/request.ts'
import { limitFile } from './file-limits.ts'
import { junitFile } from './junit-file.ts'
import type { InvocationContext } from '../verbs/verb.ts'
import { open } from './reading.ts'
import type { Reading } from './reading.ts'
import { smokeDocument } from './smoke-document.ts'

/**
 * Reads the command that smoke-tests one image by any reference that the engine knows.
 * @throws DeployError invalid-input (all faults at once), unsafe-event
 */
export async function readSmoke(invocation: InvocationContext): Promise<Reading<SmokeRequest>> {
  const { values, faults, configContext } = await open('smoke', invocation)
  const reference = values.text('image') ?? ''
  if (reference === '') values.fault('image', 'is needed: the image to test', { example: 'app:dev' })
  const smoke = smokeDocument(values, configContext) ?? 'default'
  if (smoke === 'off') values.fault('smoke', 'off leaves nothing to do')
  const junit = junitFile(values, configContext)
  limitFile(values, configContext, false)
  faults.throwIfAny()
  return {
    request: { kind: 'smoke', reference, smoke: smoke === 'off' ? 'default' : smoke, junit, run: configContext.run },
    configContext,
    githubToken: undefined,
    secrets: [],
    notices: [],
    origins: values.origins,
  }
}
