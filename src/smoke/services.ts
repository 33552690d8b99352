import { formatDuration } from '../domain/duration.ts'
import type { Reason } from '../errors/deploy-error.ts'
import { DeployError } from '../errors/deploy-error.ts'
import type { ImageFacts } from '../ports.ts'
import { SmokeFailure } from './failure.ts'
import { exposed } from './ask.ts'
import { awaitReady, conditionOf, describe, portsOf } from './readiness.ts'
import { createProgress } from './report.ts'
import type { SmokeContext } from './context.ts'
import { optionsOf, publish } from './context.ts'
import type { ServiceSpec } from './spec.ts'
import { isTrouble, startFailure, startSubject } from './subject.ts'

/** A service whose image the engine has. */
interface Pulled {
  readonly service: ServiceSpec
  readonly facts: ImageFacts
}

const blame = (reason: Reason): Reason => ({ ...reason, code: 'smoke-service-failed' })
const failure = (reason: Reason, id?: string): SmokeFailure => new SmokeFailure(blame(reason), id)

export function pullServices(smoke: SmokeContext): Promise<readonly Pulled[]> {
  return Promise.all(smoke.spec.services.map(async (service) => ({ service, facts: await pull(smoke, service) })))
}

/** Starts all dependency services side by side and waits until each is ready. */
export async function startServices(
  smoke: SmokeContext,
  services: readonly Pulled[],
  network: string | undefined,
): Promise<void> {
  if (network === undefined) return
  await Promise.all(services.map((service) => startService(smoke, service, network)))
}

async function startService(smoke: SmokeContext, { service, facts }: Pulled, network: string): Promise<void> {
  const { runtime, clock, life, ground, spec } = smoke
  const who = `service ${service.name}`
  const condition = conditionOf(service.ready, facts)
  smoke.doing = `${who} started`
  const ports = portsOf(condition).flatMap((port) => port ?? exposed(facts)[0] ?? [])
  const created = ground.container(service.name, {
    image: service.image,
    ...optionsOf(smoke, service),
    network: { id: network, aliases: service.aliases },
    ...publish(smoke, ports),
  })
  const id = await created.catch((thrown: unknown) => {
    throw startFailure(thrown, who, failure)
  })
  const oneShot = condition.kind === 'exit' ? condition.codes : undefined
  const limited = service.memory !== undefined
  const subject = await startSubject({ id, who, facts, oneShot, limited, runtime, clock, life, ground, blame })
  smoke.doing = `waiting for ${who}: ${describe(condition)}`
  const onProgress = createProgress(smoke.reporter, 'smoke', smoke.clean)
  const ready = await awaitReady(subject, condition, smoke.context, { within: spec.startup.within, onProgress })
  if (!ready.passed) {
    const what = `${who} was not ready within ${formatDuration(spec.startup.within)} (${describe(condition)}): ${ready.detail}`
    throw failure({ code: 'smoke-service-failed', what }, id)
  }
  subject.markReady()
}

async function pull(smoke: SmokeContext, service: ServiceSpec): Promise<ImageFacts> {
  const { runtime, life } = smoke
  const present = await runtime.image(service.image)
  if (present) return present
  smoke.reporter.emit({ type: 'progress', step: 'smoke', text: `pulling ${service.image}` })
  smoke.doing = `${service.image} was pulled`
  try {
    await runtime.pullReference(service.image, life.signal)
  } catch (thrown) {
    if (isTrouble(thrown) || !(thrown instanceof DeployError)) throw thrown
    const what = `the image of service ${service.name} cannot be pulled: ${thrown.what}`
    throw failure({ code: 'smoke-service-failed', what, fix: thrown.fix })
  }
  const facts = await runtime.image(service.image)
  if (!facts)
    throw failure({ code: 'smoke-service-failed', what: `the engine does not have ${service.image} after its pull` })
  return facts
}
