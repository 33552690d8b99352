import type { BuildRequest } from '../../domain/request.ts'
import type { Fault } from '../../errors/deploy-error.ts'
import { dockerfileText, mountTypes } from './build-request.ts'

export const ADD_BUILDX = 'this step before: - uses: docker/setup-buildx-action@v3'

/** Options that engines of Docker before 23 ignore. */
const SINCE_23 = '1.42'

/** Everything in a request that the engine's own builder would have to ignore, by the input's name. */
export function refusals(request: BuildRequest, apiVersion: string): readonly Fault[] {
  const mounts = mountTypes(dockerfileText(request) ?? '')
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['secret-envs', request.secretEnvs],
    ['secret-files', request.secretFiles],
    ['ssh', request.ssh],
    ['cache-to', request.cacheTo],
    ['cache-from', request.cacheFrom.filter((entry) => !isRegistryCache(entry))],
    ['build-contexts', request.buildContexts],
    ['no-cache-filters', request.noCacheFilters],
    ['annotations', request.annotations],
    ['attests', request.attests],
    ['allow', request.allow],
    ['platforms', request.platforms.length > 1 ? request.platforms : []],
    ['provenance', wanted(request.provenance)],
    ['sbom', wanted(request.sbom)],
    ['builder', request.builder === undefined ? [] : [request.builder]],
    ...(isOlder(apiVersion, SINCE_23)
      ? ([
          ['shm-size', request.shmSize === undefined ? [] : [request.shmSize]],
          ['ulimit', request.ulimit],
        ] as const)
      : []),
  ]
  const faults = lists.flatMap(([name, values]) => (values.length > 0 ? [fault(name, values.join(', '))] : []))
  if (request.secrets.length > 0) faults.unshift(fault('secrets'))
  for (const type of ['secret', 'ssh']) {
    if (mounts.has(type)) faults.push(fault('file', `RUN --mount=type=${type}`))
  }
  return faults
}

function fault(name: string, value?: string): Fault {
  const problem = `needs buildx, which this machine does not have; add ${ADD_BUILDX}`
  return value === undefined ? { name, problem } : { name, value, problem }
}

/** Switched off is what happens anyway. */
function wanted(value: string | undefined): string[] {
  return value === undefined || value === '' || value === 'false' ? [] : [value]
}

function isRegistryCache(entry: string): boolean {
  return !entry.includes('=') || /(?:^|,)type=registry(?:,|$)/.test(entry)
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = than.split('.').map(Number)
  return major < otherMajor || (major === otherMajor && minor < otherMinor)
}
