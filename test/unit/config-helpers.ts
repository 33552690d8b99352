import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Env } from '../../src/config/index.ts'
import { readRelease, readRollback } from '../../src/config/index.ts'
import { DeployError } from '../../src/errors/deploy-error.ts'
import type { Fault } from '../../src/errors/deploy-error.ts'
import type { Source, SourceFacts } from '../../src/ports.ts'
import { tempDir } from '../harness/temp.ts'

export const HEAD = 'a'.repeat(40)
export const OTHER = 'b'.repeat(40)
export const DIGEST = `sha256:${'1'.repeat(64)}` as const

/** A folder with a Dockerfile and the given files. */
export function checkout(files: Readonly<Record<string, string>> = {}): string {
  const folder = tempDir('config')
  for (const [name, text] of Object.entries({ Dockerfile: 'FROM scratch\n', ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  return folder
}

export const FACTS: SourceFacts = { revision: HEAD, committedAt: 1_700_000_000, dirty: [] }

export function source(facts?: SourceFacts): () => Promise<Source> {
  return () =>
    Promise.resolve({
      facts: () => Promise.resolve(facts),
      unversioned: () => Promise.resolve({ files: [], gitCredentials: false }),
      compare: () => Promise.resolve('unknown'),
    })
}

export const NO_SOURCE = source()

type Inputs = Readonly<Record<string, string>>

export interface World {
  readonly env?: Env
  readonly files?: Readonly<Record<string, string>>
  readonly source?: () => Promise<Source>
}

/** What the runner hands over for these inputs. */
export function environment(inputs: Inputs, env: Env = {}): Env {
  const entries = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const)
  return { ...env, ...Object.fromEntries(entries) }
}

const USUAL = { image: 'ghcr.io/acme/app' }

export function release(inputs: Inputs, world: World = {}) {
  const io = { env: environment({ ...USUAL, ...inputs }, world.env), cwd: checkout(world.files) }
  return readRelease(io, world.source ?? source(FACTS))
}

export async function released(inputs: Inputs, world: World = {}) {
  return (await release(inputs, world)).request
}

export function rollback(inputs: Inputs, world: World = {}) {
  const io = { env: environment({ ...USUAL, ...inputs }, world.env), cwd: checkout(world.files) }
  return readRollback(io)
}

/** The error that a reading ends with. */
export async function refusal(reading: Promise<unknown>): Promise<DeployError> {
  const thrown: unknown = await reading.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(thrown instanceof DeployError)) throw new Error('nothing was refused', { cause: thrown })
  return thrown
}

export async function faultsOf(reading: Promise<unknown>): Promise<readonly Fault[]> {
  const error = await refusal(reading)
  if (error.code !== 'invalid-input') throw error
  return error.faults
}

/** The first fault of that name; fails the test where there is none. */
export async function faultOf(reading: Promise<unknown>, name: string): Promise<Fault> {
  const faults = await faultsOf(reading)
  const fault = faults.find((each) => each.name === name)
  if (!fault) throw new Error(`no fault of ${name}, but of ${faults.map((each) => each.name).join(', ')}`)
  return fault
}
