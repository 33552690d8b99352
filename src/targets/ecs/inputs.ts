import type { Input } from '../../inputs/types.ts'
import { DEPLOYING, TARGETED } from '../../inputs/types.ts'

export const ECS_INPUTS = [
  {
    name: 'cluster',
    kind: 'text',
    group: 'where',
    commands: TARGETED,
    default: 'default',
    unreviewed: false,
    example: 'production',
    about: 'Amazon ECS: name or ARN of the cluster.',
  },
  {
    name: 'early-stop',
    kind: 'boolean',
    group: 'where',
    commands: DEPLOYING,
    default: 'true',
    example: 'false',
    about: 'Amazon ECS: end a deployment that cannot succeed any more, before the circuit breaker does.',
  },
  {
    name: 'pause-stage',
    kind: 'text',
    group: 'where',
    commands: DEPLOYING,
    default: 'POST_TEST_TRAFFIC_SHIFT',
    example: 'POST_SCALE_UP',
    about: 'Amazon ECS, blue-green, linear and canary: the stage of the PAUSE hook at which the new version is proven.',
  },
  {
    name: 'test-url',
    kind: 'text',
    group: 'where',
    commands: DEPLOYING,
    unreviewed: false,
    example: 'http://internal-lb.example.com:9001',
    about: 'Amazon ECS: address of the test listener, which `live-checks` ask while the deployment pauses.',
  },
] as const satisfies readonly Input[]
