import type { BuildRequest } from '../../src/domain/request.ts'

/** A request that asks for nothing but its context, and what is changed of it. */
export function buildRequest(context: string, change: Partial<BuildRequest> = {}): BuildRequest {
  return {
    context,
    platforms: [],
    buildArgs: [],
    buildContexts: [],
    secrets: [],
    secretEnvs: [],
    secretFiles: [],
    ssh: [],
    cacheFrom: [],
    cacheTo: [],
    noCache: false,
    noCacheFilters: [],
    pull: false,
    labels: {},
    annotations: [],
    attests: [],
    addHosts: [],
    ulimit: [],
    allow: [],
    sourceDateEpoch: 1_767_323_045,
    ...change,
  }
}
