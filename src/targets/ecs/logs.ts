/** The last lines that a container wrote to CloudWatch Logs, where it writes there and the role may read them. */
import type { Task } from '@aws-sdk/client-ecs'
import * as v from 'valibot'
import { openDeadline } from '../../async/deadline.ts'
import { errorMessage } from '../../errors/message.ts'
import { httpsAgent } from './agent.ts'
import type { Definition } from './definition.ts'

const LogSchema = v.looseObject({
  logDriver: v.literal('awslogs'),
  options: v.looseObject({
    'awslogs-group': v.string(),
    'awslogs-region': v.optional(v.string()),
    'awslogs-stream-prefix': v.string(),
  }),
})

/** Where the lines of one container of a task are. */
export interface LogStream {
  readonly group: string
  readonly stream: string
  readonly region: string | undefined
}

export interface LogReader {
  /** Oldest first, or why they cannot be read: the reason of a failure never depends on them. */
  tail(stream: LogStream, lines: number): Promise<LogTail>
  close(): void
}

export type LogTail = { readonly lines: readonly string[] } | { readonly missing: string }

/** The stream's name is made by the log driver: prefix, container, task id (awslogs, Amazon ECS developer guide). */
export function streamOf(definition: Definition | undefined, container: string, task: Task): LogStream | undefined {
  const entry = definition?.containerDefinitions.find(({ name }) => name === container)
  const parsed = v.safeParse(LogSchema, entry?.logConfiguration)
  const id = task.taskArn?.split('/').at(-1)
  if (!parsed.success || id === undefined) return undefined
  const { options } = parsed.output
  return {
    group: options['awslogs-group'],
    stream: `${options['awslogs-stream-prefix']}/${container}/${id}`,
    region: options['awslogs-region'],
  }
}

const ANSWER_WITHIN_MS = 5000

interface LogsContext {
  /** Ends every request when the run is cancelled. */
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
}

export function openLogs({ signal, env }: LogsContext): LogReader {
  const closing: (() => void)[] = []
  return {
    async tail({ group, stream, region }, lines) {
      const deadline = openDeadline({ ms: ANSWER_WITHIN_MS, signal })
      try {
        const { CloudWatchLogsClient, GetLogEventsCommand } = await import('./logs-sdk.ts')
        const client = new CloudWatchLogsClient({
          maxAttempts: 2,
          requestHandler: { httpsAgent: httpsAgent(env) },
          ...(region === undefined ? {} : { region }),
        })
        closing.push(() => client.destroy())
        const command = new GetLogEventsCommand({ logGroupName: group, logStreamName: stream, limit: lines })
        const { events = [] } = await client.send(command, { abortSignal: deadline.signal })
        return { lines: events.flatMap(({ message }) => message ?? []) }
      } catch (error) {
        return { missing: whyMissing(error, `${group}, stream ${stream}`) }
      } finally {
        deadline.close()
      }
    },
    close() {
      for (const close of closing) close()
    },
  }
}

function whyMissing(error: unknown, where: string): string {
  const name = error instanceof Error ? error.name : ''
  if (name === 'AccessDeniedException') {
    return `the last log lines were not read: the AWS role may not call logs:GetLogEvents for ${where}`
  }
  return `the last log lines were not read from ${where}: ${errorMessage(error)}`
}
