import { LABEL } from '../../domain/labels.ts'
import type { EngineApi } from '../../ports.ts'
import { Created, Labelled, Network, read, refused } from './answers.ts'

export async function createNetwork(
  api: EngineApi,
  name: string,
  labels: Readonly<Record<string, string>>,
  internal: boolean,
): Promise<string> {
  const body = { Name: name, Labels: labels, Internal: internal, Driver: 'bridge', CheckDuplicate: true }
  const answer = await api.request('POST', '/networks/create', { body })
  if (answer.status !== 201) throw refused(answer, `creating the network ${name}`)
  return read(Created, answer, `creating the network ${name}`).Id
}

export async function removeNetwork(api: EngineApi, id: string): Promise<void> {
  const answer = await api.request('DELETE', `/networks/${id}`)
  if (answer.status !== 204 && answer.status !== 404) throw refused(answer, 'removing the network')
}

export async function attach(
  api: EngineApi,
  network: string,
  container: string,
  verb: 'connect' | 'disconnect',
): Promise<void> {
  const body = { Container: container, ...(verb === 'disconnect' ? { Force: true } : {}) }
  const answer = await api.request('POST', `/networks/${network}/${verb}`, { body })
  const gone = verb === 'disconnect' && (answer.status === 404 || /is not connected/.test(answer.message()))
  if (answer.status !== 200 && !gone) throw refused(answer, `${verb}ing ${container} with the network ${network}`)
}

/**
 * Containers first: a network with one cannot go. What vanishes meanwhile was swept by somebody else; what resists does
 * not keep the rest.
 */
export async function sweep(
  api: EngineApi,
  label: { key: string; value: string } | 'expired',
  remove: (id: string) => Promise<void>,
): Promise<void> {
  const filter = label === 'expired' ? LABEL.expires : `${label.key}=${label.value}`
  const now = Date.now()
  const list = async (path: string): Promise<string[]> => {
    const answer = await api.request('GET', path, { query: { all: true, filters: { label: [filter] } } })
    if (answer.status !== 200) throw refused(answer, 'looking for leftovers')
    const found = read(Labelled, answer, 'looking for leftovers')
    return found.filter(({ Labels }) => label !== 'expired' || isPast(Labels?.[LABEL.expires], now)).map(({ Id }) => Id)
  }
  const [containers, networks] = await Promise.all([list('/containers/json'), list('/networks')])
  const removed = await Promise.allSettled(containers.map((id) => remove(id)))
  const freed = await Promise.allSettled(networks.map((id) => emptyAndRemove(api, id)))
  const failed = [...removed, ...freed].find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}

/** A job's own container that was put on the network stays; only its connection goes. */
async function emptyAndRemove(api: EngineApi, id: string): Promise<void> {
  const answer = await api.request('GET', `/networks/${id}`)
  if (answer.status === 404) return
  const attached = Object.keys(read(Network, answer, 'looking at a left-over network').Containers ?? {})
  await Promise.all(attached.map((container) => attach(api, id, container, 'disconnect')))
  await removeNetwork(api, id)
}

function isPast(time: string | undefined, now: number): boolean {
  return Date.parse(time ?? '') < now
}
