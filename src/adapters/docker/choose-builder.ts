import type { BuildRequest } from '../../domain/request.ts'
import type { EngineApi, ImageBuilder, Registry, Reporter } from '../../ports.ts'
import type { Environment } from './endpoint.ts'
import { findBuilder, findBuildx } from './buildx-find.ts'

export interface ChooseOptions {
  readonly reporter: Reporter
  /** Credentials that Docker's configuration lacks, e.g. the workflow's token for ghcr.io. */
  readonly registry?: Pick<Registry, 'engineAuth'>
}

/** buildx where it is installed, else the engine itself. Looks at files, starts no process. */
export async function chooseBuilder(
  env: Environment,
  api: EngineApi,
  request: BuildRequest,
  options: ChooseOptions,
): Promise<ImageBuilder> {
  const { reporter, registry } = options
  const auth = registry && ((repository: Parameters<Registry['engineAuth']>[0]) => registry.engineAuth(repository))
  const program = await findBuildx(env)
  if (program === undefined) {
    const [{ createEngineBuilder }, apiVersion] = await Promise.all([import('./engine-builder.ts'), api.version()])
    return createEngineBuilder(api, { reporter, env, apiVersion, auth })
  }
  const [{ createBuildxBuilder }, builder] = await Promise.all([
    import('./buildx-builder.ts'),
    findBuilder(request.builder, env),
  ])
  return createBuildxBuilder(api, { program, builder, reporter, env, auth, engine: await engineFacts(api, request) })
}

/** One request, only where the answer decides something. */
async function engineFacts(
  api: EngineApi,
  request: BuildRequest,
): Promise<{ platform: string; containerdStore: boolean } | undefined> {
  const { platforms, cacheTo, attests, provenance, sbom } = request
  if (platforms.length < 2 && cacheTo.length === 0 && attests.length === 0 && !provenance && !sbom) return undefined
  const { engineInfo } = await import('./info.ts')
  return engineInfo(api)
}
