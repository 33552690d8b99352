/**
 * A stack file (the Compose file that `docker stack deploy` takes) as service specs: what services are created from.
 * Keys that are not understood are refused by name; the few that `docker stack deploy` ignores too are warnings.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { ScalarTag } from 'yaml'
import type { Repository } from '../../../domain/image.ts'
import { parseReference } from '../../../domain/image.ts'
import { DeployError } from '../../../errors/deploy-error.ts'
import { errorMessage } from '../../../errors/message.ts'
import type { ServiceSpec } from '../wire.ts'
import { CONTAINER_KEYS, containerOf } from './container.ts'
import { deployOf } from './deploy.ts'
import type { Node } from './faults.ts'
import { compact, Faults } from './faults.ts'
import type { Environment } from './interpolate.ts'
import { interpolate } from './interpolate.ts'
import { portsOf } from './mounts.ts'
import type { FileReference, Resource } from './resources.ts'
import { networksOf, referencesOf, resourcesOf } from './resources.ts'

export interface StackService {
  /** `app_web` */
  readonly name: string
  /** Without ids of secrets and configs: those exist only on the engine. */
  readonly spec: ServiceSpec
  readonly secrets: readonly FileReference[]
  readonly configs: readonly FileReference[]
}

export interface Stack {
  readonly file: string
  /** By full name. */
  readonly services: ReadonlyMap<string, StackService>
  /** Networks, secrets and configs that are created when they are missing. */
  readonly resources: readonly Resource[]
  readonly warnings: readonly string[]
}

const TOP = ['version', 'name', 'services', 'networks', 'volumes', 'secrets', 'configs']
const IGNORED = ['build', 'container_name', 'depends_on', 'expose', 'links', 'restart']
const SERVICE = [...CONTAINER_KEYS, ...IGNORED, 'deploy', 'ports', 'networks', 'secrets', 'configs', 'logging']

/** `mode: 0440`, as Docker's own parser reads it. */
const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^0[0-7]+$/,
  resolve: (text: string) => Number.parseInt(text, 8),
}

/** @throws DeployError manifest-invalid with every fault of the file */
export async function readStack(file: string, stack: string, env: Environment): Promise<Stack> {
  const { parse } = await import('yaml')
  let content: unknown
  try {
    content = parse(await readFile(file, 'utf8'), { merge: true, customTags: (tags) => [octal, ...tags] })
  } catch (error) {
    const [first = ''] = errorMessage(error).split('\n', 1)
    throw new DeployError('manifest-invalid', `${file} cannot be read as YAML: ${first}`, { cause: error })
  }
  const faults = new Faults()
  const built = buildStack(interpolate(content, env, faults), { file, stack, env }, faults)
  if (faults.list.length > 0) {
    const first = faults.list[0] ?? ''
    const more = faults.list.length > 1 ? ` (and ${String(faults.list.length - 1)} more)` : ''
    throw new DeployError('manifest-invalid', `${file} cannot be used: ${first}${more}`, {
      evidence: faults.list,
      fix: `Correct what is listed, or create the services once with docker stack deploy -c ${file} ${stack}.`,
    })
  }
  return built
}

interface Place {
  readonly file: string
  readonly stack: string
  readonly env: Environment
}

function buildStack(content: unknown, place: Place, faults: Faults): Stack {
  const root = faults.node(content, place.file)
  faults.only(root, path.basename(place.file), TOP)
  const services = Object.entries(faults.node(root.services, 'services')).map(([key, value]) =>
    serviceOf(key, faults.node(value, `services.${key}`), root, place, faults),
  )
  if (services.length === 0) faults.add('services', 'is empty')
  return {
    file: place.file,
    services: new Map(services.map((service) => [service.name, service])),
    resources: resourcesOf(root, place.stack, path.dirname(path.resolve(place.file)), faults),
    warnings: faults.warnings,
  }
}

function serviceOf(key: string, service: Node, root: Node, place: Place, faults: Faults): StackService {
  const at = `services.${key}`
  faults.only(service, at, SERVICE)
  for (const ignored of IGNORED.filter((name) => name in service)) {
    faults.warnings.push(`${place.file}: ${at}.${ignored} means nothing to Swarm and is ignored`)
  }
  const image = faults.text(service.image, `${at}.image`)
  if (image === undefined) faults.add(`${at}.image`, 'is missing')
  const { stack, env } = place
  const folder = path.dirname(path.resolve(place.file))
  const volumes = { stack, folder, defined: faults.node(root.volumes, 'volumes') }
  const deploy = deployOf(service.deploy, `${at}.deploy`, faults)
  const name = `${stack}_${key}`
  const spec: ServiceSpec = {
    Name: name,
    Labels: { ...deploy.labels, 'com.docker.stack.namespace': stack, 'com.docker.stack.image': image ?? '' },
    TaskTemplate: {
      ...deploy.template,
      ContainerSpec: { Image: image ?? '', ...containerOf(service, at, { stack, volumes, env }, faults) },
      Networks: networksOf(key, service.networks, root, stack, `${at}.networks`, faults),
      ...logDriverOf(service.logging, `${at}.logging`, faults),
    },
    Mode: deploy.Mode,
    ...deploy.updates,
    EndpointSpec: {
      ...compact({ Mode: deploy.endpointMode }),
      Ports: portsOf(service.ports, `${at}.ports`, faults),
    },
  }
  const references = (kind: 'secrets' | 'configs') =>
    referencesOf(kind, service[kind], root, stack, `${at}.${kind}`, faults)
  return { name, spec, secrets: references('secrets'), configs: references('configs') }
}

function logDriverOf(value: unknown, at: string, faults: Faults): object {
  const logging = faults.node(value, at)
  faults.only(logging, at, ['driver', 'options'])
  const driver = faults.text(logging.driver, `${at}.driver`)
  if (driver === undefined) return {}
  return { LogDriver: { Name: driver, Options: faults.pairs(logging.options, `${at}.options`) } }
}

/** Full names of the services whose image is of that repository. */
export function servicesUsing(stack: Stack, repository: Repository): string[] {
  const uses = ({ spec }: StackService): boolean =>
    parseReference(spec.TaskTemplate.ContainerSpec?.Image ?? '')?.repository.name === repository.name
  return [...stack.services.values()].filter(uses).map(({ name }) => name)
}

/** `web` of the file is `app_web` on the engine; other names stay. */
export function fullName(stack: Stack | undefined, app: string, workload: string): string {
  return stack?.services.has(`${app}_${workload}`) === true ? `${app}_${workload}` : workload
}
