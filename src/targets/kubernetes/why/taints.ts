// Taints of nodes, and whether the pods of a DaemonSet tolerate them.
import * as v from 'valibot'

const text = v.nullish(v.string())
const TaintSchema = v.object({ key: v.string(), value: text, effect: v.string() })
export const TaintedNodeSchema = v.object({ spec: v.nullish(v.object({ taints: v.nullish(v.array(TaintSchema)) })) })
const TolerationsSchema = v.object({
  tolerations: v.nullish(v.array(v.object({ key: text, operator: text, value: text, effect: text }))),
})

export type Taint = v.InferOutput<typeof TaintSchema>
export type TaintedNode = v.InferOutput<typeof TaintedNodeSchema>
export type Toleration = NonNullable<v.InferOutput<typeof TolerationsSchema>['tolerations']>[number]

/** undefined where they are written in a way that we do not know. */
export function tolerationsOf(podSpec: unknown): readonly Toleration[] | undefined {
  const parsed = v.safeParse(TolerationsSchema, podSpec)
  return parsed.success ? (parsed.output.tolerations ?? []) : undefined
}

/** States of a node that pass, most of which the controller lets a DaemonSet tolerate anyway. */
const PASSING = /^node(?:\.cloudprovider)?\.kubernetes\.io\//
const KEEPING_OFF = ['NoSchedule', 'NoExecute']

/** The taints that keep the pods off the node for as long as nobody changes it. */
export function repellingTaints({ spec }: TaintedNode, tolerations: readonly Toleration[]): Taint[] {
  return (spec?.taints ?? []).filter(
    (taint) =>
      KEEPING_OFF.includes(taint.effect) &&
      !PASSING.test(taint.key) &&
      !tolerations.some((toleration) => tolerates(toleration, taint)),
  )
}

function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false
  if (key && key !== taint.key) return false
  // An operator of a later version may tolerate it.
  return operator && operator !== 'Equal' ? true : key === taint.key && (value ?? '') === (taint.value ?? '')
}

export function taintText({ key, value, effect }: Taint): string {
  return `${key}${value ? `=${value}` : ''}:${effect}`
}
