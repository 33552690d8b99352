/** Ports and addresses of nodes and load balancers: a preview gets others than production, by the cluster's choice. Pure. */
import { stringifyJson } from '../../../domain/json.ts'
import type { Fields } from './fields.ts'
import { changedAt, changedContainers, changedTemplates, fieldsOf, withField } from './fields.ts'
import type { HostContext } from './own-host.ts'

type ExposureContext = Pick<HostContext, 'notes' | 'subject'>

/** Fields of a Service that name an address or a port of its own. */
const OF_A_SERVICE = ['loadBalancerIP', 'externalIPs', 'healthCheckNodePort', 'clusterIPs'] as const

export function withOwnExposure(object: Fields, context: ExposureContext): Fields {
  if (object['kind'] === 'Service') return service(object, context)
  if (object['kind'] === 'Gateway') return without(object, 'spec.addresses', context)
  return changedTemplates(object, (template) => pods(template, context))
}

function service(object: Fields, context: ExposureContext): Fields {
  const whole = OF_A_SERVICE.reduce((one, field) => without(one, `spec.${field}`, context), object)
  const ports = changedAt(whole, 'spec.ports.*', (port) => withField(fieldsOf(port), 'nodePort', undefined))
  return changedAt(ports, 'spec.clusterIP', (address) => (address === 'None' ? address : undefined))
}

function pods(template: Fields, { notes, subject }: ExposureContext): Fields {
  const network = changedAt(template, 'spec.hostNetwork', (value) => {
    if (value === true) notes.warning(subject, 'has hostNetwork: its pods get a network of their own in a preview')
    return undefined
  })
  return changedContainers(network, (container) =>
    changedAt(container, 'ports.*', (port) => {
      const { hostPort, ...rest } = fieldsOf(port)
      if (hostPort !== undefined)
        notes.warning(subject, `has the host port ${stringifyJson(hostPort)}: a preview has none`)
      return rest
    }),
  )
}

function without(object: Fields, path: string, { notes, subject }: ExposureContext): Fields {
  return changedAt(object, path, () => {
    notes.warning(subject, `loses ${path}: it is production’s`)
    return undefined
  })
}
