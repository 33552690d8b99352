import { readFile, realpath } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { parseReference } from '../../domain/image.ts'
import type { DocumentLimits } from '../../domain/request.ts'
import { isProcessFile, isRunnerVariable, RUNNER_VARIABLE } from '../../domain/runner-variables.ts'
import type { ContainerOptions, ServiceSpec } from '../spec.ts'
import { PLAIN_CONTAINER } from '../spec.ts'
import { KEYS } from './keys.ts'
import { readReadiness } from './readiness.ts'
import type { Reader, Value } from './reader.ts'

const ALIAS = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i

/** What of this machine the document may read. */
export interface Reach {
  /** What `env-file` is relative to. */
  readonly folder: string
  readonly limits: DocumentLimits | undefined
}

export async function readContainer(reader: Reader, value: Value, reach: Reach): Promise<ContainerOptions> {
  const fields = reader.fields(value, KEYS.container, '{env: {PORT: "8080"}}')
  if (!fields) return PLAIN_CONTAINER
  const aliases = fields.get('aliases')
  return {
    ...(await readOptions(reader, fields, reach)),
    aliases: (aliases && readAliases(reader, aliases)) ?? [],
  }
}

export async function readServices(reader: Reader, value: Value, reach: Reach): Promise<readonly ServiceSpec[]> {
  const example = 'db: {image: "postgres@sha256:…"}'
  const found: ServiceSpec[] = []
  for (const [name, member] of reader.members(value, example) ?? []) {
    if (!ALIAS.test(name)) reader.fault(member, `${name} cannot be a host name`, { example })
    const fields = reader.fields(member, KEYS.service, '{image: "postgres@sha256:…"}')
    const image = fields?.get('image')
    if (!fields || !image) {
      if (fields) reader.fault(member, 'a service needs an image', { example })
      continue
    }
    const ready = fields.get('ready')
    found.push({
      name,
      image: readImage(reader, image) ?? '',
      ...(await readOptions(reader, fields, reach)),
      aliases: [name],
      ready: (ready && readReadiness(reader, ready)) ?? { kind: 'auto' },
    })
  }
  return found
}

function readImage(reader: Reader, value: Value): string | undefined {
  const image = reader.text(value, 'postgres@sha256:…')
  if (image === undefined || parseReference(image) || /^sha256:[0-9a-f]{64}$/.test(image)) return image
  return reader.fault(value, 'is not an image reference', { example: 'postgres@sha256:…' })
}

async function readOptions(
  reader: Reader,
  fields: ReadonlyMap<string, Value>,
  reach: Reach,
): Promise<Omit<ContainerOptions, 'aliases'>> {
  const get = <T>(key: string, read: (member: Value) => T | undefined): T | undefined => {
    const member = fields.get(key)
    return member && read(member)
  }
  const file = fields.get('env-file')
  const user = get('user', (member) => reader.text(member, '1000:1000'))
  return {
    env: {
      ...(file && (await readEnvFiles(reader, file, reach))),
      ...get('env', (member) => readEnv(reader, member)),
    },
    secrets: get('secrets', (member) => readNames(reader, member, reach)) ?? [],
    args: get('args', (member) => readArguments(reader, member)),
    entrypoint: get('entrypoint', (member) => reader.texts(member, '[/app/server]')),
    user: user === '' ? undefined : user,
    readOnly: get('read-only', (member) => reader.boolean(member)) ?? false,
    memory: get('memory', (member) => reader.bytes(member, '256m')),
    platform: get('platform', (member) => reader.text(member, 'linux/arm64')),
  }
}

/** An empty list is the image's own command. */
function readArguments(reader: Reader, value: Value): readonly string[] | undefined {
  return reader.isEmptyList(value) ? undefined : reader.texts(value, '["--port", "8080"]')
}

function readEnv(reader: Reader, value: Value): Record<string, string> {
  const env: Record<string, string> = {}
  for (const [name, member] of reader.members(value, '{PORT: "8080"}') ?? []) {
    const text = reader.isEmpty(member) ? '' : reader.text(member, '"8080"')
    if (text !== undefined) env[name] = text
  }
  return env
}

function readNames(reader: Reader, value: Value, { limits }: Reach): readonly string[] | undefined {
  const names = reader.texts(value, '[API_KEY]')
  if (names && limits?.secrets === false) return reader.fault(value, `cannot be named here: ${UNREVIEWED}`)
  for (const name of names ?? []) {
    if (isRunnerVariable(name)) return reader.fault(value, `${name} ${RUNNER_VARIABLE}`, { example: '[API_KEY]' })
    // The value is never repeated in the message: who writes NAME=value here has put a secret into the file.
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      return reader.fault(value, 'secrets are names only; their values come from the step’s env', {
        value: '…',
        example: '[API_KEY]',
      })
    }
  }
  return names
}

function readAliases(reader: Reader, value: Value): readonly string[] | undefined {
  const aliases = reader.texts(value, '[app]')
  const bad = aliases?.find((alias) => !ALIAS.test(alias))
  return bad === undefined ? aliases : reader.fault(value, `${bad} cannot be a host name`, { example: '[app]' })
}

/** An input of the workflow is its author's own word. */
const UNREVIEWED =
  'the file is of a checkout that nobody reviewed on this event. Write the checks as an input of the workflow'

async function readEnvFiles(reader: Reader, value: Value, { folder, limits }: Reach): Promise<Record<string, string>> {
  const env: Record<string, string> = {}
  for (const path of reader.texts(value, '.env.smoke') ?? []) {
    try {
      const file = await realpath(resolve(folder, path))
      if (limits && isOutside(await realpath(limits.folder), file)) {
        reader.fault(value, `${path} is outside of the workspace: ${UNREVIEWED}`)
        continue
      }
      if (isProcessFile(file)) throw new Error(`${path} is not a file of variables`)
      Object.assign(env, parseEnvFile(await readFile(file, 'utf8')))
    } catch {
      reader.fault(value, `${path} cannot be read`, { example: '.env.smoke' })
    }
  }
  return env
}

function isOutside(folder: string, file: string): boolean {
  const path = relative(folder, file)
  return path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)
}

/** `NAME=value` lines as Docker reads them: no quotes, no expansion, `#` starts a comment line. */
export function parseEnvFile(text: string): Record<string, string> {
  const env: Record<string, string> = {}
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const match = /^\s*([^#\s=][^=\s]*)=(.*)$/.exec(line)
    if (match) env[match[1] ?? ''] = match[2] ?? ''
  }
  return env
}
