import { existsSync } from 'node:fs'
import path from 'node:path'
import type { TargetRequest } from '../domain/request.ts'
import { listed } from '../domain/text.ts'
import { TARGET_NAMES, targetInputs, targetKind, targetsWith } from '../targets/index.ts'
import type { TargetCommon, TargetKind } from '../targets/shared/kind.ts'
import type { Values } from './inputs.ts'
import type { PreviewInputs } from './preview-inputs.ts'

interface Names {
  readonly app: string
  readonly environment: string
  readonly preview?: PreviewInputs
}

/** Where to deploy; undefined with `deploy-to: none`. */
export function targetRequest(values: Values, cwd: string, names: Names): TargetRequest | undefined {
  const chosen = values.choice('deploy-to') || 'none'
  refuseOtherTargets(values, chosen)
  const kind = targetKind(chosen)
  return kind?.read(values, common(values, cwd, names, kind))
}

function common(values: Values, cwd: string, { preview, ...names }: Names, kind: TargetKind): TargetCommon {
  // What removes a preview needs no checkout: it is found by its labels.
  const needed = (list: readonly string[]) => (preview?.deploys === false ? [] : list)
  const workloads = needed(values.list('workload'))
  const manifests = needed(values.list('manifests'))
  if (preview?.deploys && manifests.length === 0) {
    values.fault('manifests', 'is needed: what a preview consists of')
  }
  if (workloads.length === 0 && manifests.length === 0 && !preview) {
    const { example } = kind.workload
    values.fault('workload', `is needed with deploy-to: ${kind.name}: what is to be replaced`, { example })
  }
  const twice = workloads.filter((workload, index) => workloads.indexOf(workload) !== index)
  if (twice.length > 0) values.fault('workload', `names ${twice.join(', ')} twice`)
  const absent = manifests.filter((file) => !existsSync(path.resolve(cwd, file)))
  if (absent.length > 0) values.fault('manifests', `${absent.join(', ')}: no such file or folder`)
  return {
    ...names,
    cwd,
    workloads,
    manifests,
    container: values.text('container'),
    strategy: values.choice('strategy'),
    timeout: values.duration('timeout'),
    ...graceOf(values),
    options: optionsOf(values, kind),
    ...(preview?.settings ? { preview: preview.settings } : {}),
  }
}

function graceOf(values: Values): Pick<TargetCommon, 'grace' | 'nodeGrace'> {
  const timeout = values.duration('timeout')
  if (!values.given('grace')) return { grace: Math.floor(timeout / 3), nodeGrace: timeout }
  const grace = values.duration('grace')
  return { grace, nodeGrace: grace }
}

/** What another command needs to reach the same target. */
function optionsOf(values: Values, { name }: TargetKind): TargetCommon['options'] {
  const own = targetInputs().filter((input) => targetsWith(input.name).some((target) => target === name))
  return own.flatMap((input) => values.options(input.name).map((value) => [input.name, value] as const))
}

const NEEDS_A_TARGET = ['workload', 'container', 'manifests', 'strategy'] as const

/** Inputs of a target that is not chosen. In the file's shared parts they may stand for another environment. */
function refuseOtherTargets(values: Values, chosen: string): void {
  // Workflows that choose the target by an expression keep its inputs where it is none.
  if (values.given('deploy-to')?.value === 'none') return
  for (const { name } of targetInputs()) {
    const owners: readonly string[] = targetsWith(name)
    if (owners.includes(chosen) || !values.isGivenHere(name)) continue
    const wanted = listed(owners, 'or')
    values.fault(name, `belongs to deploy-to: ${wanted}, and deploy-to is ${chosen}`, {
      example: `deploy-to: ${wanted}`,
    })
  }
  if (chosen !== 'none') return
  for (const name of NEEDS_A_TARGET) {
    if (!values.isGivenHere(name)) continue
    values.fault(name, 'has no effect: deploy-to is none', { example: `deploy-to: ${listed(TARGET_NAMES, 'or')}` })
  }
}
