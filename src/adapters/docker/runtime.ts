import { LABEL } from '../../domain/labels.ts'
import type { ContainerRuntime, EngineApi, EngineInfo, Registry } from '../../ports.ts'
import { Created, Labelled, read, refused } from './answers.ts'
import {
  containerLogs,
  createContainer,
  execIn,
  inspectContainer,
  removeContainer,
  startContainer,
  stopContainer,
} from './containers.ts'
import { ContainerEvents } from './events.ts'
import { readFile } from './files.ts'
import { engineInfo } from './info.ts'
import { inspectImage, pullImage, pullReference, pushImage } from './images.ts'

/** The runner's engine as the pipeline and the smoke test see it. */
export function createRuntime(
  api: EngineApi,
  { registry }: { registry: Pick<Registry, 'engineAuth'> },
): ContainerRuntime {
  const auth: Registry['engineAuth'] = (repository) => registry.engineAuth(repository)
  const events = new ContainerEvents(api)
  let known: Promise<EngineInfo> | undefined
  const remove = async (id: string): Promise<void> => {
    events.unwatch(id)
    await removeContainer(api, id)
  }
  return {
    info: () => (known ??= engineInfo(api)),
    image: (reference) => inspectImage(api, reference),
    pull: ({ repository, digest }, platform, signal) =>
      pullImage(api, auth, { repository, reference: digest }, platform, signal),
    pullReference: (reference, signal) => pullReference(api, auth, reference, signal),
    push: (id, repository, tag, signal) => pushImage(api, auth, { id, repository, tag }, signal),
    createNetwork: (name, labels, internal) => createNetwork(api, name, labels, internal),
    removeNetwork: (id) => removeNetwork(api, id),
    connect: (network, container) => attach(api, network, container, 'connect'),
    disconnect: (network, container) => attach(api, network, container, 'disconnect'),
    create: (spec) => createContainer(api, spec),
    start: async (id) => {
      await events.watch(id)
      await startContainer(api, id)
    },
    inspect: (id) => {
      events.looked(id)
      return inspectContainer(api, id)
    },
    changed: (id, ms, signal) => events.next(id, ms, signal),
    exec: (id, argv, signal) => execIn(api, id, argv, signal),
    file: (id, path) => readFile(api, id, path),
    logs: (id, tail) => containerLogs(api, id, tail),
    stop: (id, signal, within) => stopContainer(api, id, signal, within),
    remove,
    sweep: (label) => sweep(api, label, remove),
  }
}

async function createNetwork(
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

async function removeNetwork(api: EngineApi, id: string): Promise<void> {
  const answer = await api.request('DELETE', `/networks/${id}`)
  if (answer.status !== 204 && answer.status !== 404) throw refused(answer, 'removing the network')
}

async function attach(
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

/** Containers first: a network with one cannot go. What vanishes meanwhile was swept by somebody else. */
async function sweep(
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
  await Promise.all(containers.map((id) => remove(id)))
  await Promise.all(networks.map((id) => removeNetwork(api, id)))
}

function isPast(time: string | undefined, now: number): boolean {
  return Date.parse(time ?? '') < now
}
