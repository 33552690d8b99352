// A shop on the cluster that the actions release, as the runner starts them, under exactly the Role of the docs.
import { readdirSync, readFileSync } from 'node:fs'
import { pinned } from '../../src/domain/image.ts'
import type { Result } from '../../src/domain/result.ts'
import { makeApp, type App } from '../harness/images.ts'
import { COLOUR } from '../../src/targets/kubernetes/blue-green/colours.ts'
import { need } from '../harness/lab.ts'
import { root } from '../harness/node.ts'
import { runAction, type RunOptions } from '../harness/runner.ts'
import { app as deploymentOf, deployApp, openBench, type Bench } from './kubernetes-world.ts'

export const plain = `#!/bin/sh
httpd -f -p 8080 -h /www & web=$!
trap 'kill $web 2>/dev/null; exit 0' TERM INT
wait $web
`

/** Inputs of a blue-green release to the Deployment and the Service `colour`. */
export const colours = {
  workload: 'colour',
  strategy: 'blue-green',
  'active-service': 'colour',
  environment: 'colours',
}

/** Two Deployments: `shop`, and `colour` behind a Service of its name. */
export class Shop {
  readonly bench: Bench
  readonly source: App
  readonly image: string

  private constructor(bench: Bench) {
    this.bench = bench
    this.source = makeApp('healthy', { version: 'one' })
    this.image = `${bench.registry.host}/k8s/shop`
  }

  static async open(): Promise<Shop> {
    const bench = await openBench({ images: ['v1'], blueGreen: true })
    const env = { container: { env: [{ name: 'MODE', value: 'cluster' }] } }
    await deployApp(bench, deploymentOf('shop', pinned(bench.image('v1')), env))
    await deployApp(bench, deploymentOf('colour', pinned(bench.image('v1')), env))
    await bench.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'colour' },
      spec: { selector: { app: 'colour' }, ports: [{ port: 80, targetPort: 8080 }] },
    })
    return new Shop(bench)
  }

  async close(): Promise<void> {
    this.source.remove()
    await this.bench.close()
  }

  async release(more: Record<string, string> = {}, options: RunOptions = {}) {
    const told = await runAction({
      workspace: this.source.dir,
      ...options,
      inputs: {
        image: this.image,
        container: 'web',
        'deploy-to': 'kubernetes',
        workload: 'shop',
        environment: 'test',
        stability: '1s',
        timeout: '90s',
        ...more,
      },
      env: { DOCKER_HOST: need('docker').DOCKER_HOST, KUBECONFIG: this.bench.kubeconfig, ...options.env },
      github: { sha: this.source.revision, ...options.github },
    })
    return { ...told, result: JSON.parse(told.outputs['result'] ?? 'null') as Result }
  }

  rollback(more: Record<string, string> = {}) {
    return this.release(more, { action: `${root}/rollback` })
  }

  /** The image that a Deployment names. */
  async running(name = 'shop'): Promise<string> {
    const { body } = await this.bench.get(this.bench.path('deployment', name))
    return (body as { spec: { template: { spec: { containers: { image: string }[] } } } }).spec.template.spec
      .containers[0]!.image
  }

  async ready(name: string): Promise<number> {
    const { body } = await this.bench.get(this.bench.path('deployment', name))
    return (body as { status: { readyReplicas?: number } }).status.readyReplicas ?? 0
  }

  /** The Deployment that the Service `colour` serves. */
  async served(): Promise<string> {
    const { body } = await this.bench.get(this.bench.path('service', 'colour'))
    const { selector } = (body as { spec: { selector: Record<string, string> } }).spec
    // The keys of the Service's own file stay; a colour of ours is told by the key beside them.
    return selector[COLOUR] ?? selector['app'] ?? ''
  }

  async leases(): Promise<unknown[]> {
    return ((await this.bench.get(this.bench.path('lease'))).body as { items: unknown[] }).items
  }

  /** Processes that were given this shop's kubeconfig and still run. */
  proxies(): string[] {
    return readdirSync('/proc').filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(this.bench.kubeconfig)
      } catch {
        return false
      }
    })
  }
}
