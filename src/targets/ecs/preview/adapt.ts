/** The files of a preview as they are deployed: names of its own, and nothing through which production could reach it. Pure. */
import type { CreateServiceCommandInput } from '@aws-sdk/client-ecs'
import type { PreviewSettings } from '../../../domain/preview.ts'
import { fillTemplate } from '../../../domain/preview.ts'
import { shortened } from '../../../domain/shortened.ts'
import { DeployError } from '../../../errors/deploy-error.ts'
import type { Definition } from '../definition.ts'
import type { EcsFiles } from '../manifests.ts'
import { isNameOf } from './marks.ts'
import { sharedVolumes } from './volumes.ts'

export interface PreviewFiles extends EcsFiles {
  readonly definition: { readonly file: string; readonly document: Definition }
  /** What was left out of the files, and what of production's stays, for the plan. */
  readonly notes: readonly string[]
}

type ServiceFile = CreateServiceCommandInput

/** Of the name of a service. */
const NAME_CHARACTERS = 255
const TEMPLATE = /\$\{(?:number|name)\}/

/** @throws DeployError manifest-invalid where the files cannot be a preview */
export function adapted(files: EcsFiles, preview: PreviewSettings): PreviewFiles {
  const { definition, services } = files
  const missing = [definition ? [] : ['a task-definition file'], services.size > 0 ? [] : ['a service file']].flat()
  if (!definition || missing.length > 0) {
    const fix =
      'Name both with manifests: taskdef.json, service.json. Without them nothing says what a preview consists of.'
    throw new DeployError('manifest-invalid', `${missing.join(' and ')} is missing for the preview`, { fix })
  }
  const faults = sharedVolumes(definition.document).map((text) => `${definition.file}: ${text}`)
  if (faults.length > 0) {
    const fix =
      'Mount them read-only (readOnly in mountPoints), or give each preview a place of its own with ${name} in the volume.'
    throw new DeployError('manifest-invalid', faults.join('; '), { evidence: faults, fix })
  }
  const notes: string[] = []
  const own = [...services.values()].map(({ file, document }) => {
    const kept = withoutTraffic(document, (what) => notes.push(`${file}: ${what}`))
    const serviceName = nameFor(document, preview, services.size === 1)
    return [serviceName, { file, document: { ...filled(kept, preview), serviceName } }] as const
  })
  refuseSame(own.map(([name]) => name))
  const { taskRoleArn: role } = definition.document
  if (typeof role === 'string' && !isOwn(role))
    notes.push(`${definition.file}: taskRoleArn ${role} stays: the preview may do what that role may do`)
  const document = { ...filled(withoutHostPorts(definition.document), preview), family: preview.name }
  return { definition: { file: definition.file, document }, services: new Map(own), notes }
}

/** A name with a template and one without may come to the same. */
function refuseSame(names: readonly string[]): void {
  const same = names.find((name, index) => names.indexOf(name) !== index)
  if (same === undefined) return
  const fix = 'Give each service file another serviceName.'
  throw new DeployError('manifest-invalid', `two services of the preview would have the name ${same}`, { fix })
}

/** The preview's name, followed by the service's where there are several: a removal finds both by it. */
function nameFor({ serviceName = '' }: ServiceFile, preview: PreviewSettings, isOnly: boolean): string {
  const { name } = preview
  const own = fillTemplate(serviceName, preview)
  if (isNameOf(own, name)) return shortened(own, NAME_CHARACTERS)
  return isOnly ? name : shortened(`${name}-${own}`, NAME_CHARACTERS)
}

/** A copy with `${number}` and `${name}` filled in, wherever they stand. */
function filled<T>(value: T, preview: PreviewSettings): T {
  return deep(value, preview) as T
}

function deep(value: unknown, preview: PreviewSettings): unknown {
  if (typeof value === 'string') return fillTemplate(value, preview)
  if (Array.isArray(value)) return value.map((entry) => deep(entry, preview))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, deep(entry, preview)]))
}

/** Something that is only the preview's: it names number or name of the preview. */
const isOwn = (entry: unknown): boolean => TEMPLATE.test(JSON.stringify(entry))

/** Lists through which others reach the tasks of a service. */
const DOORS = ['loadBalancers', 'serviceRegistries', 'vpcLatticeConfigurations'] as const

/** What only a service with production traffic has: another strategy, hooks, alarms, another deployer. */
const ROLLING = ['deploymentCircuitBreaker', 'maximumPercent', 'minimumHealthyPercent']

function withoutTraffic(document: ServiceFile, note: (what: string) => void): ServiceFile {
  const { clientToken: _, deploymentController, role, healthCheckGracePeriodSeconds, ...rest } = document
  const present = DOORS.filter((name) => document[name] !== undefined)
  const doors = Object.fromEntries(present.map((name) => [name, ownEntries(document, name, note)] as const))
  const { deploymentConfiguration = {}, serviceConnectConfiguration: connect } = document
  const dropped = Object.keys(deploymentConfiguration).filter((name) => !ROLLING.includes(name))
  if (dropped.length > 0) note(`deploymentConfiguration: ${dropped.join(', ')} left out: a preview is replaced rolling`)
  if (deploymentController && deploymentController.type !== 'ECS')
    note('deploymentController left out: Amazon ECS itself deploys a preview')
  const kept = Object.entries(deploymentConfiguration).filter(([name]) => ROLLING.includes(name))
  const isBalanced = (doors.loadBalancers ?? []).length > 0
  return {
    ...rest,
    ...doors,
    desiredCount: document.desiredCount ?? 1,
    deploymentConfiguration: Object.fromEntries(kept),
    ...(connect ? { serviceConnectConfiguration: connectAs(connect, note) } : {}),
    ...(isBalanced && role !== undefined ? { role } : {}),
    ...(isBalanced && healthCheckGracePeriodSeconds !== undefined ? { healthCheckGracePeriodSeconds } : {}),
  }
}

function ownEntries(document: ServiceFile, name: (typeof DOORS)[number], note: (what: string) => void): unknown[] {
  const all: readonly unknown[] = document[name] ?? []
  const own = all.filter(isOwn)
  if (own.length < all.length) {
    const count = String(all.length - own.length)
    note(`${name}: ${count} of ${String(all.length)} left out: without \${number} or \${name} they are production's`)
  }
  return own
}

type Connect = NonNullable<ServiceFile['serviceConnectConfiguration']>

/** It may call the services of the namespace, and is called by nobody: names in it are production's. */
function connectAs(connect: Connect, note: (what: string) => void): Connect {
  const { services = [], ...rest } = connect
  const own = services.filter(isOwn)
  if (own.length < services.length) note("serviceConnectConfiguration: services left out: their names are production's")
  return own.length === 0 ? rest : { ...rest, services: own }
}

/** On a bridge, a fixed port of the host is production's already. */
function withoutHostPorts(definition: Definition): Definition {
  if ((definition.networkMode ?? 'bridge') !== 'bridge') return definition
  const containerDefinitions = definition.containerDefinitions.map((container) => {
    const { portMappings } = container
    if (!Array.isArray(portMappings)) return container
    return { ...container, portMappings: portMappings.map(withoutHostPort) }
  })
  return { ...definition, containerDefinitions }
}

function withoutHostPort(mapping: unknown): unknown {
  if (typeof mapping !== 'object' || mapping === null) return mapping
  return Object.fromEntries(Object.entries(mapping).filter(([name]) => name !== 'hostPort'))
}
