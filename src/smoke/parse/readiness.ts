import type { Readiness } from '../spec.ts'
import { parsePattern } from '../pattern.ts'
import { readHttp, readPort } from './http.ts'
import { KEYS } from './keys.ts'
import type { Reader, Value } from './reader.ts'

const EXAMPLE = 'healthcheck, http GET :8080/healthz -> 200, tcp 8080, log /listening/ or exit'
const KINDS = ['healthcheck', 'http', 'tcp', 'log', 'exec', 'exit'] as const

/** `ready:` as one line (`http GET :8080/ -> 200`) or as a mapping of one kind (`{exec: [pg_isready]}`). */
export function readReadiness(reader: Reader, value: Value): Readiness | undefined {
  return reader.isMapping(value) ? readMapping(reader, value) : readLine(reader, value)
}

function readMapping(reader: Reader, value: Value): Readiness | undefined {
  const fields = reader.fields(value, KEYS.ready, EXAMPLE)
  const named = KINDS.filter((kind) => fields?.has(kind))
  const [kind] = named
  const member = kind && fields?.get(kind)
  if (!fields || !member || named.length > 1)
    return reader.fault(value, 'name exactly one condition', { example: EXAMPLE })
  const expect = fields.get('expect')
  if (expect && kind !== 'http') reader.fault(expect, `expect belongs to http, not to ${kind}`)
  return readKind(reader, kind, member, expect)
}

function readKind(reader: Reader, kind: (typeof KINDS)[number], value: Value, expect?: Value): Readiness | undefined {
  switch (kind) {
    case 'healthcheck':
      return { kind }
    case 'http': {
      const parts = readHttp(reader, value, expect)
      return parts && { kind, ...parts }
    }
    case 'tcp': {
      const port = readPort(reader, value)
      return port === undefined ? undefined : { kind, port }
    }
    case 'log': {
      const patterns = reader.patterns(value)
      return patterns && { kind, patterns }
    }
    case 'exec': {
      const argv = reader.texts(value, '[pg_isready]')
      return argv && { kind, argv }
    }
    case 'exit':
      return { kind, codes: reader.isEmpty(value) ? [0] : (readCodes(reader, value) ?? [0]) }
  }
}

function readLine(reader: Reader, value: Value): Readiness | undefined {
  const text = reader.text(value, EXAMPLE)?.trim()
  if (text === undefined) return undefined
  const [, kind, rest = ''] = /^(\S+)\s*(.*)$/s.exec(text) ?? []
  const known = KINDS.find((candidate) => candidate === kind)
  if (known === undefined || (known === 'healthcheck' && rest !== '')) return noCondition(reader, value, kind)
  if (rest === '') {
    if (known === 'healthcheck') return { kind: known }
    return known === 'exit' ? { kind: known, codes: [0] } : noCondition(reader, value)
  }
  if (known === 'exec') return { kind: known, argv: rest.split(/\s+/) }
  if (known === 'log') return readLog(reader, value, rest)
  return readKind(reader, known, reader.part(value, rest))
}

function readLog(reader: Reader, value: Value, text: string): Readiness | undefined {
  try {
    return { kind: 'log', patterns: [parsePattern(text)] }
  } catch {
    return reader.fault(value, 'is not a regular expression', { example: 'log /listening/' })
  }
}

function noCondition(reader: Reader, value: Value, kind = ''): Readiness | undefined {
  const near = KINDS.find((candidate) => candidate.startsWith(kind.slice(0, 3)) && kind.length > 2)
  return reader.fault(value, 'is not a readiness condition', {
    example: EXAMPLE,
    ...(near === undefined || near === kind ? {} : { suggestion: near }),
  })
}

export function readCodes(reader: Reader, value: Value): readonly number[] | undefined {
  const codes = reader.list(value, '[0]')?.map((item) => reader.integer(item, { min: 0, max: 255 }, '0'))
  const kept = codes?.filter((code) => code !== undefined)
  return kept?.length === codes?.length ? kept : undefined
}
