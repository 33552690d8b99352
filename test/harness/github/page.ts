// Pages of lists, and what of a request or an answer GitHub's description does not know.
import type { World } from './model.ts'
import { holds } from './model.ts'
import type { Operation } from './openapi.ts'
import { faultsOf } from './openapi.ts'

export function requestFaults(
  { name, parameters, body: validate }: Operation,
  url: URL,
  body: Readonly<Record<string, unknown>>,
): string[] {
  const known = parameters.filter((one) => one.in === 'query').map((one) => one.name)
  const strange = [...url.searchParams.keys()]
    .filter((key) => !known.includes(key))
    .map((key) => `${name}?${key} is unknown`)
  const sent = Object.keys(body).length > 0
  if (sent && !validate) return [...strange, `${name} takes no body`]
  return [...strange, ...faultsOf(`${name} body`, validate, body)]
}

export function paged(
  list: readonly unknown[],
  url: URL,
  world: World,
): { status: number; headers: Record<string, string>; body: unknown } {
  if (!holds(world, 'pages')) return { status: 200, headers: {}, body: list }
  const size = Math.min(100, Math.max(1, Number(url.searchParams.get('per_page') ?? 30)))
  const page = Math.max(1, Number(url.searchParams.get('page') ?? 1))
  const body = list.slice((page - 1) * size, page * size)
  const isLast = page * size >= list.length
  const next = new URL(url)
  next.searchParams.set('page', String(page + 1))
  return { status: 200, headers: isLast ? {} : { link: `<${next.href}>; rel="next"` }, body }
}

/** Errors that every operation may have are not repeated in the description of each. */
const COMMON = new Set([401, 403, 404, 409])

export function answerFaults(
  { name, answers }: Operation,
  { status, body }: { status: number; body?: unknown },
): string[] {
  if (!answers.has(status)) return COMMON.has(status) ? [] : [`${name} never answers ${String(status)}`]
  return faultsOf(`${name} ${String(status)}`, answers.get(status), body)
}
