import type { HttpExpectation, HttpProbe, StatusRule } from '../spec.ts'
import { BELOW_400, expecting } from '../spec.ts'
import type { Pattern } from '../pattern.ts'
import { KEYS } from './keys.ts'
import type { Reader, Value } from './reader.ts'

export const HTTP_EXAMPLE = 'GET :8080/healthz -> 200'
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const SHORT = /^(?:([A-Za-z]+)\s+)?(?::(\d+))?(\/\S*)?(?:\s*->\s*(.+))?$/
const PORTS = { min: 1, max: 65_535 }

export interface HttpParts {
  readonly probe: HttpProbe
  readonly expect: HttpExpectation
}

/** `http:` in short or full form, with the `expect:` beside it. */
export function readHttp(reader: Reader, value: Value, expect: Value | undefined): HttpParts | undefined {
  const short = reader.isMapping(value) ? undefined : readShort(reader, value)
  const probe = short ? short.probe : reader.isMapping(value) ? readProbe(reader, value) : undefined
  const fallback = short?.status ?? BELOW_400
  const expectation = expect ? readExpectation(reader, expect, fallback) : expecting(fallback)
  if (short?.status && expect && expectation !== undefined && expectation.status !== fallback) {
    reader.fault(expect, 'the status is given twice: after -> and in expect', { example: 'GET :8080/healthz' })
  }
  return probe && expectation ? { probe, expect: expectation } : undefined
}

export function httpName(probe: HttpProbe): string {
  return `${probe.method} ${probe.port === undefined ? '' : `:${String(probe.port)}`}${probe.path}`
}

export function readPort(reader: Reader, value: Value): number | undefined {
  return reader.integer(value, PORTS, '8080')
}

function readShort(
  reader: Reader,
  value: Value,
): { probe: HttpProbe; status: readonly StatusRule[] | undefined } | undefined {
  const text = reader.text(value, HTTP_EXAMPLE)
  if (text === undefined) return undefined
  const match = SHORT.exec(text.trim())
  const method = match?.[1]?.toUpperCase() ?? 'GET'
  if (!match || text.trim() === '' || !METHODS.includes(method)) {
    return reader.fault(value, 'is not an HTTP check: METHOD :PORT/PATH -> STATUS', { example: HTTP_EXAMPLE })
  }
  const port = match[2] === undefined ? undefined : Number(match[2])
  if (port !== undefined && (port < PORTS.min || port > PORTS.max)) {
    return reader.fault(value, `${String(port)} is not a port`, { example: HTTP_EXAMPLE })
  }
  const rules = match[4]?.split(',').map(parseStatus)
  if (rules?.some((rule) => rule === undefined)) {
    return reader.fault(value, `${match[4] ?? ''} is not a status`, { example: HTTP_EXAMPLE })
  }
  const probe = { scheme: 'http' as const, method, port, path: match[3] ?? '/', headers: {}, body: undefined }
  return { probe, status: rules?.filter((rule) => rule !== undefined) }
}

function readProbe(reader: Reader, value: Value): HttpProbe | undefined {
  const example = '{path: /healthz, port: 8080}'
  const fields = reader.fields(value, KEYS.http, example)
  if (!fields) return undefined
  const get = <T>(key: string, read: (member: Value) => T | undefined): T | undefined => {
    const member = fields.get(key)
    return member && read(member)
  }
  const path = get('path', (member) => readPath(reader, member))
  return {
    scheme: get('scheme', (member) => reader.choice(member, ['http', 'https'])) ?? 'http',
    method: get('method', (member) => reader.choice(member, METHODS)) ?? 'GET',
    port: get('port', (member) => readPort(reader, member)),
    path: path ?? '/',
    headers: get('headers', (member) => readHeaders(reader, member)) ?? {},
    body: get('body', (member) => readBody(reader, member)),
  }
}

function readPath(reader: Reader, value: Value): string | undefined {
  const path = reader.text(value, '/healthz')
  if (path === undefined || /^\/\S*$/.test(path)) return path
  return reader.fault(value, 'a path starts with / and has no spaces', { example: '/healthz' })
}

/** Text is sent as it is, a mapping or list as JSON. */
function readBody(reader: Reader, value: Value): string | undefined {
  if (reader.isMapping(value) || reader.isList(value)) return JSON.stringify(reader.data(value))
  return reader.text(value, '{"name": "smoke"}')
}

function readHeaders(reader: Reader, value: Value): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, member] of reader.members(value, '{accept: application/json}') ?? []) {
    const text = reader.text(member, 'application/json')
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) reader.fault(member, `${name} is not a header name`)
    else if (text !== undefined && /[\r\n]/.test(text)) reader.fault(member, 'a header has one line')
    else if (text !== undefined) headers[name.toLowerCase()] = text
  }
  return headers
}

function readExpectation(reader: Reader, value: Value, fallback: readonly StatusRule[]): HttpExpectation | undefined {
  const fields = reader.fields(value, KEYS.expectHttp, '{status: 200}')
  if (!fields) return undefined
  if (fields.size === 0)
    return reader.fault(value, 'an empty expectation demands nothing', { example: '{status: 200}' })
  const status = fields.get('status')
  const headers = fields.get('headers')
  const json = fields.get('json')
  const body = fields.get('body')
  const within = fields.get('within')
  return {
    status: (status && readStatus(reader, status)) ?? fallback,
    headers: (headers && readHeaderPatterns(reader, headers)) ?? {},
    json: json && readJson(reader, json),
    body: (body && reader.patterns(body)) ?? [],
    within: within && reader.duration(within, '500ms'),
  }
}

function readJson(reader: Reader, value: Value): unknown {
  if (reader.isMapping(value) || reader.isList(value)) {
    const data = reader.data(value)
    if (Object.keys(data as object).length > 0) return data
  }
  return reader.fault(value, 'must be a mapping or list that the answer contains', { example: '{status: ok}' })
}

export function readHeaderPatterns(reader: Reader, value: Value): Record<string, readonly Pattern[]> {
  const found: Record<string, readonly Pattern[]> = {}
  const members = reader.members(value, '{content-type: /json/}')
  if (members?.size === 0)
    reader.fault(value, 'an empty mapping demands nothing', { example: '{content-type: /json/}' })
  for (const [name, member] of members ?? []) found[name.toLowerCase()] = reader.patterns(member) ?? []
  return found
}

function readStatus(reader: Reader, value: Value): readonly StatusRule[] | undefined {
  return reader.list(value, '[200, 204]')?.flatMap((item) => {
    const text = reader.text(item, '200')
    const rule = text === undefined ? undefined : parseStatus(text)
    if (text !== undefined && !rule) reader.fault(item, 'is not a status', { example: '200, "2xx" or "<500"' })
    return rule ? [rule] : []
  })
}

function parseStatus(written: string): StatusRule | undefined {
  const text = written.trim()
  if (/^[1-5]\d\d$/.test(text)) return { from: Number(text), to: Number(text), text }
  if (/^[1-5]xx$/i.test(text)) {
    const hundred = Number(text.charAt(0)) * 100
    return { from: hundred, to: hundred + 99, text }
  }
  const below = /^<\s*([1-5]\d\d)$/.exec(text)
  return below ? { from: 100, to: Number(below[1]) - 1, text: `below ${below[1] ?? ''}` } : undefined
}
