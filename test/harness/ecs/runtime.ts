// Where the tasks of the double run: scripted in memory (scripted.ts), or as real containers (docker.ts).
import type { ContainerDefinition } from './model.ts'

export interface ContainerState {
  readonly running: boolean
  readonly exitCode?: number
  readonly health: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN'
}

export interface Runtime {
  /** Digest that a reference names in its registry. @throws Error in the agent's words, `CannotPullContainerError: …` */
  resolve(image: string): Promise<string>
  /** Starts a container from `repository@digest`; returns its id and the digest that it really runs. */
  start(task: string, definition: ContainerDefinition, image: string): Promise<{ id: string; digest: string }>
  /** What all containers do now, by id. */
  inspect(): Promise<ReadonlyMap<string, ContainerState>>
  stop(id: string, timeoutMs: number): Promise<number>
  /** What a container wrote so far. */
  logs(id: string): Promise<readonly string[]>
  close(): Promise<void>
}

export const DIGEST = /@(sha256:[0-9a-f]{64})$/

export function repositoryOf(image: string): string {
  return image.replace(DIGEST, '').replace(/:[^:/]+$/, '')
}
