// What a preview runs on, for scenarios that are the same on every target: its files, its inputs, and what is left of it.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { policy } from '../../src/targets/ecs/policy.ts'
import type { Policy } from '../harness/aws/policy.ts'
import { deploymentYaml } from '../harness/deployment-yaml.ts'
import type { App } from '../harness/images.ts'
import { need } from '../harness/lab.ts'
import { engine } from '../contract/swarm-world.ts'
import { Shop } from '../integration/kubernetes-shop.ts'
import { EcsShop } from './ecs-shop.ts'
import { World } from './world.ts'

export interface PreviewStage {
  readonly source: App
  readonly inputs: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
  /** Everything of the preview that is left on the target. */
  left(): Promise<string[]>
  close(): Promise<void>
}

const USUAL = { stability: '500ms', timeout: '60s' } as const

/** A service that takes a second to end, on a network of its own, with a config and a volume. */
export async function swarmStage(): Promise<PreviewStage> {
  const world = await World.open({ registryOptions: { delete: true } })
  const app = world.image.split('/').at(-1) ?? ''
  const stack = `services:
  web:
    image: "${world.image}:x"
    ports: [{target: 8080, mode: host}]
    stop_grace_period: 1s
    configs: [page]
    volumes: ["data:/data"]
configs: {page: {file: ./page.txt}}
volumes: {data: {}}
`
  world.app.commit('stack', { version: 'v1', files: { 'stack.yml': stack, 'page.txt': 'page\n' } })
  const lists = ['services', 'networks', 'configs', 'volumes'] as const
  return {
    source: world.app,
    inputs: { ...USUAL, image: world.image, 'deploy-to': 'swarm', manifests: 'stack.yml' },
    env: { DOCKER_HOST: need('docker').DOCKER_HOST },
    async left() {
      const found = await Promise.all(lists.map((list) => engine<unknown>('GET', `/${list}`)))
      const names = JSON.stringify(found).match(new RegExp(`"Name":"${app}-pr-\\d+[^"]*"`, 'g'))
      return [...new Set(names), ...(await world.tags())]
    },
    close: () => world.close(),
  }
}

const DEPLOYMENT = (image: string) => `${deploymentYaml(image, 'shop')}---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {type: NodePort, selector: {app: shop}, ports: [{port: 80, targetPort: 8080}]}
`

export async function kubernetesStage(): Promise<PreviewStage> {
  const shop = await Shop.open()
  const app = `s${Math.random().toString(36).slice(2, 8)}`
  mkdirSync(path.join(shop.source.dir, 'deploy'))
  writeFileSync(path.join(shop.source.dir, 'deploy/app.yml'), DEPLOYMENT(shop.image))
  shop.source.commit('manifests')
  const { DOCKER_HOST } = need('docker')
  return {
    source: shop.source,
    inputs: { ...USUAL, image: shop.image, app, 'deploy-to': 'kubernetes', manifests: 'deploy/' },
    env: { DOCKER_HOST, KUBECONFIG: need('kubernetes').KUBECONFIG },
    async left() {
      const { body } = await shop.bench.get('/api/v1/namespaces')
      const { items } = body as { items: { metadata: { name: string } }[] }
      return items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith(`${app}-pr-`))
    },
    close: () => shop.close(),
  }
}

export async function ecsStage(): Promise<PreviewStage> {
  const shop = await EcsShop.open({ policy: policy('previews') as Policy }, { registryOptions: { delete: true } })
  const { image, app } = shop.world
  const awsvpc = { subnets: ['subnet-1'], assignPublicIp: 'ENABLED' }
  const definition = {
    family: 'shop',
    networkMode: 'awsvpc',
    containerDefinitions: [{ name: 'app', image: `${image}:x` }],
  }
  const service = { serviceName: 'web', desiredCount: 1, networkConfiguration: { awsvpcConfiguration: awsvpc } }
  const files = { 'taskdef.json': JSON.stringify(definition), 'service.json': JSON.stringify(service) }
  app.commit('files', { files })
  return {
    source: app,
    inputs: { ...USUAL, image, 'deploy-to': 'ecs', manifests: 'taskdef.json\nservice.json', timeout: '30s' },
    env: { DOCKER_HOST: need('docker').DOCKER_HOST, ...shop.double.env },
    async left() {
      const services = [...shop.double.world.services.values()].filter(({ status }) => status === 'ACTIVE')
      const families = [...shop.double.world.families].flatMap(([family, revisions]) =>
        revisions.some(({ status }) => status === 'ACTIVE') ? [`family ${family}`] : [],
      )
      return [...services.map(({ name }) => name), ...families, ...(await shop.world.tags())]
    },
    close: () => shop.close(),
  }
}
