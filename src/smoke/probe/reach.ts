import type { Duration } from '../../domain/duration.ts'
import type { ContainerState } from '../../ports.ts'
import type { SmokeSpec } from '../spec.ts'
import type { Trouble } from './trouble.ts'

/** One way to a port of a container. */
export interface Route {
  readonly host: string
  readonly port: number
  /** Through the engine's published port; else by the container's own address. */
  readonly published: boolean
}

/** The most that a second way may take, as it may lead nowhere: an address that only the engine's machine can route. */
const SECOND_ROUTE_MS: Duration = 500

/** Ways to the container's ports, in the order in which they are tried. */
export function routesTo(state: ContainerState, port: number, probe: SmokeSpec['probe']): readonly Route[] {
  const host = state.ports[`${String(port)}/tcp`]
  const published = host === undefined ? [] : [{ host: '127.0.0.1', port: host, published: true }]
  const direct = state.addresses.map((address) => ({ host: address, port, published: false }))
  if (probe === 'host') return published
  return probe === 'auto' ? [...published, ...direct] : direct
}

/**
 * Tries the ways one after another until one brings more than trouble with the connection.
 * @param attempt one try with its own time limit
 */
export async function through<T extends { readonly trouble: Trouble } | object>(
  choices: readonly Route[],
  timeout: Duration,
  attempt: (route: Route, timeout: Duration) => Promise<T>,
): Promise<T | { readonly trouble: Trouble }> {
  const [first, ...others] = choices
  if (!first)
    return { trouble: { kind: 'unreachable', text: 'the port is neither published nor has the container an address' } }
  const result = await attempt(first, timeout)
  if (!isLost(result)) return result
  for (const route of others) {
    const other = await attempt(route, Math.min(timeout, SECOND_ROUTE_MS))
    if (!isLost(other)) return other
    // The refusal of the container itself says more than a connection that the proxy has closed.
    if (result.trouble.kind === 'closed' && other.trouble.kind === 'refused') return other
  }
  return result
}

function isLost(result: object): result is { readonly trouble: Trouble } {
  if (!('trouble' in result)) return false
  const { kind } = result.trouble as Trouble
  return kind === 'refused' || kind === 'closed' || kind === 'unreachable'
}
