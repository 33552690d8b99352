import { isLoopback } from '../registry/hosts.ts'
import type { Endpoint } from './endpoint.ts'

/** Whether what is sent to that engine can be read by others on the network. */
export function isExposed(endpoint: Endpoint): boolean {
  if (endpoint.kind !== 'tcp' || endpoint.tls !== undefined) return false
  return !isLoopback(endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host)
}

/** What `X-Registry-Auth` says where there are no credentials: `{}`. */
const NO_CREDENTIALS = /^(?:e30=?)?$/

/** Whether a header of a request holds a registry's credentials. */
export function isCredential(name: string, value: string): boolean {
  return ['x-registry-auth', 'x-registry-config'].includes(name.toLowerCase()) && !NO_CREDENTIALS.test(value)
}

export function withheld(endpoint: string): string {
  return `registry credentials are not sent to ${endpoint}: without TLS everybody on the way could read them. Use ssh://, or TLS with docker-cert-path or DOCKER_TLS_VERIFY`
}
