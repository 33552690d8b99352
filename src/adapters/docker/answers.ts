import * as v from 'valibot'
import type { EngineAnswer } from '../../ports.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { ReasonCode } from '../../errors/catalogue.ts'
import { cut, oneLine } from '../../domain/text.ts'

/** What we read of the engine's answers; everything else passes unseen. */

const texts = v.nullish(v.record(v.string(), v.string()))
const names = v.nullish(v.record(v.string(), v.unknown()))

export const Info = v.object({
  OSType: v.string(),
  Architecture: v.string(),
  DriverStatus: v.nullish(v.array(v.array(v.string()))),
})

export const Image = v.object({
  Id: v.string(),
  Os: v.string(),
  Architecture: v.string(),
  Variant: v.optional(v.string()),
  Size: v.optional(v.number(), 0),
  RepoDigests: v.nullish(v.array(v.string())),
  Config: v.nullish(
    v.object({
      Labels: texts,
      ExposedPorts: names,
      User: v.optional(v.string(), ''),
      StopSignal: v.optional(v.string()),
      Healthcheck: v.nullish(v.object({ Test: v.nullish(v.array(v.string())) })),
    }),
  ),
})

const Binding = v.object({ HostIp: v.optional(v.string()), HostPort: v.optional(v.string()) })

export const Container = v.object({
  State: v.object({
    Status: v.string(),
    ExitCode: v.optional(v.number(), 0),
    OOMKilled: v.optional(v.boolean(), false),
    Error: v.optional(v.string(), ''),
    Health: v.nullish(
      v.object({
        Status: v.string(),
        Log: v.nullish(v.array(v.object({ ExitCode: v.number(), Output: v.optional(v.string(), '') }))),
      }),
    ),
  }),
  RestartCount: v.optional(v.number(), 0),
  NetworkSettings: v.object({
    Ports: v.nullish(v.record(v.string(), v.nullish(v.array(Binding)))),
    Networks: v.nullish(
      v.record(v.string(), v.object({ IPAddress: v.optional(v.string()), GlobalIPv6Address: v.optional(v.string()) })),
    ),
  }),
})

export const Created = v.object({ Id: v.string() })
export const Exec = v.object({ ExitCode: v.nullish(v.number()) })
export const ContainerList = v.array(
  v.object({ Id: v.string(), Names: v.nullish(v.array(v.string())), Labels: texts, Created: v.number() }),
)
export const NetworkList = v.array(v.object({ Id: v.string(), Name: v.string(), Labels: texts, Created: v.string() }))
/** RFC 3339, the engine's own clock. */
export const EngineTime = v.object({ SystemTime: v.string() })
export const Network = v.object({ Containers: names })
/** Kind, id and name of what an event is about. */
export const EngineEvent = v.object({ Action: v.string(), Actor: v.object({ ID: v.string() }) })
export const PathStat = v.object({
  mode: v.number(),
  size: v.number(),
  linkTarget: v.optional(v.string(), ''),
})
/** One line of a pull, push or build stream. */
export const Progress = v.object({
  status: v.optional(v.string()),
  stream: v.optional(v.string()),
  id: v.optional(v.string()),
  error: v.optional(v.string()),
  errorDetail: v.optional(v.object({ message: v.optional(v.string()) })),
  aux: v.optional(v.unknown()),
})
export type Progress = v.InferOutput<typeof Progress>
export const PushAux = v.object({ Digest: v.string() })

/** Parses an answer's body. @throws DeployError engine-error when it has another shape */
export function read<S extends v.GenericSchema>(schema: S, answer: EngineAnswer, what: string): v.InferOutput<S> {
  const parsed = v.safeParse(schema, answer.json())
  if (parsed.success) return parsed.output
  const problem = parsed.issues[0]
  throw new DeployError('engine-error', `${what}: the engine's answer has an unexpected shape: ${problem.message}`)
}

/** The engine's refusal as our error: its own words, and the code that the caller knows to fit. */
export function refused(answer: EngineAnswer, what: string, code: ReasonCode = 'engine-error'): DeployError {
  const words = cut(oneLine(answer.message()), 600)
  return new DeployError(code, `${what}: the engine answered ${String(answer.status)}: ${words}`)
}
