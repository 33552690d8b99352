/**
 * What the runner reads from files that it names in the environment. A few lines of our own: the toolkit's are the same,
 * but loading it takes as long as starting Node, at the end of every run.
 */
import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'

type Env = Readonly<Record<string, string | undefined>>

/** Sets the outputs of the step, on success and on failure alike. */
export function setOutputs(outputs: Readonly<Record<string, string>>, env: Env): void {
  append(env['GITHUB_OUTPUT'], Object.entries(outputs).map(entry).join(''))
}

/** Keeps a value of one line for the step that cleans up. */
export function saveState(name: string, value: string, env: Env): void {
  append(env['GITHUB_STATE'], `${name}=${value}\n`)
}

/** Adds Markdown to the summary of the job. */
export function writeSummary(markdown: string, env: Env): void {
  append(env['GITHUB_STEP_SUMMARY'], `${markdown}\n`)
}

/** A value may have lines of its own; it cannot hold the line that ends it, because nobody knows it before. */
function entry([name, value]: readonly [string, string]): string {
  const end = `end_${randomUUID()}`
  return `${name}<<${end}\n${value}\n${end}\n`
}

function append(file: string | undefined, text: string): void {
  if (file) appendFileSync(file, text)
}
