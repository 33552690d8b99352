// Which inputs of an action its reusable workflow has, which job gets them, and what the jobs need beside them.
import type { Input } from '../../src/config/inputs.ts'

export type Part = 'build' | 'deploy' | 'both'

/** What a caller of a workflow cannot give, or what a workflow decides by itself. */
const WITHHELD: Readonly<Record<string, string>> = {
  'github-token': 'each job has a token of its own',
  promote: 'the first job ends with the release tag, on events that may write one',
  secrets: 'comes as the secret build-secrets',
  'secret-envs': 'a caller cannot set the environment of our steps',
  'junit-file': 'the file would be gone with the job',
}

export function isPassed({ name }: Input): boolean {
  return WITHHELD[name] === undefined
}

const BUILD_ONLY: ReadonlySet<string> = new Set(['digest', 'revision', 'tags', 'smoke', 'smoke-file'])
const BOTH: ReadonlySet<string> = new Set(['policy', 'config', 'dry-run'])

/** What the removal of a preview does not look at: it needs no checkout either. */
const ONLY_TO_DEPLOY: ReadonlySet<string> = new Set([
  ...['manifests', 'live-checks', 'stability', 'grace', 'bake', 'on-failure', 'on-cancel', 'adopt-history', 'policy'],
  ...['preview-fork-code', 'promote-unreviewed-code', 'tag-suffix', 'container', 'strategy', 'take-over'],
  ...['active-service', 'preview-service', 'early-stop', 'pause-stage', 'test-url'],
])

/** Whether the job that removes previews gets it. */
export function isForRemoval(input: Input): boolean {
  return partOf(input) !== 'build' && !ONLY_TO_DEPLOY.has(input.name)
}

export function partOf({ name, group }: Input): Part {
  if (BOTH.has(name)) return 'both'
  if (BUILD_ONLY.has(name) || group === 'build') return 'build'
  return group === 'what' ? 'both' : 'deploy'
}

interface AccessInput {
  readonly name: string
  readonly description: string
  readonly type: 'string' | 'number' | 'boolean'
  readonly default: string | number | boolean
  /** Where not every workflow has it. */
  readonly verbs?: readonly string[]
}

const text = (name: string, description: string, fallback = ''): AccessInput => ({
  ...{ name, description },
  type: 'string',
  default: fallback,
})

const LABELS = 'a label, or several as JSON (`["self-hosted", "production"]`)'

/** How the jobs come to code, registry and target. */
export const ACCESS_INPUTS: readonly AccessInput[] = [
  text('runs-on', `Runner that reaches the target: ${LABELS}.`, 'ubuntu-latest'),
  {
    ...text('build-runs-on', `Runner that builds and smoke-tests: ${LABELS}.`, 'ubuntu-latest'),
    verbs: ['release'],
  },
  {
    ...text('submodules', 'Submodules to check out: `true` or `recursive`.', 'false'),
    verbs: ['release', 'preview'],
  },
  {
    name: 'fetch-depth',
    description: 'How many commits to check out. Everything (0) tells which of two commits is the older one.',
    type: 'number',
    default: 0,
    verbs: ['release', 'preview'],
  },
  text('registry', 'Host of the registry that `registry-password` is for. Default: that of `image`.'),
  text('registry-username', 'User name at the registry. ghcr.io needs none: it takes the token of the job.'),
  text('registry-aws-role', 'Role that may push to and pull from Amazon ECR; the job that builds gets no other one.'),
  text('aws-role', 'Role on AWS that may deploy (Amazon ECS, EKS), assumed with the identity token of the job.'),
  text('aws-region', 'Region of AWS.'),
  text(
    'kube-provider',
    'Where the kubeconfig comes from: the secret `kubeconfig`, or `eks`, `gke`, `aks`.',
    'kubeconfig',
  ),
  text('eks-cluster', 'Amazon EKS: name of the cluster.'),
  text('gke-cluster', 'Google GKE: name of the cluster.'),
  text('gke-location', 'Google GKE: region or zone of the cluster.'),
  text('gcp-project', 'Google Cloud: project of the cluster.'),
  text('gcp-workload-identity-provider', 'Google Cloud: full name of the workload identity provider.'),
  text('gcp-service-account', 'Google Cloud: service account to act as.'),
  text('aks-cluster', 'Azure AKS: name of the cluster.'),
  text('aks-resource-group', 'Azure AKS: resource group of the cluster.'),
  text('azure-client-id', 'Azure: client id of the application with the federated credential.'),
  text('azure-tenant-id', 'Azure: id of the tenant.'),
  text('azure-subscription-id', 'Azure: id of the subscription.'),
  text('ssh-known-hosts', 'Host keys of an `ssh://` docker-host, as `ssh-keyscan` prints them.'),
]
