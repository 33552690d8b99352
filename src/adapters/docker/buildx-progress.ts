import * as v from 'valibot'
import type { BuildUpdate } from './progress.ts'

const Time = v.optional(v.pipe(v.string(), v.transform(Date.parse)))
const Update = v.object({
  vertexes: v.nullish(
    v.array(
      v.object({
        digest: v.string(),
        name: v.string(),
        cached: v.optional(v.boolean(), false),
        started: Time,
        completed: Time,
        error: v.optional(v.string(), ''),
      }),
    ),
  ),
  logs: v.nullish(v.array(v.object({ vertex: v.string(), data: v.optional(v.string(), '') }))),
  warnings: v.nullish(v.array(v.object({ short: v.optional(v.string(), '') }))),
})

/** One line of `--progress rawjson`; undefined when it is not one. */
export function parseRawJson(line: string): BuildUpdate | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const parsed = v.safeParse(Update, JSON.parse(line))
    if (!parsed.success) return undefined
    const { vertexes, logs, warnings } = parsed.output
    return {
      vertexes: (vertexes ?? []).map(({ started, completed, ...vertex }) => ({
        ...vertex,
        ...(started === undefined ? {} : { started }),
        ...(completed === undefined ? {} : { completed }),
      })),
      logs: (logs ?? []).map(({ vertex, data }) => ({ vertex, data: Buffer.from(data, 'base64') })),
      warnings: (warnings ?? []).map(({ short }) => Buffer.from(short, 'base64').toString('utf8')),
    }
  } catch {
    return undefined
  }
}
