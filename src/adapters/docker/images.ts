import type { Repository } from '../../domain/image.ts'
import type { EngineApi, ImageFacts } from '../../ports.ts'
import { Image, read, refused } from './answers.ts'

/** `X-Registry-Auth` for a repository. */
export type EngineAuth = (repository: Repository) => Promise<string>

export async function inspectImage(api: EngineApi, reference: string): Promise<ImageFacts | undefined> {
  const answer = await api.request('GET', `/images/${encodeName(reference)}/json`)
  if (answer.status === 404) return undefined
  if (answer.status !== 200) throw refused(answer, `inspecting the image ${reference}`)
  const image = read(Image, answer, `inspecting the image ${reference}`)
  const config = image.Config
  const test = config?.Healthcheck?.Test ?? []
  const healthcheck = test.length > 0 && test[0] !== 'NONE'
  return {
    id: image.Id,
    platform: [image.Os, image.Architecture, image.Variant].filter(Boolean).join('/'),
    labels: config?.Labels ?? {},
    exposedPorts: Object.keys(config?.ExposedPorts ?? {}),
    user: config?.User ?? '',
    healthcheck,
    ...(healthcheck ? { healthcheckTest: test } : {}),
    ...(config?.StopSignal ? { stopSignal: config.StopSignal } : {}),
    size: image.Size,
    repoDigests: image.RepoDigests ?? [],
  }
}

/** A name in a path: slashes, colons and the at sign are part of the engine's routes. */
export function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/%2F/g, '/').replace(/%3A/g, ':').replace(/%40/g, '@')
}
