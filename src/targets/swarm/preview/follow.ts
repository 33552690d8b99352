/** The input `url` beside the hosts that labels of proxies name: they follow it. */
import type { Node } from '../stack/values.ts'
import { nodeOf, textOf } from '../stack/values.ts'
import type { Notes } from './notes.ts'
import type { AdaptedService } from './service.ts'

type Services = ReadonlyMap<string, AdaptedService>

export function followUrl(services: Services, url: string | undefined, notes: Notes): Services {
  const hosts = new Set([...services.values()].flatMap((service) => service.hosts))
  const wanted = url !== undefined && URL.canParse(url) ? new URL(url).hostname : undefined
  if (wanted === undefined || hosts.size === 0 || hosts.has(wanted)) return services
  const [host = '', ...others] = hosts
  if (others.length > 0) {
    notes.warn(`no proxy shows ${wanted}, the host of url: the labels of the services name ${[...hosts].join(', ')}`)
    return services
  }
  notes.add(`labels of proxies name ${wanted}, as url does, in place of ${host}`)
  const follow = (labels: unknown): Node => {
    const entries = Object.entries(nodeOf(labels)).map(([key, value]) => [
      key,
      (textOf(value) ?? '').replaceAll(host, wanted),
    ])
    return Object.fromEntries(entries) as Node
  }
  return new Map(
    [...services].map(([key, { service, url: shown }]) => {
      const deploy = { ...nodeOf(service.deploy), labels: follow(nodeOf(service.deploy).labels) }
      const followed = { ...service, labels: follow(service.labels), deploy }
      return [key, { service: followed, hosts: [wanted], url: shown?.replace(host, wanted) }]
    }),
  )
}
