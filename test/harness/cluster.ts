// A Kubernetes of our own beside the lab's: a real control plane from the lab's binary, and nodes that a test plays.
import { spawn, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, openSync, readdirSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import path from 'node:path'
import { stringify } from 'yaml'
import { openKubectl } from '../../src/adapters/kubectl/index.ts'
import type { KubeApi } from '../../src/ports.ts'
import { end } from './island.ts'
import { lab } from './parts.ts'
import { freePort } from './ports.ts'
import { eventually, tempDir } from './temp.ts'

const ETCD = '/usr/bin/etcd'
/** A node counts as dead that soon after its last sign of life; a cluster's own number is 50 seconds. */
export const DEAD_AFTER_SECONDS = 8

/** All components in one, as test/lab/kubernetes built it; undefined where the lab's cluster is another one. */
function binaryOf(): string | undefined {
  if (!lab.kubernetes.ok) return undefined
  const folder = path.join(path.dirname(lab.kubernetes.KUBECONFIG), 'bin')
  const [name] = existsSync(folder) ? readdirSync(folder).filter((file) => /^kube-lab-[0-9a-f]+$/.test(file)) : []
  return name === undefined ? undefined : path.join(folder, name)
}

export function canStartClusters(): boolean {
  return binaryOf() !== undefined && existsSync(ETCD)
}

export class Cluster {
  /** Of an administrator, in the namespace `default`. */
  readonly kubeconfig: string
  readonly #folder = tempDir('cluster')
  readonly #children: ChildProcess[] = []
  #api: KubeApi | undefined

  constructor() {
    this.kubeconfig = path.join(this.#folder, 'kubeconfig')
  }

  get api(): KubeApi {
    this.#api ??= openKubectl({
      context: undefined,
      version: undefined,
      env: { ...process.env, KUBECONFIG: this.kubeconfig },
    })
    return this.#api
  }

  async start(): Promise<void> {
    const [client, peer, secure] = [await freePort(), await freePort(), await freePort()]
    const token = randomBytes(16).toString('hex')
    const at = (name: string) => path.join(this.#folder, name)
    mkdirSync(at('certs'))
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    writeFileSync(at('sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 })
    writeFileSync(at('tokens.csv'), `${token},admin,admin,system:masters\n`, { mode: 0o600 })
    this.#writeKubeconfig(secure, token)
    this.#startEtcd(client, peer)
    this.#startServer(client, secure)
    await this.#until('the API server is ready', () => this.#is(200, '/readyz'))
    this.#startControllers()
    await this.#until('it has accounts', () => this.#is(200, '/api/v1/namespaces/default/serviceaccounts/default'))
  }

  #startEtcd(client: number, peer: number): void {
    const urls = [`http://127.0.0.1:${String(client)}`, `http://127.0.0.1:${String(peer)}`] as const
    this.#run(ETCD, [
      '--name=own',
      `--data-dir=${path.join(this.#folder, 'etcd')}`,
      '--unsafe-no-fsync',
      `--listen-client-urls=${urls[0]}`,
      `--advertise-client-urls=${urls[0]}`,
      `--listen-peer-urls=${urls[1]}`,
      `--initial-advertise-peer-urls=${urls[1]}`,
      `--initial-cluster=own=${urls[1]}`,
    ])
  }

  #startServer(etcd: number, port: number): void {
    const key = path.join(this.#folder, 'sa.key')
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
    const own = addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '192.0.2.1'
    this.#component('kube-apiserver', [
      `--etcd-servers=http://127.0.0.1:${String(etcd)}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${String(port)}`,
      `--advertise-address=${own}`,
      `--cert-dir=${path.join(this.#folder, 'certs')}`,
      `--token-auth-file=${path.join(this.#folder, 'tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--enable-priority-and-fairness=false',
      '--service-cluster-ip-range=10.97.0.0/16',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${key}`,
      `--service-account-signing-key-file=${key}`,
    ])
  }

  #startControllers(): void {
    const common = [`--kubeconfig=${this.kubeconfig}`, '--leader-elect=false', '--secure-port=0']
    this.#component('kube-controller-manager', [
      ...common,
      '--use-service-account-credentials',
      `--service-account-private-key-file=${path.join(this.#folder, 'sa.key')}`,
      `--root-ca-file=${path.join(this.#folder, 'certs/apiserver.crt')}`,
      `--node-monitor-grace-period=${String(DEAD_AFTER_SECONDS)}s`,
      '--node-monitor-period=1s',
    ])
    this.#component('kube-scheduler', common)
  }

  #writeKubeconfig(port: number, token: string): void {
    const server = `https://127.0.0.1:${String(port)}`
    const authority = path.join(this.#folder, 'certs/apiserver.crt')
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'own', cluster: { server, 'certificate-authority': authority } }],
      users: [{ name: 'admin', user: { token } }],
      contexts: [{ name: 'own', context: { cluster: 'own', user: 'admin' } }],
      'current-context': 'own',
    }
    writeFileSync(this.kubeconfig, stringify(config), { mode: 0o600 })
  }

  #component(name: string, options: readonly string[]): void {
    this.#run(binaryOf() ?? '', [name, ...options])
  }

  #run(command: string, options: readonly string[]): void {
    const log = openSync(path.join(this.#folder, `${String(this.#children.length)}.log`), 'a')
    this.#children.push(spawn(command, options, { stdio: ['ignore', log, log] }))
  }

  async #is(status: number, place: string): Promise<true | undefined> {
    const answer = await this.api.request('GET', place, { patience: 0 }).catch(() => undefined)
    return answer?.status === status || undefined
  }

  #until(what: string, probe: () => Promise<true | undefined>): Promise<true> {
    return eventually(what, probe, 60_000)
  }

  async close(): Promise<void> {
    await this.#api?.close()
    for (const child of this.#children.reverse()) await end(child, 'SIGKILL')
  }
}
