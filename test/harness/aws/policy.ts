// Lets the action make only the calls that an IAM policy allows, as AWS decides: by action and resource.
import type { Asked, Document } from './wire.ts'
import { Refusal } from './wire.ts'

export interface Policy {
  readonly Statement: readonly { readonly Action: string | string[]; readonly Resource: string | string[] }[]
}

/** Where ARNs belong to. */
export interface Account {
  readonly region: string
  readonly account: string
}

export function arn({ region, account }: Account, rest: string): string {
  return `arn:aws:ecs:${region}:${account}:${rest}`
}

/** The last part of an ARN, or the name itself. */
export const nameOf = (text: string): string => text.split('/').at(-1) ?? text

const text = (input: Document, name: string): string | undefined =>
  typeof input[name] === 'string' ? input[name] : undefined
const list = (input: Document, name: string): string[] => [input[name] ?? []].flat().map(String)

/** The names in capitals are the user's to fill in: everything of this account. */
const filled = (pattern: string): string => pattern.replaceAll(/\b[A-Z][A-Z_]+\b/g, '*')
const all = (value: string | string[]): string[] => [value].flat()
const matches = (pattern: string, resource: string): boolean =>
  new RegExp(
    `^${filled(pattern)
      .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')}$`,
  ).test(resource)

/** @throws Refusal AccessDeniedException */
export function checkPolicy(world: Account, { Statement }: Policy, { service, operation, input }: Asked): void {
  const needs = [[actionOf(service, operation), resourcesOf(world, operation, input)] as const]
  // Tags of what is made have to be allowed by themselves.
  if (Array.isArray(input.tags) && /^(?:Create|Register)/.test(operation))
    needs.push(['ecs:TagResource', resourcesOf(world, operation, input, true)])
  for (const [action, resources] of needs) {
    for (const resource of resources) {
      const isAllowed = Statement.some(
        ({ Action, Resource }) =>
          all(Action).includes(action) && all(Resource).some((pattern) => matches(pattern, resource)),
      )
      if (!isAllowed) throw denied(world, action, resource)
    }
  }
}

/** As IAM names it. */
export function actionOf(service: string, operation: string): string {
  return `${service === 'tagging' ? 'tag' : service}:${operation}`
}

export function denied({ account }: Account, action: string, resource = '*'): Refusal {
  const who = `User: arn:aws:iam::${account}:user/double`
  const why = `because no identity-based policy allows the ${action} action`
  return new Refusal(
    'AccessDeniedException',
    `${who} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
  )
}

/** What a call is about; `*` for calls that IAM knows no resource of. */
function resourcesOf(world: Account, operation: string, input: Document, isTagging = false): string[] {
  const cluster = nameOf(text(input, 'cluster') ?? 'default')
  const service = (name: string) => arn(world, `service/${cluster}/${nameOf(name)}`)
  const one = text(input, 'service') ?? text(input, 'serviceName')
  switch (operation) {
    case 'RegisterTaskDefinition':
      return [isTagging ? arn(world, `task-definition/${text(input, 'family') ?? ''}:1`) : '*']
    case 'DescribeServices':
      return list(input, 'services').map(service)
    case 'DescribeTasks':
      return list(input, 'tasks').map((id) => arn(world, `task/${cluster}/${nameOf(id)}`))
    case 'DescribeServiceDeployments':
      return list(input, 'serviceDeploymentArns')
    case 'DescribeServiceRevisions':
      return list(input, 'serviceRevisionArns')
    case 'ListTasks':
      return ['*']
    case 'GetLogEvents': {
      const stream = `log-group:${text(input, 'logGroupName') ?? ''}:log-stream:${text(input, 'logStreamName') ?? ''}`
      return [`arn:aws:logs:${world.region}:${world.account}:${stream}`]
    }
    default:
      return [
        text(input, 'resourceArn') ?? text(input, 'serviceDeploymentArn') ?? (one === undefined ? '*' : service(one)),
      ]
  }
}
