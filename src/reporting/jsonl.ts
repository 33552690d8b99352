import type { Result } from '../domain/result.ts'
import type { Reporter } from '../ports.ts'
import { escapeControls, resultJson } from './outputs.ts'

export interface EventStream extends Reporter {
  /** The last line: `{"time":…,"type":"result","result":…}`. */
  result(result: Result): void
}

/** One JSON object a line for programs: the event with the time of its emission in ISO form. */
export function createEventStream(
  write: (text: string) => void = (text) => void process.stdout.write(text),
  now: () => number = Date.now,
): EventStream {
  const time = () => new Date(now()).toISOString()
  return {
    emit: (event) => write(`${escapeControls(JSON.stringify({ time: time(), ...event }))}\n`),
    result: (result) => write(`{"time":"${time()}","type":"result","result":${resultJson(result)}}\n`),
  }
}
