// A node that a test plays: it gives signs of life, runs what is placed on it in name only, and can die and come back.
import type { KubeApi } from '../../src/ports.ts'
import { eventually } from './temp.ts'

const MERGE = { type: 'application/merge-patch+json' }
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
const ROUND_MS = 250

interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly deletionTimestamp?: string }
  readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] }
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

export class ClusterNode {
  readonly name: string
  readonly #api: KubeApi
  #isAlive = false
  #playing = Promise.resolve()

  constructor(api: KubeApi, name: string) {
    this.#api = api
    this.name = name
  }

  async join(): Promise<void> {
    const metadata = { name: this.name, labels: { 'kubernetes.io/hostname': this.name } }
    await this.#ask('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata })
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: this.name } }
    await this.#ask('POST', LEASES, { ...lease, spec: { holderIdentity: this.name, renewTime: now() } })
    await this.wake()
  }

  /** Its machine is gone: no sign of life, and whatever it ran is as it was last said to be. */
  async die(): Promise<void> {
    this.#isAlive = false
    await this.#playing
  }

  async wake(): Promise<void> {
    const room = { cpu: '8', memory: '16Gi', pods: '50' }
    const at = new Date().toISOString()
    const ready = {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      lastHeartbeatTime: at,
      lastTransitionTime: at,
    }
    const status = { capacity: room, allocatable: room, conditions: [ready] }
    await this.#ask('PATCH', `/api/v1/nodes/${this.name}/status`, { status })
    this.#isAlive = true
    this.#playing = this.#play()
    await this.#until('is taken for alive', 'True')
  }

  /** The cluster has noticed that it is gone, and says so of its pods. */
  async isGivenUp(): Promise<void> {
    await this.#until('is taken for dead', 'Unknown')
  }

  #until(what: string, word: string): Promise<true> {
    return eventually(
      `the node ${this.name} ${what}`,
      async () => {
        const { status, spec } = (await this.#ask('GET', `/api/v1/nodes/${this.name}`)) as NodeObject
        const isTainted = (spec.taints ?? []).length > 0
        const ready = status.conditions.find(({ type }) => type === 'Ready')?.status
        return (ready === word && isTainted === (word !== 'True')) || undefined
      },
      60_000,
    )
  }

  async #play(): Promise<void> {
    while (this.#isAlive) {
      await this.#ask('PATCH', `${LEASES}/${this.name}`, { spec: { renewTime: now() } })
      const { items } = (await this.#ask('GET', `/api/v1/pods?fieldSelector=spec.nodeName%3D${this.name}`)) as {
        items: Pod[]
      }
      await Promise.all(items.map((pod) => this.#serve(pod)))
      await new Promise((resolve) => setTimeout(resolve, ROUND_MS))
    }
  }

  /** Ends what is to end; everything else runs and is ready. */
  async #serve({ metadata, spec, status }: Pod): Promise<void> {
    const place = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`
    if (metadata.deletionTimestamp) {
      await this.#api.request('DELETE', place, { body: { gracePeriodSeconds: 0 } })
      return
    }
    const condition = (status.conditions ?? []).find(({ type }) => type === 'Ready')
    if (condition?.status === 'True') return
    const startedAt = new Date().toISOString()
    const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => {
      return { type, status: 'True', lastTransitionTime: startedAt }
    })
    const containerStatuses = spec.containers.map(({ name, image }) => {
      const always = { ready: true, started: true, restartCount: 0, containerID: `containerd://${metadata.name}` }
      return { name, image, imageID: image, ...always, state: { running: { startedAt } } }
    })
    const body = { status: { phase: 'Running', startTime: startedAt, conditions, containerStatuses } }
    await this.#api.request('PATCH', `${place}/status`, { body, ...MERGE })
  }

  async #ask(method: string, place: string, body?: object): Promise<unknown> {
    const options = { ...(body === undefined ? {} : { body }), ...(method === 'PATCH' ? MERGE : {}) }
    const [path = '', search = ''] = place.split('?')
    const query = Object.fromEntries(new URLSearchParams(search))
    const answer = await this.#api.request(method, path, { ...options, query })
    if (answer.status >= 300) throw new Error(`${method} ${place}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
}

interface NodeObject {
  readonly spec: { readonly taints?: readonly unknown[] }
  readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] }
}

/** With the microseconds that the API wants. */
function now(): string {
  return new Date().toISOString().replace('Z', '000Z')
}
