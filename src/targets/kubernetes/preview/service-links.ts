/**
 * Variables that the cluster makes for every Service of a namespace (`DB_SERVICE_HOST`): in a shared one they lead to
 * production, so those of the preview's own Services are set to the preview's. Pure.
 */
import type { Fields } from './fields.ts'
import { changedContainers, changedTemplates, fieldsOf, listOf, textOf, valueAt } from './fields.ts'

export interface ServiceLink {
  readonly name: string
  readonly value: string
}

/** @param names what the Services that the manifests bring are called in the preview */
export function serviceLinks(objects: readonly Fields[], names: ReadonlyMap<string, string>): ServiceLink[] {
  return objects.flatMap((object) => {
    const service = textOf(valueAt(object, 'metadata.name')) ?? ''
    const name = names.get(service)
    if (object['kind'] !== 'Service' || name === undefined || name === service) return []
    return linksOf(service, name, listOf(valueAt(object, 'spec.ports')).map(fieldsOf))
  })
}

function linksOf(service: string, name: string, ports: readonly Fields[]): ServiceLink[] {
  const prefix = service.toUpperCase().replaceAll('-', '_')
  const numbers = ports.flatMap(({ port, protocol = 'TCP' }) => {
    return typeof port === 'number' ? [{ port: String(port), protocol: String(protocol) }] : []
  })
  const [first] = numbers
  return [
    { name: `${prefix}_SERVICE_HOST`, value: name },
    ...(first ? [{ name: `${prefix}_PORT`, value: addressOf(name, first) }] : []),
    ...numbers.flatMap((one) => {
      const full = `${prefix}_PORT_${one.port}_${one.protocol}`
      return [
        { name: full, value: addressOf(name, one) },
        { name: `${full}_ADDR`, value: name },
      ]
    }),
  ]
}

function addressOf(name: string, { port, protocol }: { readonly port: string; readonly protocol: string }): string {
  return `${protocol.toLowerCase()}://${name}:${port}`
}

export function withServiceLinks(object: Fields, links: readonly ServiceLink[]): Fields {
  if (links.length === 0) return object
  return changedTemplates(object, (template) => {
    if (valueAt(template, 'spec.enableServiceLinks') === false) return template
    return changedContainers(template, (container) => {
      const env = listOf(container['env'])
      const given = new Set(env.map((one) => fieldsOf(one)['name']))
      return { ...container, env: [...links.filter(({ name }) => !given.has(name)), ...env] }
    })
  })
}
