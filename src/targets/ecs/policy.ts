/** The IAM policy that the role of the deploying job needs, made from the calls that this target can make. */
import type { Operation } from './api.ts'

interface Need {
  /** What it is for. */
  readonly about: string
  /** Without it a release still works, with less detail. */
  readonly isOptional?: true
}

/** Every operation that the code can call: a missing one does not compile. */
export const NEEDS: Readonly<Record<Operation, Need>> = {
  DescribeClusters: { about: 'preflight' },
  DescribeServices: { about: 'what runs' },
  DescribeTaskDefinition: { about: 'the revision that the next one is made from' },
  ListTasks: { about: 'the proof' },
  DescribeTasks: { about: 'the proof: digests of live tasks, reasons of stopped ones' },
  RegisterTaskDefinition: { about: 'the new revision' },
  UpdateService: { about: 'the replacement and the way back' },
  TagResource: { about: 'the stamp and the history' },
  UntagResource: { about: 'history that is too old' },
  ListServiceDeployments: { about: 'follows the deployment itself', isOptional: true },
  DescribeServiceDeployments: { about: 'follows the deployment itself', isOptional: true },
  DescribeServiceRevisions: { about: 'follows the deployment itself', isOptional: true },
  StopServiceDeployment: { about: 'ends a deployment that cannot succeed', isOptional: true },
  ContinueServiceDeployment: { about: 'answers PAUSE hooks', isOptional: true },
  CreateService: { about: 'only for first deploys from `manifests`', isOptional: true },
  DeleteService: { about: 'removes a service whose first deploy failed', isOptional: true },
}

/** As JSON for the console or `aws iam put-role-policy`; the names in capitals are yours. */
export function policy(): object {
  const actions = Object.keys(NEEDS).map((operation) => `ecs:${operation}`)
  // These have no resource in IAM: AWS only takes `*` for them.
  const global = ['ecs:RegisterTaskDefinition', 'ecs:DescribeTaskDefinition', 'ecs:ListTasks', 'ecs:DescribeClusters']
  const place = 'arn:aws:ecs:REGION:ACCOUNT'
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: actions.filter((action) => !global.includes(action)),
        Resource: [
          `${place}:cluster/CLUSTER`,
          `${place}:service/CLUSTER/SERVICE`,
          `${place}:service-deployment/CLUSTER/SERVICE/*`,
          `${place}:service-revision/CLUSTER/SERVICE/*`,
          `${place}:task/CLUSTER/*`,
          `${place}:task-definition/FAMILY:*`,
        ],
      },
      { Effect: 'Allow', Action: actions.filter((action) => global.includes(action)), Resource: '*' },
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
