/** Several hosts of production that become one of the preview: fine while they lead to the same. Pure. */
import { stringifyJson } from '../../../domain/json.ts'
import type { Fields } from './fields.ts'
import { fieldsOf, listOf, textOf, valueAt } from './fields.ts'
import { isTemplated } from './template.ts'

interface Route {
  readonly host: string
  readonly path: string
  /** What answers there, as text to compare. */
  readonly to: string
}

/** Pairs of hosts of the manifests, as they were written, that answer differently at the same path. */
export function conflictingHosts(objects: readonly Fields[]): readonly [string, string][] {
  const routes = objects.flatMap(routesOf).filter(({ host }) => !isTemplated(host))
  const found = new Map<string, [string, string]>()
  for (const one of routes) {
    const other = routes.find(({ host, path, to }) => host !== one.host && path === one.path && to !== one.to)
    if (other) found.set([one.host, other.host].sort().join(' '), [one.host, other.host])
  }
  return [...found.values()]
}

function routesOf(object: Fields): Route[] {
  if (object['kind'] === 'Ingress') {
    return listOf(valueAt(object, 'spec.rules')).flatMap((rule) =>
      listOf(valueAt(rule, 'http.paths')).map((path) => ({
        host: textOf(fieldsOf(rule)['host']) ?? '',
        path: textOf(fieldsOf(path)['path']) ?? '/',
        to: stringifyJson(fieldsOf(path)['backend']),
      })),
    )
  }
  const rules = stringifyJson(valueAt(object, 'spec.rules'))
  const hosts = listOf(valueAt(object, 'spec.hostnames')).flatMap((host) => textOf(host) ?? [])
  return hosts.map((host) => ({ host, path: '*', to: rules }))
}
