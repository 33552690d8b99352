// The lab's cluster as the rows use it: what is put there, and how it is asked beside us.
export interface Cluster {
  readonly env: NodeJS.ProcessEnv
  readonly namespace: string
  kubectl(...args: string[]): Promise<unknown>
  /** Through one `kubectl proxy`, kept alive. */
  get<T>(path: string): Promise<T>
  patch(path: string, body: unknown): Promise<void>
  apply(objects: readonly unknown[]): void
}

export function deployment(name: string, replicas: number, image: string) {
  const labels = { app: name }
  const probe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 1 }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { terminationGracePeriodSeconds: 2, containers: [{ name: 'app', image, readinessProbe: probe }] },
      },
    },
  }
}

export const inputsFor = (
  cluster: Pick<Cluster, 'namespace'>,
  image: string,
  digest: string,
  names: readonly string[],
) => ({
  image,
  digest,
  'deploy-to': 'kubernetes',
  namespace: cluster.namespace,
  workload: names.map((name) => `deployment/${name}`).join('\n'),
  stability: '0s',
  'on-older': 'allow',
})
