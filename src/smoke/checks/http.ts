import { formatDuration } from '../../domain/duration.ts'
import { missing } from '../json-subset.ts'
import { broken, brokenInStart } from '../pattern.ts'
import type { Attempt } from '../poll.ts'
import type { HttpAnswer, HttpResult } from '../probe/http.ts'
import { LARGEST_BODY_BYTES } from '../probe/http.ts'
import type { HttpExpectation } from '../spec.ts'
import { excerpt } from '../text.ts'

/** Compares an answer with what was expected; pure. */
export function judgeHttp(result: HttpResult, expect: HttpExpectation): Attempt {
  if ('trouble' in result) return { passed: false, detail: result.trouble.text }
  const { answer } = result
  const fault = faultOf(answer, expect)
  const seen = `status ${String(answer.status)} in ${String(Math.round(answer.ms))} ms`
  if (fault === undefined) return { passed: true, detail: seen }
  const body = excerpt(answer.body)
  return { passed: false, detail: `${fault}; ${seen}${body === '' ? ', empty body' : `, body: ${body}`}` }
}

function faultOf(answer: HttpAnswer, expect: HttpExpectation): string | undefined {
  if (!expect.status.some(({ from, to }) => answer.status >= from && answer.status <= to)) {
    const location = answer.headers['location']
    const where = location === undefined ? '' : ` (redirects to ${excerpt(location, 120)})`
    return `expected status ${expect.status.map(({ text }) => text).join(' or ')}, got ${String(answer.status)}${where}`
  }
  for (const [name, patterns] of Object.entries(expect.headers)) {
    const value = answer.headers[name]
    const fault = broken(
      patterns,
      value ?? '',
      value === undefined ? `absent header ${name}` : `header ${name}: ${excerpt(value, 120)}`,
    )
    if (fault !== undefined) return fault
  }
  const json = expect.json === undefined ? undefined : jsonFault(answer.body, expect.json)
  if (json !== undefined) return json
  const isCut = Buffer.byteLength(answer.body) >= LARGEST_BODY_BYTES
  const body = brokenInStart(expect.body, answer.body, isCut ? '1 MiB' : undefined, 'the body')
  if (body !== undefined) return body
  if (expect.within !== undefined && answer.ms > expect.within) {
    return `the answer took ${formatDuration(answer.ms)}, expected within ${formatDuration(expect.within)}`
  }
  return undefined
}

function jsonFault(body: string, expected: unknown): string | undefined {
  let actual: unknown
  try {
    actual = JSON.parse(body)
  } catch {
    return 'the body is not JSON'
  }
  return missing(expected, actual)
}
