/**
 * What a Swarm remembers of a place: a config object of its own, whose labels hold the history. An update of the service
 * itself would take the version before from `docker service rollback`, which knows only the specification before the last.
 */
import * as v from 'valibot'
import type { History } from '../../domain/history.ts'
import { historyText, mergeHistories, parseHistory } from '../../domain/history.ts'
import { LABEL } from '../../domain/labels.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import type { EngineAnswer, EngineApi } from '../../ports.ts'
import { accepted } from './engine.ts'

const Config = v.object({
  ID: v.string(),
  Version: v.object({ Index: v.number() }),
  Spec: v.looseObject({ Name: v.string(), Labels: v.nullish(v.record(v.string(), v.string())) }),
})
type Config = v.InferOutput<typeof Config>

/** The object and who it belongs to. */
export interface MemoryPlace {
  readonly key: string
  readonly app: string
  readonly environment: string
}

/** Other runs write too: so many times it is read again before we give up. */
const TRIES = 5
/** An object needs some content; labels are what can be changed later. */
const CONTENT = Buffer.from('The labels of this config hold the history of releases.\n').toString('base64')

export function memoryName({ key }: Pick<MemoryPlace, 'key'>): string {
  return `immutable-deploy-${key}`
}

/** undefined: there is none yet. @throws DeployError where the engine does not let us look */
export async function readMemory(api: EngineApi, place: MemoryPlace): Promise<History | undefined> {
  const config = await find(api, memoryName(place))
  return config && parseHistory(config.Spec.Labels?.[LABEL.history])
}

/** Compare-and-swap: what another run wrote meanwhile is kept. */
export async function writeMemory(api: EngineApi, place: MemoryPlace, history: History): Promise<void> {
  const name = memoryName(place)
  for (let attempt = 1; ; attempt += 1) {
    const live = await find(api, name)
    const known = parseHistory(live?.Spec.Labels?.[LABEL.history])
    const labels = {
      ...live?.Spec.Labels,
      [LABEL.app]: place.app,
      [LABEL.environment]: place.environment,
      [LABEL.history]: historyText(live ? mergeHistories([history, known]) : history),
    }
    const answer = live ? await update(api, live, labels) : await create(api, name, labels)
    const isOutrun = answer.status === 409 || (answer.status >= 400 && /out of sequence/i.test(answer.message()))
    if (!isOutrun || attempt === TRIES) {
      accepted(api, answer, `write the config ${name}`)
      return
    }
  }
}

async function find(api: EngineApi, name: string): Promise<Config | undefined> {
  const answer = await api.request('GET', '/configs', { query: { filters: { name: [name] } } })
  const parsed = v.safeParse(v.array(Config), accepted(api, answer, 'list configs'))
  if (!parsed.success) throw new DeployError('internal-error', 'the engine’s list of configs is not understood')
  return parsed.output.find((config) => config.Spec.Name === name)
}

function create(api: EngineApi, name: string, labels: Record<string, string>): Promise<EngineAnswer> {
  return api.request('POST', '/configs/create', { body: { Name: name, Labels: labels, Data: CONTENT } })
}

function update(api: EngineApi, live: Config, labels: Record<string, string>): Promise<EngineAnswer> {
  return api.request('POST', `/configs/${live.ID}/update`, {
    query: { version: live.Version.Index },
    body: { ...live.Spec, Labels: labels },
  })
}
