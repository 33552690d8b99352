import type { CheckSpec, Retry } from '../spec.ts'
import { DEFAULTS } from '../spec.ts'
import { SIGNAL_NAMES } from '../signals.ts'
import { HTTP_EXAMPLE, httpName, readHeaderPatterns, readHttp, readPort } from './http.ts'
import type { CheckKind } from './keys.ts'
import { CHECK_KINDS, KEYS } from './keys.ts'
import { readCodes } from './readiness.ts'
import type { Reader, Value } from './reader.ts'

type Fields = ReadonlyMap<string, Value>
/** A check before its name and retry are known. */
type Body = CheckSpec extends infer Check ? (Check extends CheckSpec ? Omit<Check, 'retry'> : never) : never

export function readChecks(reader: Reader, value: Value): readonly CheckSpec[] {
  const items = reader.list(value, `[{http: ${HTTP_EXAMPLE}}]`) ?? []
  return items.flatMap((item) => readCheck(reader, item) ?? [])
}

function readCheck(reader: Reader, value: Value): CheckSpec | undefined {
  const fields = reader.fields(value, KEYS.check, `{http: ${HTTP_EXAMPLE}}`)
  if (!fields) return undefined
  const kinds = CHECK_KINDS.filter((kind) => fields.has(kind))
  const [kind] = kinds
  const subject = kind && fields.get(kind)
  if (!subject || kinds.length > 1) {
    const problem = subject ? `a check is of one kind, this is ${kinds.join(' and ')}` : 'a check needs a kind'
    return reader.fault(value, problem, { example: `http: ${HTTP_EXAMPLE}` })
  }
  const expect = fields.get('expect')
  if (expect && kind !== 'http' && kind !== 'exec') {
    reader.fault(expect, `expect belongs to http and exec; ${kind} says it in its own mapping`)
  }
  const body = readBody(reader, kind, subject, expect)
  const retry = fields.get('retry')
  const name = fields.get('name')
  if (retry && (kind === 'image' || kind === 'stop')) reader.fault(retry, `${kind} cannot change by waiting: no retry`)
  return (
    body && {
      ...body,
      name: (name && reader.text(name, 'health')) ?? body.name,
      retry: retry && readRetry(reader, retry),
    }
  )
}

function readBody(reader: Reader, kind: CheckKind, value: Value, expect: Value | undefined): Body | undefined {
  switch (kind) {
    case 'http': {
      const parts = readHttp(reader, value, expect)
      return parts && { kind, name: httpName(parts.probe), ...parts }
    }
    case 'tcp': {
      const port = readPort(reader, value)
      return port === undefined ? undefined : { kind, name: `tcp ${String(port)}`, port }
    }
    case 'exec':
      return readExec(reader, value, expect)
    case 'file':
      return readFile(reader, value)
    case 'image':
      return readImage(reader, value)
    case 'log': {
      const patterns = reader.patterns(value)
      return patterns && { kind, name: 'log', patterns }
    }
    case 'stop':
      return readStop(reader, value)
  }
}

function readRetry(reader: Reader, value: Value): Retry | undefined {
  if (!reader.isMapping(value)) {
    const time = reader.duration(value, '20s')
    return time === undefined ? undefined : { for: time, every: DEFAULTS.retryEvery }
  }
  const fields = reader.fields(value, KEYS.retry, '{for: 20s, every: 500ms}')
  const time = fields?.get('for')
  if (!fields || !time) return reader.fault(value, 'retry needs for', { example: '{for: 20s, every: 500ms}' })
  const every = fields.get('every')
  return {
    for: reader.duration(time, '20s') ?? 0,
    every: Math.max(10, (every && reader.duration(every, '500ms')) ?? DEFAULTS.retryEvery),
  }
}

function readExec(reader: Reader, value: Value, expect: Value | undefined): Body | undefined {
  const example = '[node, --version]'
  if (!reader.isList(value)) return reader.fault(value, 'must be a list: no shell reads it', { example })
  const argv = reader.texts(value, example)
  const fields: Fields = (expect && reader.fields(expect, KEYS.expectExec, '{exit: 0}')) ?? new Map<string, Value>()
  if (expect && fields.size === 0)
    reader.fault(expect, 'an empty expectation demands nothing', { example: '{exit: 0}' })
  const exit = fields.get('exit')
  const stdout = fields.get('stdout')
  const stderr = fields.get('stderr')
  const within = fields.get('within')
  return (
    argv && {
      kind: 'exec',
      name: `exec ${argv.join(' ')}`.slice(0, 60),
      argv,
      exit: (exit && readCodes(reader, exit)) ?? [0],
      stdout: (stdout && reader.patterns(stdout)) ?? [],
      stderr: (stderr && reader.patterns(stderr)) ?? [],
      within: within && reader.duration(within, '2s'),
    }
  )
}

function readFile(reader: Reader, value: Value): Body | undefined {
  const example = '{path: /app/server, mode: "0755"}'
  const fields: Fields | undefined = reader.isMapping(value)
    ? reader.fields(value, KEYS.file, example)
    : new Map([['path', value]])
  const member = fields?.get('path')
  const path = member && reader.text(member, '/app/server')
  if (!fields || path === undefined) return fields && reader.fault(value, 'a file check needs a path', { example })
  if (!path.startsWith('/')) return reader.fault(value, 'the path must be absolute', { example })
  const get = <T>(key: string, read: (field: Value) => T | undefined): T | undefined => {
    const field = fields.get(key)
    return field && read(field)
  }
  const number = (field: Value): number | undefined => reader.integer(field, { min: 0, max: 2 ** 32 - 1 }, '1000')
  const exists = get('exists', (field) => reader.boolean(field)) ?? true
  if (!exists && fields.size > 2) reader.fault(value, 'a file that must not exist has no other properties', { example })
  return {
    kind: 'file',
    name: `file ${path}`,
    path,
    exists,
    mode: get('mode', (field) => readMode(reader, field)),
    uid: get('uid', number),
    gid: get('gid', number),
    sha256: get('sha256', (field) => readSha256(reader, field)),
    content: get('content', (field) => reader.patterns(field)) ?? [],
  }
}

function readMode(reader: Reader, value: Value): number | undefined {
  const text = reader.text(value, '"0644"')
  if (text === undefined) return undefined
  const match = /^(?:0o?)?([0-7]{3,4})$/.exec(text)
  return match ? Number.parseInt(match[1] ?? '', 8) : reader.fault(value, 'is not a file mode', { example: '"0644"' })
}

function readSha256(reader: Reader, value: Value): string | undefined {
  const text = reader.text(value, '64 hex digits')?.toLowerCase()
  if (text === undefined || /^[0-9a-f]{64}$/.test(text)) return text
  return reader.fault(value, 'is not a SHA-256', { example: '64 hex digits' })
}

function readImage(reader: Reader, value: Value): Body | undefined {
  const example = '{user: "!root", max-size: 300MB}'
  const fields = reader.fields(value, KEYS.image, example)
  if (!fields) return undefined
  if (fields.size === 0) return reader.fault(value, 'an empty image check demands nothing', { example })
  const user = fields.get('user')
  const ports = fields.get('ports')
  const labels = fields.get('labels')
  const platform = fields.get('platform')
  const size = fields.get('max-size')
  return {
    kind: 'image',
    name: 'image',
    user: (user && reader.patterns(user)) ?? [],
    ports: (ports && readPorts(reader, ports)) ?? [],
    labels: (labels && readHeaderPatterns(reader, labels)) ?? {},
    platform: platform && reader.text(platform, 'linux/amd64'),
    maxSize: size && reader.bytes(size, '300MB'),
  }
}

function readPorts(reader: Reader, value: Value): readonly string[] | undefined {
  return reader.texts(value, '[8080/tcp]')?.map((port) => {
    if (!/^\d+(?:\/(?:tcp|udp|sctp))?$/.test(port))
      reader.fault(value, `${port} is not a port`, { example: '[8080/tcp]' })
    return port.includes('/') ? port : `${port}/tcp`
  })
}

function readStop(reader: Reader, value: Value): Body | undefined {
  const fields: Fields | undefined = reader.isEmpty(value)
    ? new Map<string, Value>()
    : reader.fields(value, KEYS.stop, '{signal: SIGTERM, within: 10s}')
  if (!fields) return undefined
  const named = fields.get('signal')
  const within = fields.get('within')
  const exit = fields.get('exit')
  const signal = named && reader.choice(named, SIGNAL_NAMES)
  return {
    kind: 'stop',
    name: signal === undefined ? 'stop' : `stop by ${signal}`,
    signal,
    within: (within && reader.duration(within, '10s')) ?? DEFAULTS.stopWithin,
    exit: exit && readCodes(reader, exit),
  }
}
