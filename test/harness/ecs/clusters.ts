// Clusters, and the tags of everything.
import type * as sdk from '@aws-sdk/client-ecs'
import { arn, nameOf } from '../aws/policy.ts'
import { Refusal } from '../aws/wire.ts'
import type { Tag } from './model.ts'
import { findDefinition } from './task-definitions.ts'
import type { World } from './world.ts'
import { described } from './world.ts'

export function createCluster(world: World, { clusterName = 'default' }: sdk.CreateClusterRequest): object {
  world.clusters.add(clusterName)
  return { cluster: clusterView(world, clusterName) }
}

export function describeClusters(world: World, { clusters }: sdk.DescribeClustersRequest): object {
  const arns = (clusters?.length ? clusters : ['default']).map((name) => arn(world, `cluster/${nameOf(name)}`))
  const { found, failures } = described(arns, 100, (one) => (world.clusters.has(nameOf(one)) ? nameOf(one) : undefined))
  return { clusters: found.map((name) => clusterView(world, name)), failures }
}

function clusterView(world: World, clusterName: string): sdk.Cluster {
  const services = [...world.services.values()].filter(({ cluster }) => cluster === clusterName)
  const tasks = [...world.tasks.values()].filter(({ cluster }) => cluster === clusterName)
  return {
    clusterArn: arn(world, `cluster/${clusterName}`),
    clusterName,
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
    pendingTasksCount: 0,
    activeServicesCount: services.filter(({ status }) => status === 'ACTIVE').length,
  }
}

/** The tags of an input, as they are kept. @throws Refusal InvalidParameterException */
export function tagsIn(tags: readonly sdk.Tag[] = []): Tag[] {
  const kept = tags.map(({ key = '', value = '' }) => ({ key, value }))
  const isValid = ({ key, value }: Tag) => /^.{1,128}$/u.test(key) && /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key + value)
  const wrong = kept.find((tag) => tag.value.length > 256 || !isValid(tag))
  if (wrong) throw new Refusal('InvalidParameterException', `Tag ${wrong.key.slice(0, 40)} is not valid.`)
  if (kept.length > 50) throw new Refusal('InvalidParameterException', 'Tags can not have more than 50 items.')
  return kept
}

function tagged(world: World, resource = ''): { tags: Tag[] } {
  const found = resource.includes(':task-definition/')
    ? findDefinition(world, resource)
    : [...world.services.values()].find((service) => service.arn === resource)
  if (!found) throw new Refusal('ResourceNotFoundException', 'The specified resource is not found.')
  return found
}

export function tagResource(world: World, { resourceArn, tags }: sdk.TagResourceRequest): object {
  const resource = tagged(world, resourceArn)
  const added = tagsIn(tags)
  resource.tags = tagsIn([...resource.tags.filter(({ key }) => !added.some((tag) => tag.key === key)), ...added])
  return {}
}

export function untagResource(world: World, { resourceArn, tagKeys = [] }: sdk.UntagResourceRequest): object {
  const resource = tagged(world, resourceArn)
  resource.tags = resource.tags.filter(({ key }) => !tagKeys.includes(key))
  return {}
}

export function listTagsForResource(world: World, { resourceArn }: sdk.ListTagsForResourceRequest): object {
  return { tags: tagged(world, resourceArn).tags }
}
