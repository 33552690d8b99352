import type { Faults } from '../inputs/faults.ts'
import type { InputName } from './inputs.ts'
import { INPUTS, inputOf, inputsOf } from './inputs.ts'
import type { Raw } from '../inputs/raw.ts'
import { shown } from '../inputs/raw.ts'
import { nearest } from '../domain/nearest.ts'
import { takes, VERBS } from '../verbs/index.ts'

/** What is wrong with a name, and what to write instead. */
interface Instead {
  readonly problem: string
  readonly example: string
}

/** Names that people bring from other actions: why they are none here, and what to write instead. */
const FROM_ELSEWHERE: Readonly<Record<string, Instead>> = {
  push: {
    problem:
      'is not an input: what is pushed follows from promote, and the release tag only after the smoke test passed',
    example: 'promote: none (instead of push: false)',
  },
  load: {
    problem: 'is not an input: the image is loaded into the engine wherever the smoke test needs it',
    example: 'promote: none (build into the engine, smoke-test, push nothing)',
  },
  outputs: {
    problem:
      'is not an input: the image that is smoke-tested must be the one that is promoted, so there is one way out',
    example: 'image: ghcr.io/acme/app',
  },
  call: {
    problem:
      'is not an input: this action always builds; linting a Dockerfile is docker/build-push-action’s call: check',
    example: 'promote: none (build and smoke-test only)',
  },
}

/** What a preview has instead of inputs of a release. */
const INSTEAD_IN_PREVIEWS: Readonly<Record<string, Instead>> = {
  promote: {
    problem: 'is not an input of preview: its image never gets a release tag',
    example: 'mode: deploy (a fork’s pull request is only built and smoke-tested by itself)',
  },
  digest: {
    problem: 'is not an input of preview: it builds the head of the pull request',
    example: 'number: 7 (and actions/checkout with  ref: refs/pull/7/head)',
  },
  'on-older': {
    problem: 'is not an input of preview: the newest commit of the pull request always wins',
    example: 'ttl: 7d',
  },
  'environment-tag': {
    problem: 'is not an input of preview: it moves no tag',
    example: 'environment: preview',
  },
}

/** Names that other tools have for our inputs. */
const FAMILIAR: Readonly<Record<string, InputName | undefined>> = {
  dockerfile: 'file',
  service: 'workload',
  services: 'workload',
  deployment: 'workload',
  repository: 'image',
  sha: 'revision',
  ref: 'revision',
  stage: 'target',
  wait: 'timeout',
}

/** The name that was probably meant, of those that are allowed. */
export function meant(name: string, allowed: readonly string[]): string | undefined {
  const familiar = FAMILIAR[name.toLowerCase()]
  return familiar !== undefined && allowed.includes(familiar) ? familiar : nearest(name, allowed)
}

/** Faults for everything that was written and is not an input of this command. */
export function refuseUnknown(command: string, given: ReadonlyMap<string, Raw>, faults: Faults): void {
  for (const [name, raw] of given) {
    if (inputOf(command, name)) continue
    const why = explain(command, name)
    const value = maySecret(name) || maySecret(why.suggestion ?? '') ? undefined : shown(raw)
    faults.add({ name, value, source: raw.source, ...why })
  }
}

/** Why a name is not an input or key here. */
export function explain(command: string, name: string) {
  const elsewhere = FROM_ELSEWHERE[name]
  if (elsewhere && command === 'release') return { ...elsewhere, suggestion: undefined }
  const instead = INSTEAD_IN_PREVIEWS[name]
  if (instead && command === 'preview') return { ...instead, suggestion: undefined }
  const other = INPUTS.find((input) => input.name === name)
  if (other) {
    const owner = VERBS.find((verb) => takes(verb, other))?.name ?? 'another command'
    if (owner === 'preview') return { problem: `belongs to the preview action, not to ${command}`, ...NO_MORE }
    return { problem: `is an input of ${owner}, not of ${command}`, ...NO_MORE }
  }
  const names: InputName[] = inputsOf(command).map((input) => input.name)
  return { problem: `is not an input of ${command}`, example: undefined, suggestion: meant(name, names) }
}

const NO_MORE = { example: undefined, suggestion: undefined } as const

/** An unknown name may hold a secret that belongs under another: only values of harmless names are repeated. */
function maySecret(name: string): boolean {
  return /token|secret|passw|key|credential|auth/i.test(name)
}
