import type { ContainerRuntime, EngineApi, EngineInfo, Registry } from '../../ports.ts'
import {
  createContainer,
  execIn,
  inspectContainer,
  removeContainer,
  startContainer,
  stopContainer,
} from './containers.ts'
import { ContainerEvents } from './events.ts'
import { readFile } from './files.ts'
import { containerLogs, readLog } from './logs.ts'
import { engineInfo } from './info.ts'
import { inspectImage } from './images.ts'
import { attach, createNetwork, removeNetwork } from './networks.ts'
import { sweep } from './sweep.ts'
import { forgetImage, pullImage, pullReference, pushImage } from './transfer.ts'

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
      pullImage({ api, auth, signal }, { repository, reference: digest }, platform),
    pullReference: (reference, signal) => pullReference({ api, auth, signal }, reference),
    push: (id, repository, tag, signal) => pushImage({ api, auth, signal }, { id, repository, tag }),
    forget: (id, repository, tag) => forgetImage(api, { id, repository, tag }),
    createNetwork: (name, labels, internal) => createNetwork(api, name, labels, internal),
    removeNetwork: (id) => removeNetwork(api, id),
    connect: (network, container) => attach(api, network, container, 'connect'),
    disconnect: (network, container) => attach(api, network, container, 'disconnect'),
    create: (spec) => createContainer(api, spec),
    start: async (id) => {
      events.watch(id)
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
    readLog: (id, from, onLines, signal) => readLog(api, { id, from, signal }, onLines),
    stop: (id, signal, within) => stopContainer(api, id, signal, within),
    remove,
    sweep: (which) => sweep(api, which, remove),
  }
}
