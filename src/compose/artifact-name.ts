import { appendFileSync } from 'node:fs'
import type { ConfigContext } from '../config/index.ts'
import { isGreen } from '../domain/outcome.ts'
import type { Result } from '../domain/result.ts'
import { errorMessage } from '../errors/message.ts'
import type { Reporter } from '../ports.ts'

/** Tells the runner which image this step published, where it asks: actions/attest then attests it by itself. */
export function nameArtifact(
  { action, outcome, imageRef, tags }: Result,
  { github }: ConfigContext,
  reporter: Reporter,
): void {
  const file = github?.artifactsFile
  if (file === undefined || action !== 'release' || imageRef === undefined || tags.length === 0 || !isGreen(outcome))
    return
  try {
    appendFileSync(file, `oci://${imageRef}\n`)
  } catch (error) {
    reporter.emit({
      type: 'warning',
      text: `the image was not named as an artifact of this run: ${errorMessage(error)}`,
    })
  }
}
