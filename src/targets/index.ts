import { ecs } from './ecs/index.ts'
import { kubernetes } from './kubernetes/index.ts'
import type { TargetKind } from './shared/kind.ts'
import { swarm } from './swarm/index.ts'

/** Adding a target: its folder, and its name in this line. */
export const TARGETS = [swarm, kubernetes, ecs] as const

type Kind = (typeof TARGETS)[number]
export type TargetName = Kind['name']
/** The inputs that targets add to those of every target. */
export type TargetInput = Kind['inputs'][number]

export const TARGET_NAMES: readonly TargetName[] = TARGETS.map(({ name }) => name)

/** What opens and reads a target, by its name. */
export function targetKind(name: string): TargetKind | undefined {
  const kinds: readonly TargetKind[] = TARGETS
  return kinds.find((kind) => kind.name === name)
}

/** The targets that have an input of this name; none where every target has it. */
export function targetsWith(input: string): readonly TargetName[] {
  return TARGETS.filter(({ inputs }) => inputs.some(({ name }) => name === input)).map(({ name }) => name)
}

/** Each row once: several targets may have the same one. */
export function targetInputs(): readonly TargetInput[] {
  return [...new Set(TARGETS.flatMap(({ inputs }): readonly TargetInput[] => inputs))]
}
