import { expect, it } from 'vitest'
import { FakeClock } from '../../../../test/fakes/clock.ts'
import type { EngineApi } from '../../../ports.ts'
import { createSwarm } from '../engine.ts'
import { addressOf } from './address.ts'
import { Notes } from './notes.ts'

const name = 'shop-pr-7_web'

interface World {
  endpoint?: string
  ports?: object[]
  /** Ports of a task, and its node. */
  task?: { node: string; ports: object[] }
  urls?: Record<string, string>
  nodeAddress?: string
  publishes?: boolean
}

async function address({
  endpoint = 'unix:///x',
  ports = [],
  task,
  urls = {},
  nodeAddress = '10.0.0.1',
  publishes = true,
}: World) {
  const answers: Record<string, unknown> = {
    '/services': [{ ID: 'id', Spec: { Name: name }, Endpoint: { Ports: ports } }],
    '/tasks': task ? [{ NodeID: task.node, Status: { PortStatus: { Ports: task.ports } } }] : [],
    '/info': { Swarm: { NodeID: 'own', NodeAddr: nodeAddress } },
    '/nodes': [
      { ID: 'own', Status: { Addr: '10.0.0.1' } },
      { ID: 'far', Status: { Addr: '10.0.0.2' } },
    ],
  }
  const api: EngineApi = {
    endpoint,
    version: () => Promise.resolve('1.41'),
    stream: () => Promise.reject(new Error('not asked')),
    close: () => undefined,
    request: (_, path) =>
      Promise.resolve({
        status: 200,
        headers: {},
        bytes: new Uint8Array(),
        json: () => answers[path],
        message: () => '',
      }),
  }
  const spec = {
    Name: name,
    Mode: {},
    TaskTemplate: {},
    EndpointSpec: { Ports: publishes ? [{ PublishMode: 'ingress' }] : [] },
  }
  const stack = {
    file: 'stack.yml',
    names: [name],
    services: new Map([[name, { name, spec, secrets: [], configs: [] }]]),
    resources: [],
    warnings: [],
    notes: new Notes(),
    urls: new Map(Object.entries(urls)),
  }
  return addressOf({ api, swarm: createSwarm(api), clock: new FakeClock(), stack }, new AbortController().signal)
}

const ingress = (published: number, target = 8080) => ({ TargetPort: target, PublishedPort: published })
const host = (published: number) => ({ TargetPort: 80, PublishedPort: published, PublishMode: 'host' })

it.each<[string, World, string | undefined]>([
  [
    'a proxy’s host before a port',
    { urls: { [name]: 'https://a.example.com' }, ports: [ingress(30_000)] },
    'https://a.example.com',
  ],
  ['the manager’s address in the Swarm', { ports: [ingress(30_000)] }, 'http://10.0.0.1:30000'],
  [
    'the host of a TCP endpoint',
    { endpoint: 'tcp://swarm.example.com:2376', ports: [ingress(30_000)] },
    'http://swarm.example.com:30000',
  ],
  [
    'the host of an SSH endpoint',
    { endpoint: 'ssh://deploy@swarm.example.com', ports: [ingress(30_000, 443)] },
    'https://swarm.example.com:30000',
  ],
  ['an address of IPv6', { nodeAddress: 'fd00::1', ports: [ingress(30_000)] }, 'http://[fd00::1]:30000'],
  ['a port of TCP', { ports: [{ ...ingress(53), Protocol: 'udp' }, ingress(30_001)] }, 'http://10.0.0.1:30001'],
  ['the node of a task', { ports: [host(0)], task: { node: 'far', ports: [host(32_768)] } }, 'http://10.0.0.2:32768'],
  [
    'the manager where the task is on it',
    { endpoint: 'ssh://swarm.example.com', ports: [host(0)], task: { node: 'own', ports: [host(32_768)] } },
    'http://swarm.example.com:32768',
  ],
  ['nothing without ports', { publishes: false }, undefined],
  ['nothing where none is given out', { ports: [ingress(0)] }, undefined],
])('is %s', async (_, world, expected) => {
  expect(await address(world)).toBe(expected)
})
