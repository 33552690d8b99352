import { existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { object, optional, array, string, number, boolean, picklist, record, safeParse } from 'valibot'
import type { InferOutput } from 'valibot'

/**
 * What the demo made outside its own folder. Every entry is written before the thing it stands for is made, so that
 * `demo --clean` finds it whatever happened in between.
 */
const Schema = object({
  /** An engine that the demo started. */
  engine: optional(object({ host: string(), pid: optional(number()) })),
  /** The network before that engine came. */
  network: optional(
    object({ forwarding: string(), bridges: array(string()), rules: record(string(), array(string())) }),
  ),
  /** Whether the engine became a Swarm manager for the demo. */
  swarm: optional(boolean()),
  /** Where the service and the images are, if not at the default place. */
  dockerHost: optional(string()),
  registry: optional(object({ kind: picklist(['process', 'container']), port: number(), pid: optional(number()) })),
  /** Images that were pulled and were not there before. */
  images: optional(array(string())),
  /** Debian packages that were not there before. */
  packages: optional(array(string())),
  /** /usr/sbin/policy-rc.d was written for the time of the installation. */
  policy: optional(boolean()),
})
export type State = InferOutput<typeof Schema>

export class Home {
  readonly folder: string
  readonly #file: string
  #state: State

  constructor(env: NodeJS.ProcessEnv = process.env) {
    const base = env['XDG_STATE_HOME'] ?? path.join(env['HOME'] ?? homedir(), '.local', 'state')
    this.folder = path.join(base, 'immutable-deploy-demo')
    this.#file = path.join(this.folder, 'state.json')
    this.#state = readState(this.#file)
  }

  get state(): State {
    return this.#state
  }

  get exists(): boolean {
    return existsSync(this.folder)
  }

  path(...names: string[]): string {
    return path.join(this.folder, ...names)
  }

  note(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change }
    mkdirSync(this.folder, { recursive: true, mode: 0o700 })
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#state, undefined, 2))
    renameSync(`${this.#file}.new`, this.#file)
  }

  forget(...keys: (keyof State)[]): void {
    const left = Object.entries(this.#state).filter(([key]) => !keys.some((gone) => gone === key))
    this.#state = Object.fromEntries(left)
    this.note({})
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
    this.#state = {}
    try {
      // Folders that only this one was in.
      rmdirSync(path.dirname(this.folder))
      rmdirSync(path.dirname(path.dirname(this.folder)))
    } catch {
      // Something else is in them.
    }
  }
}

function readState(file: string): State {
  if (!existsSync(file)) return {}
  const parsed = safeParse(Schema, JSON.parse(readFileSync(file, 'utf8')))
  return parsed.success ? parsed.output : {}
}
