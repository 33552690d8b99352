/** Removes what smoke tests left on an engine, and nothing that anybody else made: see `domain/throwaway.ts`. */
import { LABEL } from '../../domain/labels.ts'
import type { Found } from '../../domain/throwaway.ts'
import { hasExpired, isThrowawayOf } from '../../domain/throwaway.ts'
import type { EngineAnswer, EngineApi } from '../../ports.ts'
import { ContainerList, EngineTime, Network, NetworkList, read, refused } from './answers.ts'
import { attach, removeNetwork } from './networks.ts'

const LOOKING = 'looking for leftovers'

interface Leftover extends Found {
  readonly id: string
}

/**
 * Containers first: a network with one cannot go. What vanishes meanwhile was swept by somebody else; what resists does
 * not keep the rest.
 */
export async function sweep(
  api: EngineApi,
  which: { readonly run: string } | 'expired',
  remove: (id: string) => Promise<void>,
): Promise<void> {
  const [containers, networks] = await Promise.all([containersOn(api), networksOn(api)])
  if (containers.length + networks.length === 0) return
  const isOurs = await selection(api, which)
  const removed = await Promise.allSettled(containers.filter(isOurs).map(({ id }) => remove(id)))
  const freed = await Promise.allSettled(networks.filter(isOurs).map(({ id }) => emptyAndRemove(api, id)))
  const failed = [...removed, ...freed].find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}

async function selection(
  api: EngineApi,
  which: { readonly run: string } | 'expired',
): Promise<(found: Found) => boolean> {
  if (which !== 'expired') return (found) => isThrowawayOf(found, which.run)
  const now = await engineTime(api)
  return (found) => hasExpired(found, now)
}

async function containersOn(api: EngineApi): Promise<Leftover[]> {
  const found = read(ContainerList, await list(api, '/containers/json'), LOOKING)
  return found.map(({ Id, Names, Labels, Created }) => ({
    id: Id,
    name: (Names?.[0] ?? '').replace(/^\//, ''),
    labels: Labels ?? {},
    created: Created * 1000,
  }))
}

async function networksOn(api: EngineApi): Promise<Leftover[]> {
  const found = read(NetworkList, await list(api, '/networks'), LOOKING)
  return found.map(({ Id, Name, Labels, Created }) => ({
    id: Id,
    name: Name,
    labels: Labels ?? {},
    created: Date.parse(Created),
  }))
}

async function list(api: EngineApi, path: string): Promise<EngineAnswer> {
  const answer = await api.request('GET', path, { query: { all: true, filters: { label: [LABEL.owner] } } })
  if (answer.status !== 200) throw refused(answer, LOOKING)
  return answer
}

/** Clocks of runners and engines differ: what the engine dated is compared with the engine's own time. */
async function engineTime(api: EngineApi): Promise<number> {
  const answer = await api.request('GET', '/info')
  if (answer.status !== 200) throw refused(answer, LOOKING)
  return Date.parse(read(EngineTime, answer, LOOKING).SystemTime)
}

/** A job's own container that was put on the network stays; only its connection goes. */
async function emptyAndRemove(api: EngineApi, id: string): Promise<void> {
  const answer = await api.request('GET', `/networks/${id}`)
  if (answer.status === 404) return
  const attached = Object.keys(read(Network, answer, 'looking at a left-over network').Containers ?? {})
  await Promise.all(attached.map((container) => attach(api, id, container, 'disconnect')))
  await removeNetwork(api, id)
}
