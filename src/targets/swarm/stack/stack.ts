/**
 * Stack files (the Compose files that `docker stack deploy` takes) as service specs: what services are created from.
 * They mean what they mean to Docker's client: what it refuses is refused, what it leaves out is a warning.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Repository } from '../../../domain/image.ts'
import { parseReference } from '../../../domain/image.ts'
import { DeployError } from '../../../errors/deploy-error.ts'
import { errorMessage } from '../../../errors/message.ts'
import type { ServiceSpec } from '../schema.ts'
import { containerOf } from './container.ts'
import { modeOf, placementOf, resourcesOf as limitsOf, restartOf, updatesOf } from './deploy.ts'
import { Faults } from './faults.ts'
import type { Environment } from './interpolate.ts'
import type { Config } from './load.ts'
import { loadFile } from './load.ts'
import { mergeConfigs } from './merge.ts'
import type { FileReference, Resource, StackContext } from './resources.ts'
import { networksOf, referencesOf, resourcesOf } from './resources.ts'
import { Units } from './units.ts'
import type { Node } from './values.ts'
import { compact, isNode, labelsOf, listOf, nodeOf, numberOf, textOf } from './values.ts'

export interface StackService {
  /** `app_web` */
  readonly name: string
  /** Without ids of secrets and configs: those exist only on the engine. */
  readonly spec: ServiceSpec
  readonly secrets: readonly FileReference[]
  readonly configs: readonly FileReference[]
}

export interface Stack {
  /** The files' names, for messages. */
  readonly file: string
  /** By full name. */
  readonly services: ReadonlyMap<string, StackService>
  /** Networks, secrets and configs that are created when they are missing. */
  readonly resources: readonly Resource[]
  readonly warnings: readonly string[]
}

/** @throws DeployError manifest-invalid with every fault of the files */
export async function readStack(files: readonly string[], stack: string, env: Environment): Promise<Stack> {
  const { config, faults } = await readConfig(files, env)
  return buildStack(config, stack, { files, faults })
}

/** The files merged, every short form as its long one; what is wrong with them is in `faults`. */
export async function readConfig(
  files: readonly string[],
  env: Environment,
): Promise<{ readonly config: Config; readonly faults: Faults }> {
  const faults = new Faults()
  const contents = await Promise.all(files.map(contentOf))
  const folder = path.dirname(path.resolve(files[0] ?? ''))
  const [first, ...others] = contents.map(({ file, content }) => loadFile(content, { file, folder, env, faults }))
  if (first === undefined) throw new DeployError('manifest-invalid', 'no stack file is named')
  checkVersions(
    contents.map(({ content }) => content),
    faults,
  )
  return { config: mergeConfigs([first, ...others]), faults }
}

/** @throws DeployError manifest-invalid with every fault of the files */
export function buildStack(
  config: Config,
  stack: string,
  {
    files,
    faults,
    isPreview = false,
  }: { readonly files: readonly string[]; readonly faults: Faults; readonly isPreview?: boolean },
): Stack {
  const name = files.join(', ')
  const built = stackOf(config, stack, name, faults)
  if (faults.list.length === 0) return built
  const more = faults.list.length > 1 ? ` (and ${String(faults.list.length - 1)} more)` : ''
  const byHand = `docker stack deploy ${files.map((file) => `-c ${file}`).join(' ')} ${stack}`
  throw new DeployError('manifest-invalid', `${name} cannot be used: ${faults.list[0] ?? ''}${more}`, {
    evidence: faults.list,
    // A preview's stack that somebody made by hand would have production's ports and labels.
    fix: isPreview ? 'Correct what is listed.' : `Correct what is listed, or create the services once with ${byHand}.`,
  })
}

interface Content {
  readonly file: string
  readonly content: Node
}

async function contentOf(file: string): Promise<Content> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new DeployError('manifest-invalid', `${file} cannot be read: ${errorMessage(error)}`, { cause: error })
  })
  const { readFirstDocument } = await import('../../../inputs/yaml.ts')
  const { document, faults } = readFirstDocument(text, 'docker')
  const [first] = faults
  if (first) {
    const what = `${file}:${String(first.line)} cannot be read as YAML: ${first.problem}`
    throw new DeployError('manifest-invalid', what)
  }
  const content = document?.value
  if (isNode(content)) return { file, content }
  const fault = `${file}: must be a mapping`
  throw new DeployError('manifest-invalid', `${file} cannot be used: ${fault}`, { evidence: [fault] })
}

function checkVersions(contents: readonly Node[], faults: Faults): void {
  const versions = contents
    .map(({ version }) => textOf(version) || '3.13')
    .map((version) => (version === '3' ? '3.13' : version))
  const [first, other] = [versions[0], versions.find((version) => version !== versions[0])]
  if (other !== undefined) faults.add('version', `the files have different versions: ${first ?? ''} and ${other}`)
}

function stackOf(config: Config, stack: string, file: string, faults: Faults): Stack {
  const context: StackContext = { stack, config, faults }
  const services = Object.entries(config.services).map(([key, service]) => serviceOf(key, service, context))
  if (services.length === 0) faults.add('services', 'is empty')
  return {
    file,
    services: new Map(services.map((service) => [service.name, service])),
    resources: resourcesOf(context),
    warnings: faults.warnings,
  }
}

function serviceOf(key: string, service: Node, context: StackContext): StackService {
  const { stack, config, faults } = context
  const at = `services.${key}`
  const units = new Units(faults)
  const image = textOf(service.image) ?? ''
  if (image === '') faults.add(`${at}.image`, 'is missing')
  const deploy = nodeOf(service.deploy)
  const spec: ServiceSpec = {
    Name: `${stack}_${key}`,
    Labels: { ...labelsOf(deploy.labels), 'com.docker.stack.namespace': stack, 'com.docker.stack.image': image },
    TaskTemplate: {
      ...compact({
        Resources: limitsOf(deploy.resources, `${at}.deploy.resources`, units),
        RestartPolicy: restartOf(service, at, { units, faults }),
        Placement: placementOf(deploy.placement),
      }),
      ContainerSpec: { Image: image, ...containerOf(service, at, { stack, defined: config.volumes, units, faults }) },
      Networks: networksOf(key, service.networks, `${at}.networks`, context),
      ...logDriverOf(service.logging),
    },
    Mode: modeOf(deploy, `${at}.deploy`, faults),
    ...updatesOf(deploy, `${at}.deploy`, units),
    EndpointSpec: {
      ...compact({ Mode: textOf(deploy.endpoint_mode)?.toLowerCase() }),
      Ports: listOf(service.ports).map((port) => portOf(nodeOf(port))),
    },
  }
  return {
    name: spec.Name,
    spec,
    secrets: referencesOf('secrets', service, at, context),
    configs: referencesOf('configs', service, at, context),
  }
}

function portOf(port: Node): Node {
  return {
    Protocol: textOf(port.protocol) || 'tcp',
    ...compact({ TargetPort: numberOf(port.target), PublishedPort: numberOf(port.published) || undefined }),
    PublishMode: textOf(port.mode) || 'ingress',
  }
}

/** Options without a driver are those of the engine's own. */
function logDriverOf(value: unknown): Node {
  if (!isNode(value)) return {}
  const driver = textOf(value.driver)
  return { LogDriver: { ...(driver ? { Name: driver } : {}), ...compact({ Options: labelsOf(value.options) }) } }
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
