import type { TargetKind } from '../shared/kind.ts'
import { KUBERNETES_INPUTS } from './inputs.ts'
import type { KubernetesRequest } from './request.ts'
import { readKubernetes } from './request.ts'

export const kubernetes = {
  name: 'kubernetes',
  title: 'Kubernetes',
  aliases: ['k8s', 'kube'],
  workload: { about: '`deployment/web` (`web` is a deployment)', example: 'deployment/web' },
  manifests: 'files or folders',
  inputs: KUBERNETES_INPUTS,
  read: readKubernetes,
  async open(request, context) {
    const { env, github, reporter, signal } = context
    const [{ createKubernetesTarget }, { openKubectl }] = await Promise.all([
      import('./target.ts'),
      import('../../adapters/kubectl/index.ts'),
    ])
    const onWarning = (text: string) => reporter.emit({ type: 'warning', text })
    const api = openKubectl({ context: request.kubeContext, version: request.kubectlVersion, env, onWarning, signal })
    const isRunOver =
      github && (async (holder: string) => (await import('../../adapters/github/runs.ts')).isRunOver(github, holder))
    return createKubernetesTarget(request, { ...context, api, onWarning, ...(isRunOver ? { isRunOver } : {}) })
  },
} as const satisfies TargetKind<KubernetesRequest, (typeof KUBERNETES_INPUTS)[number]>
