/** Why a task ended: by its stop code, its containers and Amazon's messages, which are only interpreted where no code says it. */
import type { Container, Task } from '@aws-sdk/client-ecs'
import * as v from 'valibot'
import { exitText } from '../../domain/exit-code.ts'
import { isForeignBinary } from '../../domain/wrong-platform.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { Definition } from './definition.ts'

const HealthCheckSchema = v.looseObject({ command: v.array(v.string()) })

export interface Ending {
  readonly reason: Reason
  /** It would happen again: the version or its configuration is at fault, and nothing around it. */
  readonly isCertain: boolean
}

/** Ended by somebody or something around the version: no failure of it. */
const OTHERS = new Set(['UserInitiated', 'SpotInterruption', 'TerminationNotice', 'InfrastructureHealth'])
const CAPACITY = /Capacity is unavailable|RESOURCE:|unable to place|insufficient|AGENT|no container instance/i

/** @param definition of the task, for the command of its health check */
export function endingOf(name: string, task: Task, definition?: Definition): Ending | undefined {
  const id = shortId(task)
  const stopCode: string = task.stopCode ?? ''
  const words = task.stoppedReason ?? ''
  if (OTHERS.has(stopCode) || words.startsWith('Scaling activity initiated by')) return undefined
  const evidence = evidenceOf(task)
  if (stopCode === 'TaskFailedToStart') {
    const { code, isCertain } = startCode(`${words} ${reasonsOf(task)}`)
    return { isCertain, reason: { code, what: `${name}: task ${id} could not start: ${words}`, evidence } }
  }
  if (stopCode === 'EssentialContainerExited') return exited(name, task, evidence)
  if (/health check/i.test(words) || task.healthStatus === 'UNHEALTHY') {
    const what = `${name}: task ${id} was unhealthy and was stopped: ${words}`
    return {
      isCertain: true,
      reason: {
        code: 'unhealthy',
        what,
        evidence: [...evidence, ...(/ELB/.test(words) ? [] : healthChecks(definition))],
      },
    }
  }
  if (stopCode === 'ServiceSchedulerInitiated') return undefined
  const what = `${name}: task ${id} ended: ${[stopCode, words].filter(Boolean).join(': ')}`
  return { isCertain: false, reason: { code: 'exited', what, evidence } }
}

function startCode(words: string): { code: Reason['code']; isCertain: boolean } {
  if (/CannotPull/i.test(words)) {
    // A registry that is slow or throttles may answer the next time.
    return {
      code: 'image-pull-failed',
      isCertain: !/timeout|timed out|too ?many ?requests|i\/o|connection re/i.test(words),
    }
  }
  if (/secret|ssm|parameter|registry auth|environment file/i.test(words)) {
    return { code: 'bad-config-reference', isCertain: !/timeout|timed out|throttl/i.test(words) }
  }
  if (CAPACITY.test(words)) return { code: 'unschedulable', isCertain: false }
  if (isForeignBinary(words)) return { code: 'wrong-platform', isCertain: true }
  return { code: 'cannot-start', isCertain: /CannotStart|CannotCreate|executable file not found/i.test(words) }
}

function exited(name: string, task: Task, evidence: readonly string[]): Ending {
  const id = shortId(task)
  const container = endedContainer(task)
  const exitCode = container?.exitCode
  const words = `${container?.reason ?? ''} ${task.stoppedReason ?? ''}`
  const who = `${name}: container ${container?.name ?? ''} of task ${id}`
  const isOutOfMemory = /OutOfMemory/i.test(words)
  if (isOutOfMemory)
    return { isCertain: true, reason: { code: 'out-of-memory', what: `${who} ran out of memory`, evidence } }
  if (isForeignBinary(words))
    return {
      isCertain: true,
      reason: { code: 'wrong-platform', what: `${who} is for another processor`, evidence },
    }
  if (exitCode === 0)
    return {
      isCertain: true,
      reason: { code: 'exited', what: `${who} ended by itself with exit code 0`, evidence },
    }
  const meaning = exitCode === undefined ? 'without an exit code' : `with ${exitText(exitCode)}`
  const code = ranLong(task) ? 'died-after-ready' : 'crash-on-start'
  return { isCertain: true, reason: { code, what: `${who} ended ${meaning}`, evidence } }
}

/** The container whose end ended the task, as far as exit codes tell. */
export function endedContainer({ containers = [] }: Task): Container | undefined {
  return containers.find(({ exitCode }) => exitCode !== undefined && exitCode !== 0) ?? containers[0]
}

const READY_MS = 60_000

function ranLong({ startedAt, stoppingAt, stoppedAt }: Task): boolean {
  const end = stoppingAt ?? stoppedAt
  return startedAt !== undefined && end !== undefined && end.getTime() - startedAt.getTime() > READY_MS
}

function evidenceOf(task: Task): string[] {
  return [
    `task ${shortId(task)}: ${[task.stopCode, task.stoppedReason].filter(Boolean).join(': ') || 'no reason given'}`,
    ...(task.containers ?? []).map(containerLine),
  ]
}

/** The commands that decide, as the task definition has them. */
function healthChecks(definition: Definition | undefined): string[] {
  return (definition?.containerDefinitions ?? []).flatMap(({ name, healthCheck }) => {
    const parsed = v.safeParse(HealthCheckSchema, healthCheck)
    return parsed.success ? [`health check of ${name}: ${parsed.output.command.join(' ')}`] : []
  })
}

function containerLine({ name, exitCode, reason, healthStatus, image }: Container): string {
  const parts = [
    exitCode === undefined ? undefined : `exit code ${String(exitCode)}`,
    healthStatus === 'UNHEALTHY' ? 'unhealthy' : undefined,
    reason,
  ]
  return `container ${name ?? ''} (${image ?? ''}): ${parts.filter(Boolean).join(', ') || 'nothing is known'}`
}

function reasonsOf({ containers = [] }: Task): string {
  return containers.map(({ reason }) => reason ?? '').join(' ')
}

export function shortId({ taskArn }: Task): string {
  return (taskArn?.split('/').at(-1) ?? '').slice(0, 12)
}
