import { isDigest } from '../domain/digest.ts'
import type { RollbackRequest, TargetRequest } from '../domain/request.ts'
import { DeployError } from '../errors/deploy-error.ts'
import { appRequest } from './app.ts'
import { limitOf } from './event.ts'
import type { EventFacts } from './event.ts'
import { limitFile } from './file-limits.ts'
import type { Inspect } from './inspect.ts'
import { inspectAll } from './inspect.ts'
import type { InvocationContext } from '../verbs/verb.ts'
import { open } from './reading.ts'
import type { Reading } from './reading.ts'
import type { Values } from './inputs.ts'
import { TARGET_NAMES } from '../targets/index.ts'

/**
 * Reads a rollback, or with `command` 'list' the question which versions there are.
 * @throws DeployError invalid-input (all faults at once), unsafe-event
 */
export async function readRollback(
  invocation: InvocationContext,
  command: 'rollback' | 'list' = 'rollback',
  inspect?: Inspect,
): Promise<Reading<RollbackRequest>> {
  const { values, faults, configContext, app, environment } = await open(command, invocation)
  const base = appRequest(values, configContext, { app: app.name, environment })
  const own = {
    to: destination(values),
    allowUnverified: values.flag('allow-unverified'),
    settings: values.choice('settings'),
    list: command === 'list' || values.flag('list'),
    onFailure: values.choice('on-failure') === 'leave' ? 'leave' : 'restore',
    reason: values.text('reason'),
    tagSuffix: values.text('tag-suffix'),
  } as const
  const githubToken = values.text('github-token')
  if (!own.list && !base.dryRun) refuseLimited(configContext.event, values.flag('promote-unreviewed-code'))
  limitFile(values, configContext, true)
  if (!base.target) {
    values.fault('deploy-to', `is needed: the target to roll back, one of ${TARGET_NAMES.join(', ')}`)
  }
  await inspectAll([base.liveChecks], { request: base, cwd: configContext.cwd, inspect, faults })
  faults.throwIfAny()
  return {
    request: { ...base, ...own, kind: 'rollback', ...proven(base) },
    configContext,
    githubToken,
    secrets: githubToken === undefined ? [] : [githubToken],
    notices: [],
    origins: values.origins,
  }
}

function refuseLimited(event: EventFacts, insists: boolean): void {
  const limit = limitOf(event, insists)
  if (limit === undefined) return
  throw new DeployError('unsafe-event', `refused on ${event.name ?? 'this event'}: ${limit}`, {
    state: 'nothing was changed',
  })
}

/** The faults are thrown before this is reached without them. */
function proven(base: { readonly target: TargetRequest | undefined; readonly environment: string | undefined }) {
  if (!base.target || base.environment === undefined) throw new Error('a rollback without target or environment')
  return { target: base.target, environment: base.environment }
}

function destination(values: Values): string {
  const text = values.text('to') ?? 'previous'
  const folded = text.toLowerCase()
  if (folded === 'previous' || isDigest(folded) || /^[0-9a-f]{7,40}$/.test(folded)) return folded
  const inside = /^sha-([0-9a-f]{7,40})$/.exec(folded)?.[1] ?? /@(sha256:[0-9a-f]{64})$/.exec(folded)?.[1]
  const problem = 'must be previous, 7 to 40 hex digits of a commit, or sha256: and 64 hex digits'
  values.fault('to', problem, inside === undefined ? {} : { suggestion: inside })
  return text
}
