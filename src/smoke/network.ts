import { readFile } from 'node:fs/promises'
import { DeployError } from '../errors/deploy-error.ts'
import type { SmokeContext } from './context.ts'

/**
 * A network of the test's own, only where it is needed: a bridge costs time. A program that runs in a container of the
 * same engine joins it: from there, neither published ports nor addresses on other networks can be reached.
 */
export async function privateNetwork(smoke: SmokeContext): Promise<string | undefined> {
  const { spec, ground, context } = smoke
  const beside = await siblingContainer(smoke)
  if (spec.services.length === 0 && !spec.internal && beside === undefined) return undefined
  const network = await ground.network(spec.internal)
  if (beside !== undefined) {
    await ground.join(network, beside)
    smoke.context = { ...context, probe: 'sidecar' }
  }
  return network
}

/** @throws DeployError not-supported when the file asks for it and there is none */
async function siblingContainer({ spec, runtime, self }: SmokeContext): Promise<string | undefined> {
  if (spec.probe !== 'auto' && spec.probe !== 'sidecar') return undefined
  const own = self ?? (await ownContainer())
  // Another engine's container, as in Docker within Docker, is nothing that this one could connect.
  if (own !== undefined && runtime.connect && (await runtime.inspect(own))) return own
  if (spec.probe === 'auto') return undefined
  throw new DeployError('not-supported', 'probe: sidecar needs a job that runs in a container of this engine', {
    fix: 'Leave probe out: the published port and the container’s address are tried in turn.',
  })
}

async function ownContainer(): Promise<string | undefined> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')
  return /\/containers\/([0-9a-f]{64})\/(?:hostname|hosts|resolv\.conf)/.exec(mounts)?.[1]
}
