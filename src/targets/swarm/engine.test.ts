import { describe, expect, it } from 'vitest'
import { codeOf } from './engine.ts'
import { nodesFor } from './placement.ts'
import type { Node, ServiceSpec } from './schema.ts'

describe('what a refusal of the engine means', () => {
  it.each([
    [
      400,
      "rpc error: code = InvalidArgument desc = port '80' is already in use by service 'a' (x) as an ingress port",
      'port-in-use',
    ],
    [500, 'network shop_a not found', 'network-unavailable'],
    [404, 'network shop_a not found', 'network-unavailable'],
    [403, 'could not find network proxy', 'network-unavailable'],
    [400, 'rpc error: code = InvalidArgument desc = secret reference x not found', 'bad-config-reference'],
    [
      409,
      'rpc error: code = AlreadyExists desc = name conflicts with an existing object: service web already exists',
      'another-rollout',
    ],
    [500, 'rpc error: code = Unknown desc = The swarm does not have a leader.', 'target-unreachable'],
    [500, 'something else', 'target-error'],
    [503, 'unavailable', 'target-unreachable'],
    [404, 'service x not found', 'workload-gone'],
    [400, 'invalid reference format', 'manifest-invalid'],
    [403, 'forbidden', 'target-denied'],
  ])('%i %s', (status, text, code) => expect(codeOf({ status, message: () => text })).toBe(code))
})

describe('nodes that can take a task', () => {
  const node = (id: string, more: Partial<Node['Spec']> = {}, state = 'ready'): Node => ({
    ID: id,
    Spec: { Role: 'worker', Availability: 'active', Labels: { zone: 'a' }, ...more },
    Description: {
      Hostname: `host-${id}`,
      Platform: { OS: 'linux', Architecture: 'x86_64' },
      Engine: { Labels: null },
    },
    Status: { State: state },
  })
  const nodes = [node('1', { Role: 'manager' }), node('2'), node('3', { Availability: 'drain' }), node('4', {}, 'down')]
  const ids = (...constraints: string[]): string[] => {
    const spec = { Name: 'web', TaskTemplate: { Placement: { Constraints: constraints } }, Mode: {} } as ServiceSpec
    return nodesFor(spec, nodes).map(({ ID }) => ID)
  }

  it.each<[string[], string[]]>([
    [[], ['1', '2']],
    [['node.role == manager'], ['1']],
    [['node.role!=manager', 'node.labels.zone==A'], ['2']],
    [['node.labels.zone != a'], []],
    [['node.labels.none==x'], []],
    [['node.platform.os == windows'], []],
    [['node.hostname==HOST-2'], ['2']],
    [['node.id==1', 'node.id==2'], []],
    [['engine.labels.gpu!=true'], ['1', '2']],
    [['node.unknown==x'], ['1', '2']],
  ])('%j', (constraints, expected) => expect(ids(...constraints)).toEqual(expected))
})
