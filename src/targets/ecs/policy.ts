/** The IAM policy that the role of the deploying job needs, made from the calls that this target can make. */
import type { Operation } from './api.ts'

interface Need {
  /** What it is for. */
  readonly about: string
  /** Without it a release still works, with less detail. */
  readonly isOptional?: true
  /** Only previews of pull requests need it: best a role of its own. */
  readonly isForPreviews?: true
}

/** Every operation that the code can call: a missing one does not compile. */
export const NEEDS: Readonly<Record<Operation, Need>> = {
  DescribeClusters: { about: 'preflight' },
  DescribeServices: { about: 'what runs' },
  DescribeTaskDefinition: { about: 'the revision that the next one is made from' },
  ListTasks: { about: 'the proof' },
  DescribeTasks: { about: 'the proof: digests of live tasks, reasons of stopped ones' },
  RegisterTaskDefinition: { about: 'the new revision' },
  UpdateService: { about: 'the replacement and the restore' },
  TagResource: { about: 'the stamp and the history' },
  UntagResource: { about: 'history that is too old' },
  ListServiceDeployments: { about: 'follows the deployment itself', isOptional: true },
  DescribeServiceDeployments: { about: 'follows the deployment itself', isOptional: true },
  DescribeServiceRevisions: { about: 'follows the deployment itself', isOptional: true },
  StopServiceDeployment: { about: 'ends a deployment that cannot succeed', isOptional: true },
  ContinueServiceDeployment: { about: 'answers PAUSE hooks', isOptional: true },
  CreateService: { about: 'only for first deploys from `manifests`', isOptional: true },
  DeleteService: { about: 'removes a service whose first deploy failed', isOptional: true },
  ListServices: { about: 'finds the services of a preview', isForPreviews: true },
  ListTaskDefinitions: { about: 'finds the revisions of a preview’s own family', isForPreviews: true },
  DeregisterTaskDefinition: { about: 'removes those, and never others', isForPreviews: true },
}

/** Of other services of AWS. */
export const OTHER_NEEDS: Readonly<Record<string, Need>> = {
  'logs:GetLogEvents': { about: 'the last log lines of a task that failed', isOptional: true },
  'tag:GetResources': { about: 'lists all previews in one request; without it they take more', isForPreviews: true },
  'ec2:DescribeNetworkInterfaces': { about: 'the public address of a preview without `url`', isForPreviews: true },
}

/** These have no resource in IAM: AWS only takes `*` for them. */
const GLOBAL = new Set([
  'ecs:RegisterTaskDefinition',
  'ecs:DescribeTaskDefinition',
  'ecs:ListTasks',
  'ecs:DescribeClusters',
  'ecs:ListServices',
  'ecs:ListTaskDefinitions',
  'ecs:DeregisterTaskDefinition',
  'tag:GetResources',
  'ec2:DescribeNetworkInterfaces',
])

/** Calls of a release that a preview never makes. */
const RELEASES_ONLY = new Set(['ecs:UntagResource', 'ecs:ContinueServiceDeployment'])

/**
 * As JSON for the console or `aws iam put-role-policy`; the names in capitals are yours. The role of previews may touch
 * services with the names of previews only.
 */
export function policy(of: 'releases' | 'previews' = 'releases'): object {
  const needs = [
    ...Object.entries(NEEDS).map(([name, need]) => [`ecs:${name}`, need] as const),
    ...Object.entries(OTHER_NEEDS),
  ]
  const actions = needs.flatMap(([action, { isForPreviews }]) =>
    (of === 'previews' ? !RELEASES_ONLY.has(action) : !isForPreviews) ? [action] : [],
  )
  const place = 'arn:aws:ecs:REGION:ACCOUNT'
  const [service, family] = of === 'previews' ? ['APP-pr-*', 'APP-pr-*'] : ['SERVICE', 'FAMILY']
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: actions.filter((action) => action.startsWith('ecs:') && !GLOBAL.has(action)),
        Resource: [
          `${place}:cluster/CLUSTER`,
          `${place}:service/CLUSTER/${service}`,
          `${place}:service-deployment/CLUSTER/${service}/*`,
          `${place}:service-revision/CLUSTER/${service}/*`,
          `${place}:task/CLUSTER/*`,
          `${place}:task-definition/${family}:*`,
        ],
      },
      { Effect: 'Allow', Action: actions.filter((action) => GLOBAL.has(action)), Resource: '*' },
      {
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: ['arn:aws:iam::ACCOUNT:role/EXECUTION_ROLE', 'arn:aws:iam::ACCOUNT:role/TASK_ROLE'],
        Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      },
      { Effect: 'Allow', Action: 'logs:GetLogEvents', Resource: 'arn:aws:logs:REGION:ACCOUNT:log-group:LOG_GROUP:*' },
    ],
  }
}
