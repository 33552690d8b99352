// Tests name the parts of the lab that they need; without one they are left out, visibly.
import { appendFileSync } from 'node:fs'
import { beforeAll, describe, it } from 'vitest'
import type { PartName } from './parts.ts'
import { lab } from './parts.ts'

export { lab, labEnv, need, readLab } from './parts.ts'
export type { Lab, Missing, PartName } from './parts.ts'

// scripts/test.mjs turns these lines into one sentence for each missing part, and .ci/run fails over an unused one.
function note(word: 'used' | 'missing', name: PartName): void {
  const file = process.env.LAB_USED
  if (file) appendFileSync(file, `${word} ${name}\n`)
}

/** `describeWith('docker', 'registry')('pushes', () => { … })`: `describe`, left out when a part is missing. */
export function describeWith(...parts: PartName[]): (name: string, tests: () => void) => void {
  const missing = parts.filter((name) => !lab[name].ok)
  return (name, tests) => {
    if (missing.length > 0) {
      for (const part of missing) note('missing', part)
      // Not even the body runs: it may ask for what is missing.
      describe.skip(`${name} (left out: no ${missing.join(', no ')})`, () => {
        it.skip('its tests', () => undefined)
      })
      return
    }
    describe(name, () => {
      beforeAll(() => {
        for (const part of parts) note('used', part)
      })
      tests()
    })
  }
}
