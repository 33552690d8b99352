import type { EngineApi } from '../../ports.ts'
import { Created, read, refused } from './answers.ts'

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
