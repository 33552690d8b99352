import type { Input } from '../../inputs/types.ts'
import { DEPLOYING, RELEASE, TARGETED } from '../../inputs/types.ts'

export const KUBERNETES_INPUTS = [
  {
    name: 'namespace',
    kind: 'text',
    group: 'where',
    commands: TARGETED,
    otherwise: 'the kubeconfig’s',
    example: 'shop',
    about: 'Kubernetes namespace of the workloads.',
  },
  {
    name: 'kube-context',
    kind: 'text',
    group: 'where',
    commands: TARGETED,
    otherwise: 'the kubeconfig’s',
    example: 'prod-eu',
    about: 'Context of the kubeconfig.',
    unreviewed: false,
  },
  {
    name: 'kubectl-version',
    kind: 'text',
    group: 'where',
    commands: TARGETED,
    otherwise: 'the machine’s',
    example: 'v1.33.1',
    about:
      'Version of kubectl to download, its checksum verified; where the download fails, the machine’s is used with a warning.',
  },
  {
    name: 'take-over',
    kind: 'list',
    group: 'where',
    commands: RELEASE,
    example: 'helm',
    about:
      'Field managers whose fields `manifests` take over. What `kubectl apply`, `create` and `edit` set is always taken over.',
  },
  {
    name: 'copy-secrets',
    kind: 'list',
    group: 'where',
    commands: 'preview',
    example: 'production/database',
    about:
      'Secrets (and ConfigMaps, where the manifests refer to one of that name) that each preview gets a copy of, as `namespace/name`. Copies go with the preview.',
    unreviewed: false,
  },
  {
    name: 'active-service',
    kind: 'text',
    group: 'where',
    commands: TARGETED,
    example: 'web',
    about: 'Blue-green: the Service whose selector is switched.',
  },
  {
    name: 'preview-service',
    kind: 'text',
    group: 'where',
    commands: TARGETED,
    otherwise: 'made and removed by us',
    example: 'web-preview',
    about: 'Blue-green: the Service that shows green before the switch.',
  },
  {
    name: 'on-busy',
    kind: 'choice',
    choices: ['wait', 'superseded'],
    group: 'where',
    commands: DEPLOYING,
    default: 'wait',
    example: 'superseded',
    about: 'While another run replaces the same workloads: wait for it, or end as superseded.',
  },
] as const satisfies readonly Input[]
