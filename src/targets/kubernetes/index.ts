import type { TargetContext, TargetKind } from '../shared/kind.ts'
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
    const { github, signal } = context
    const isRunOver =
      github &&
      (async (holder: string) =>
        (await import('../../adapters/github/runs.ts')).isRunOver({ ...github, signal }, holder))
    const deps = { ...context, ...(await connect(request, context)), ...(isRunOver ? { isRunOver } : {}) }
    if (request.preview)
      return (await import('./preview/target.ts')).createPreviewTarget(request, request.preview, deps)
    return (await import('./target.ts')).createKubernetesTarget(request, deps)
  },
  async previews(request, context) {
    const [{ createPreviewHost }, connection] = await Promise.all([
      import('./preview/host.ts'),
      connect(request, context),
    ])
    return createPreviewHost(request, { ...context, ...connection })
  },
} as const satisfies TargetKind<KubernetesRequest, (typeof KUBERNETES_INPUTS)[number]>

async function connect({ kubeContext, kubectlVersion }: KubernetesRequest, { env, reporter, signal }: TargetContext) {
  const { openKubectl } = await import('../../adapters/kubectl/index.ts')
  const onWarning = (text: string) => reporter.emit({ type: 'warning', text })
  return { api: openKubectl({ context: kubeContext, version: kubectlVersion, env, onWarning, signal }), onWarning }
}
