import type { TargetRequest } from '../../domain/request.ts'
import type { Values } from '../../inputs/values.ts'
import type { SharedInput, TargetCommon } from '../shared/kind.ts'
import type { KUBERNETES_INPUTS } from './inputs.ts'

export interface KubernetesRequest extends TargetRequest {
  readonly name: 'kubernetes'
  readonly namespace: string | undefined
  readonly kubeContext: string | undefined
  readonly kubectlVersion: string | undefined
  /** Field managers whose fields the manifests take over, beside kubectl's. */
  readonly takeOver?: readonly string[]
  /** Secrets and ConfigMaps that a preview gets copies of: `namespace/name`. */
  readonly copySecrets?: readonly string[]
  readonly activeService: string | undefined
  readonly previewService: string | undefined
  /** Another run holds the lock: wait for it, or give way at once. `wait` where not said. */
  readonly onBusy?: 'wait' | 'superseded'
}

const WORKLOAD = /^(?:[A-Za-z]+\/)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/

type KubernetesValues = Values<(typeof KUBERNETES_INPUTS)[number] | SharedInput>

export function readKubernetes(values: KubernetesValues, { cwd: _, ...common }: TargetCommon): KubernetesRequest {
  const odd = common.workloads.filter((workload) => !WORKLOAD.test(workload))
  if (odd.length > 0) values.fault('workload', `${odd.join(', ')}: must be a name or kind/name`)
  const activeService = values.text('active-service')
  const previewService = values.text('preview-service')
  const blueGreen = common.strategy === 'blue-green'
  if (blueGreen && activeService === undefined) {
    values.fault('active-service', 'is needed with strategy: blue-green: the Service whose selector is switched')
  }
  if (activeService !== undefined && activeService === previewService) {
    values.fault('preview-service', 'must be another Service than active-service')
  }
  if (!blueGreen) {
    for (const name of ['active-service', 'preview-service'] as const) {
      if (values.isGivenHere(name))
        values.fault(name, 'has no effect without strategy: blue-green', { example: 'strategy: blue-green' })
    }
  }
  return {
    name: 'kubernetes',
    ...common,
    namespace: values.text('namespace'),
    kubeContext: values.text('kube-context'),
    kubectlVersion: values.text('kubectl-version'),
    takeOver: readTakeOver(values, common),
    copySecrets: readCopySecrets(values),
    activeService,
    previewService,
    onBusy: values.choice('on-busy') === 'superseded' ? 'superseded' : 'wait',
  }
}

/** `production/database`: its namespace and its name. */
const COPIED = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/

function readCopySecrets(values: KubernetesValues): readonly string[] {
  const entries = values.list('copy-secrets')
  const odd = entries.filter((entry) => !COPIED.test(entry))
  if (odd.length > 0) values.fault('copy-secrets', `${odd.join(', ')}: must be namespace/name`)
  return entries
}

function readTakeOver(values: KubernetesValues, { manifests }: Pick<TargetCommon, 'manifests'>): readonly string[] {
  const managers = values.list('take-over')
  if (managers.length > 0 && manifests.length === 0 && values.isGivenHere('take-over')) {
    values.fault('take-over', 'has no effect without manifests', { example: 'manifests: deploy/' })
  }
  return managers
}
