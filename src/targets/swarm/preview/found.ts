/** What a Swarm holds under a label: one request a kind, however much there is. */
import * as v from 'valibot'
import type { Clock, EngineAnswer } from '../../../ports.ts'
import { accepted } from '../engine.ts'
import type { EngineRequests } from './few-requests.ts'

export interface FoundPart {
  readonly kind: Kind
  readonly name: string
  /** What it is removed by. */
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
}

export interface Found {
  readonly parts: readonly FoundPart[]
  /** By the manager's clock, ms since 1970. */
  readonly now: number
}

/** In the order in which they can be removed. Volumes are those of the node that is asked. */
export const KINDS = ['service', 'network', 'config', 'secret', 'volume'] as const
export type Kind = (typeof KINDS)[number]

const Labels = v.nullish(v.record(v.string(), v.string()))

/** Services, configs and secrets say `ID` and `Spec`, networks `Id` and `Name`; a volume has only its name. */
const Listed = v.object({
  ID: v.optional(v.string()),
  Id: v.optional(v.string()),
  Name: v.optional(v.string()),
  Labels,
  Spec: v.optional(v.object({ Name: v.optional(v.string()), Labels })),
})
const List = v.union([
  v.array(Listed),
  v.pipe(
    v.object({ Volumes: v.nullish(v.array(Listed)) }),
    v.transform(({ Volumes }) => Volumes ?? []),
  ),
])

/** @param label `key`, or `key=value` */
export async function findParts(
  api: EngineRequests,
  label: string,
  clock: Clock,
  kinds: readonly Kind[] = KINDS,
): Promise<Found> {
  const lists = await Promise.all(
    kinds.map(async (kind) => {
      const answer = await api.request('GET', `/${kind}s`, { query: { filters: { label: [label] } } })
      return { kind, answer }
    }),
  )
  return {
    parts: lists.flatMap(({ kind, answer }) => partsOf(kind, accepted(api, answer, `list its ${kind}s`))),
    now: timeOf(lists[0]?.answer, clock),
  }
}

function partsOf(kind: Kind, value: unknown): FoundPart[] {
  return v.parse(List, value ?? []).map((item) => {
    const name = item.Spec?.Name ?? item.Name ?? ''
    return { kind, name, id: item.ID ?? item.Id ?? name, labels: item.Spec?.Labels ?? item.Labels ?? {} }
  })
}

function timeOf(answer: EngineAnswer | undefined, clock: Clock): number {
  const time = Date.parse(String(answer?.headers.date))
  return Number.isNaN(time) ? clock.now() : time
}

export function partText({ kind, name }: Pick<FoundPart, 'kind' | 'name'>): string {
  return `${kind} ${name}`
}
