import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import type { Repository } from '../../domain/image.ts'
import { clientConfig, buildxFolder } from './buildx-find.ts'
import { readCredentials } from './credentials.ts'
import type { Environment } from './endpoint.ts'
import { dockerConfigFolder } from './endpoint.ts'
import type { EngineAuth } from './images.ts'
import { DOCKER_HUB_LOGIN, isDockerHub } from '../../domain/docker-hub.ts'

/**
 * Variables that let buildx push where only we have credentials (a workflow's token for ghcr.io): a copy of the
 * client's configuration with them added, in `folder`, which is private and removed after the build.
 * Empty when Docker's own configuration knows the registry, or nobody does.
 */
export async function registryAccess(
  repository: Repository,
  auth: EngineAuth | undefined,
  env: Environment,
  folder: string,
): Promise<Readonly<Record<string, string>>> {
  const config = await clientConfig(env)
  const keys = isDockerHub(repository.registry) ? [DOCKER_HUB_LOGIN, 'docker.io'] : [repository.registry]
  const known = [config.auths, config.credHelpers].flatMap((entries) =>
    Object.entries(entries ?? {}).flatMap(([key, entry]) => (saysSomething(entry) ? [key] : [])),
  )
  if (!auth || config.credsStore || keys.some((key) => known.includes(key) || known.includes(`https://${key}`)))
    return {}
  const { username, password, identitytoken } = readCredentials(await auth(repository))
  if (!password && !identitytoken) return {}
  const source = dockerConfigFolder(env)
  const text = await readFile(join(source, 'config.json'), 'utf8').catch(() => '{}')
  const whole = v.parse(v.record(v.string(), v.unknown()), JSON.parse(text))
  const entry = {
    auth: Buffer.from(`${username}:${password}`).toString('base64'),
    ...(identitytoken ? { identitytoken } : {}),
  }
  const auths = { ...config.auths, [keys[0] ?? '']: entry }
  const own = join(folder, 'config')
  await mkdir(own, { mode: 0o700 })
  await writeFile(join(own, 'config.json'), JSON.stringify({ ...whole, auths }), { mode: 0o600 })
  await symlink(join(source, 'contexts'), join(own, 'contexts'))
  // What the client looks for beside its configuration stays where it was.
  return { DOCKER_CONFIG: own, BUILDX_CONFIG: buildxFolder(env), DOCKER_CERT_PATH: env['DOCKER_CERT_PATH'] || source }
}

/** An entry without any text in it, such as `{"auth": null}`, is not a login. */
function saysSomething(entry: unknown): boolean {
  if (typeof entry !== 'object' || entry === null) return typeof entry === 'string' && entry !== ''
  return Object.values(entry).some((value) => typeof value === 'string' && value !== '')
}
