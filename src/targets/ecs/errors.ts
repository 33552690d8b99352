/** What an error of the AWS SDK means: try again, nobody knows, refused, or not allowed. */
import { DeployError } from '../../errors/deploy-error.ts'
import { errorMessage } from '../../errors/message.ts'
import type { Operation } from './api.ts'
import { Refused } from './api.ts'

/** `rejected`: certainly not taken; `ambiguous`: it may have been taken; `final`: asking again gives the same. */
export type Kind = 'rejected' | 'ambiguous' | 'final'

const THROTTLED = /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|PriorRequestNotComplete/i
const DENIED = new Set([
  'AccessDeniedException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'ExpiredTokenException',
  'ExpiredToken',
  'RequestExpired',
  'MissingAuthenticationTokenException',
  'InvalidClientTokenId',
  'IncompleteSignatureException',
  'OptInRequired',
])

interface AwsError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string }
  readonly $fault?: 'client' | 'server'
}

function isAwsError(error: unknown): error is AwsError {
  return error instanceof Error && '$metadata' in error
}

export function kindOf(error: unknown): Kind {
  if (!(error instanceof Error)) return 'final'
  if (isNoCredentials(error) || /Region is missing/.test(error.message)) return 'final'
  // A cut answer has HTTP status 200 and no AWS error in it.
  if (error.name === 'SyntaxError') return 'ambiguous'
  if (!isAwsError(error)) return 'ambiguous'
  if (THROTTLED.test(error.name)) return 'rejected'
  const status = error.$metadata?.httpStatusCode
  if (status === undefined) return 'ambiguous'
  return status >= 500 || status === 408 || status === 429 ? 'ambiguous' : 'final'
}

function isNoCredentials({ name, message }: Error): boolean {
  return name === 'CredentialsProviderError' || name === 'TokenProviderError' || /load credentials/.test(message)
}

/** The credentials were right and are over: the one who provides them may have new ones. */
export function isExpiry(error: unknown): boolean {
  return error instanceof Error && /^(?:ExpiredToken|RequestExpired)/.test(error.name)
}

/** @param where cluster and region, for the message */
export function translated(error: unknown, operation: Operation, where: string): Error {
  if (error instanceof DeployError || error instanceof Refused) return error
  const text = errorMessage(error)
  if (error instanceof Error && isNoCredentials(error)) {
    return new DeployError('target-denied', `there are no AWS credentials in reach: ${text}`, {
      isLasting: true,
      fix: 'Put aws-actions/configure-aws-credentials with role-to-assume before this step, and give the job `permissions: id-token: write`.',
    })
  }
  if (error instanceof Error && /Region is missing/.test(error.message)) {
    return new DeployError('target-denied', 'no AWS region is set', {
      fix: 'Set aws-region in aws-actions/configure-aws-credentials, or AWS_REGION in the step’s env.',
    })
  }
  if (isAwsError(error) && DENIED.has(error.name)) return denied(error, operation)
  if (isAwsError(error) && error.$metadata?.httpStatusCode !== undefined && kindOf(error) === 'final')
    return new Refused(operation, error.name, text)
  const name = error instanceof Error ? error.name : 'error'
  return new DeployError('target-unreachable', `Amazon ECS (${where}) does not answer ${operation}: ${name}: ${text}`)
}

function denied(error: AwsError, operation: Operation): DeployError {
  if (error.name === 'AccessDeniedException') {
    return new DeployError('target-denied', `the AWS role may not call ecs:${operation}: ${error.message}`, {
      fix: `Allow ecs:${operation} in the policy of the role; docs/ecs.md has the whole policy.`,
    })
  }
  const isExpired = isExpiry(error)
  return new DeployError('target-denied', `AWS does not accept the credentials (${error.name}): ${error.message}`, {
    isLasting: true,
    fix: isExpired
      ? 'Ask for a longer session: role-duration-seconds in aws-actions/configure-aws-credentials, and the maximum session duration of the role.'
      : 'Check role and region in aws-actions/configure-aws-credentials.',
  })
}
