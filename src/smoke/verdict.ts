import { formatDuration } from '../domain/duration.ts'
import type { Reason } from '../errors/deploy-error.ts'
import type { ContainerState } from '../ports.ts'
import { exitText } from '../domain/exit-code.ts'
import { excerpt } from './text.ts'
import { isForeignBinary } from '../domain/wrong-platform.ts'

/**
 * Why a container can never pass any more; undefined while it may. Pure.
 * @param limited whether it has a memory limit
 * @param oneShot exit codes with which it is meant to end; undefined: it must keep running
 */
export function certainFailure(
  state: ContainerState,
  who: string,
  options: {
    readonly oneShot?: readonly number[]
    readonly ready: boolean
    readonly elapsed: number
    readonly limited?: boolean
  },
): Reason | undefined {
  const after = ` after ${formatDuration(options.elapsed)}`
  if (state.oomKilled) return { code: 'smoke-oom', what: `${who} ran out of memory and was killed${after}` }
  // A container that eats its memory while it is still being started dies before the engine watches for it.
  if (options.limited && state.status === 'exited' && state.exitCode === 137) {
    return { code: 'smoke-oom', what: `${who} was killed${after}, most likely at its memory limit (exit code 137)` }
  }
  if (isForeignBinary(state.error)) return wrongPlatform(who, state.error)
  if (state.restartCount > 0) {
    const last = state.exitCode === 0 ? '' : `; the last end was ${exitText(state.exitCode)}`
    return { code: 'smoke-restarted', what: `${who} restarted ${String(state.restartCount)} times${last}` }
  }
  if (state.status === 'exited' || state.status === 'dead') {
    if (options.oneShot?.includes(state.exitCode)) return undefined
    return { code: 'smoke-exited', what: exitedText(state, who, options), ...fixFor(state, options.oneShot) }
  }
  if (state.health?.status === 'unhealthy') return unhealthy(state, who)
  return undefined
}

export function wrongPlatform(who: string, words: string): Reason {
  return { code: 'smoke-wrong-platform', what: `${who} cannot be executed here: ${excerpt(words)}` }
}

/** A wrong architecture that only the log tells: the shell or init of the container says it and exits. */
export function betterReason(reason: Reason, logs: readonly string[]): Reason {
  const line = reason.code === 'smoke-exited' ? logs.slice(-5).find((text) => isForeignBinary(text)) : undefined
  return line === undefined ? reason : wrongPlatform('the container', line)
}

function exitedText(
  state: ContainerState,
  who: string,
  { oneShot, ready, elapsed }: { oneShot?: readonly number[]; ready: boolean; elapsed: number },
): string {
  const when = ready
    ? `after it was ready, ${formatDuration(elapsed)} after its start`
    : `after ${formatDuration(elapsed)}, before it was ready`
  const wanted = oneShot ? `; expected exit code ${oneShot.join(' or ')}` : ''
  const error = state.error === '' ? '' : `: ${excerpt(state.error)}`
  return `${who} exited ${when}, with ${exitText(state.exitCode)}${error}${wanted}`
}

function fixFor(state: ContainerState, oneShot: readonly number[] | undefined): Pick<Reason, 'fix'> {
  if (state.exitCode !== 0 || oneShot) return {}
  return { fix: 'A service must run in the foreground; for an image that is meant to end, set startup: {ready: exit}.' }
}

function unhealthy(state: ContainerState, who: string): Reason {
  return { code: 'smoke-unhealthy', what: `the HEALTHCHECK of ${who} says unhealthy${lastHealth(state, ': ')}` }
}

/** The last entry of the health log: exit code and output. */
export function lastHealth(state: ContainerState, before: string): string {
  const last = state.health?.log.at(-1)
  if (!last) return ''
  const output = excerpt(last.output)
  return `${before}its last probe ended with ${exitText(last.exitCode).replace('entrypoint', 'command')}${output === '' ? '' : `, ${output}`}`
}
