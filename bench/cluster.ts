// The lab's cluster as the rows use it: what is put there, and how it is asked beside us.
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { tempDir } from '../test/harness/temp.ts'

export interface Cluster {
  readonly env: NodeJS.ProcessEnv
  readonly namespace: string
  kubectl(...args: string[]): Promise<unknown>
  /** Through one `kubectl proxy`, kept alive. */
  get<T>(path: string): Promise<T>
  patch(path: string, body: unknown): Promise<void>
  apply(objects: readonly unknown[]): void
}

/** Opens a `kubectl proxy` on a socket of its own. */
export async function openProxy(env: NodeJS.ProcessEnv): Promise<{ readonly socket: string; close(): void }> {
  const socket = path.join(tempDir('kube'), 's')
  const proxy = spawn('kubectl', ['proxy', `--unix-socket=${socket}`], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await new Promise((resolve) => proxy.stdout.once('data', resolve))
  return { socket, close: () => void proxy.kill() }
}

/** Makes a namespace with a name of its own, and removes it after the work. */
export async function inNamespace(env: NodeJS.ProcessEnv, work: (namespace: string) => Promise<void>): Promise<void> {
  const namespace = `bench-${randomBytes(3).toString('hex')}`
  const options = { env: { ...process.env, ...env }, stdio: 'ignore' } as const
  execFileSync('kubectl', ['create', 'namespace', namespace], options)
  try {
    await work(namespace)
  } finally {
    execFileSync('kubectl', ['delete', 'namespace', namespace, '--wait=false'], options)
  }
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
