/** Why an engine cannot be reached, and what to do about it. */
import { cut, oneLine } from '../../domain/text.ts'
import type { Endpoint } from './endpoint.ts'
import { errorMessage } from '../../errors/message.ts'
import { sshProblem, sshWords } from './ssh-problems.ts'

/** Whose failure it is when nobody answers. */
export type Unreachable = 'engine-unreachable' | 'target-unreachable'

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

export function problemOf(error: unknown, endpoint: Endpoint): string {
  const code = codeOf(error)
  if (code === 'ENOENT') return endpoint.kind === 'unix' ? 'there is no such socket' : 'docker is not on PATH'
  if (code === 'EACCES') return 'permission denied on the socket'
  if (code === 'ECONNREFUSED') return 'nothing listens there'
  const said = errorMessage(error)
  return endpoint.kind === 'command'
    ? (sshProblem(said)?.what ?? cut(oneLine(sshWords(said)), 300))
    : cut(oneLine(said), 300)
}

/** @param runner `RUNNER_OS`, as the runner sets it: `Linux`, `macOS`, `Windows` */
export function adviceFor(error: unknown, endpoint: Endpoint, unreachable: Unreachable, runner?: string): string {
  if (codeOf(error) === 'EACCES') return "Add the runner's user to the docker group, or run as root."
  if (codeOf(error) === 'ENOENT' && endpoint.kind === 'command') return "Install Docker's command line client."
  const overSsh = endpoint.kind === 'command' ? sshProblem(errorMessage(error)) : undefined
  if (overSsh !== undefined) return overSsh.fix
  if (unreachable === 'target-unreachable') {
    return 'Check docker-host, docker-context and docker-cert-path, and that the runner may reach the address.'
  }
  if (runner === 'macOS' || runner === 'Windows') {
    return `GitHub's ${runner} runners have no Docker engine for Linux images. Build and smoke-test on ubuntu-latest; a job on ${runner} can deploy what was built there by its digest, or set DOCKER_HOST to an engine elsewhere.`
  }
  return 'Start Docker, or set DOCKER_HOST to where it listens.'
}
