/** How a test reaches its containers. */
import type { Duration } from '../domain/duration.ts'
import type { Clock, ContainerRuntime, ImageFacts } from '../ports.ts'
import type { Attempt } from './poll.ts'
import type { HttpResult } from './probe/http.ts'
import { request } from './probe/http.ts'
import { through, routesTo } from './probe/reach.ts'
import { connects } from './probe/tcp.ts'
import type { HttpProbe, SmokeSpec } from './spec.ts'
import type { Subject } from './subject.ts'

export interface ProbeContext {
  readonly runtime: ContainerRuntime
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly probe: SmokeSpec['probe']
}

/** A published port takes connections before anybody listens: they must last. */
const HOLD_MS: Duration = 50
/** Exposed TCP ports, lowest first. */
export function exposed(facts: ImageFacts): readonly number[] {
  const ports = facts.exposedPorts
    .filter((port) => !/\/(?:udp|sctp)$/.test(port))
    .map((port) => Number.parseInt(port, 10))
  return ports.sort((a, b) => a - b)
}

export async function listens(
  subject: Subject,
  port: number,
  context: ProbeContext,
  limit: Duration,
): Promise<Attempt> {
  const result = await through(routesTo(subject.state(), port, context.probe), limit, async (route, timeout) => {
    const trouble = await connects(route, { timeout, hold: route.published ? HOLD_MS : 0, signal: context.signal })
    return trouble ? { trouble } : {}
  })
  return 'trouble' in result
    ? { passed: false, detail: `port ${String(port)}: ${result.trouble.text}` }
    : { passed: true, detail: `port ${String(port)} takes connections` }
}

/** One HTTP request to the container. Without a port: the exposed one, the lowest of several. */
export async function ask(
  subject: Subject,
  probe: HttpProbe,
  context: ProbeContext,
  limit: Duration,
): Promise<HttpResult> {
  const port = probe.port ?? exposed(subject.facts)[0]
  if (port === undefined) {
    const text = 'the image exposes no port and the check names none: write :PORT before the path'
    return { trouble: { kind: 'other', text } }
  }
  return through(routesTo(subject.state(), port, context.probe), limit, (route, timeout) =>
    request(
      probe,
      {
        scheme: probe.scheme,
        host: route.host,
        port: route.port,
        hostHeader: `localhost:${String(port)}`,
        verify: false,
      },
      { timeout, signal: context.signal },
    ),
  )
}
