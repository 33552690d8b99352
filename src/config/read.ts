/**
 * The only reader of inputs, environment variables and the event file. It must stay light: the first input fault is to
 * appear in a few times the start of bare node, so no library is loaded here.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Run } from '../domain/labels.ts'
import type { InvocationContext } from '../verbs/verb.ts'
import type { EventFacts } from './event.ts'
import { eventFacts } from './event.ts'
import { valueAt } from './event-rules.ts'
import type { Raw } from '../inputs/raw.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** Where GitHub is and which repository this is, inside a workflow. */
export interface WorkflowContext {
  /** Without a slash at the end. */
  readonly apiUrl: string
  readonly serverUrl: string
  /** `owner/name` */
  readonly repository: string
  /** The commit of the workflow's event. */
  readonly sha: string | undefined
  /** Where the runner takes the names of published artifacts from; undefined where it does not. */
  readonly artifactsFile: string | undefined
  /** By the event's payload; undefined where it does not say. */
  readonly isOwnedByOrganization: () => boolean | undefined
}

/** Where the inputs come from: the process, its folder, the run and the event of the workflow. */
export interface ConfigContext {
  readonly env: Env
  readonly cwd: string
  readonly run: Run
  readonly event: EventFacts
  readonly github: WorkflowContext | undefined
}

export function readContext(invocation: InvocationContext): ConfigContext {
  const env = invocation.env ?? process.env
  const github = workflowContext(env)
  return {
    env,
    cwd: invocation.cwd ?? process.cwd(),
    run: runOf(env, github),
    event: eventFacts(env, readEventFile),
    github,
  }
}

const PREFIX = 'INPUT_'
const KEEPS_SPACE = 'secrets'

/** The runner hands every input over as INPUT_<NAME IN UPPER CASE>; absent ones are empty. */
export function readInputs(env: Env): Map<string, Raw> {
  const inputs = new Map<string, Raw>()
  for (const [key, value] of Object.entries(env)) {
    if (!key.startsWith(PREFIX) || value === undefined || value.trim() === '') continue
    const name = key.slice(PREFIX.length).toLowerCase()
    inputs.set(name, { value: name === KEEPS_SPACE ? value : value.trim(), source: 'input' })
  }
  return inputs
}

/** For command lines, where a token must not be an argument. */
export function tokenFromEnvironment(env: Env): Raw | undefined {
  const name = ['GITHUB_TOKEN', 'GH_TOKEN'].find((key) => env[key])
  return name === undefined ? undefined : { value: env[name] ?? '', source: `environment ${name}` }
}

function workflowContext(env: Env): WorkflowContext | undefined {
  const repository = env['GITHUB_REPOSITORY']
  if (!repository) return undefined
  const trim = (url: string) => url.replace(/\/+$/, '')
  return {
    apiUrl: trim(env['GITHUB_API_URL'] ?? 'https://api.github.com'),
    serverUrl: trim(env['GITHUB_SERVER_URL'] ?? 'https://github.com'),
    repository,
    sha: env['GITHUB_SHA'] || undefined,
    artifactsFile: env['GITHUB_ARTIFACTS'] || undefined,
    isOwnedByOrganization: () => {
      const type = valueAt(readEventFile(env['GITHUB_EVENT_PATH'] ?? ''), ['repository', 'owner', 'type'])
      return typeof type === 'string' ? type === 'Organization' : undefined
    },
  }
}

function runOf(env: Env, github: WorkflowContext | undefined): Run {
  const id = env['GITHUB_RUN_ID']
  const actor = env['GITHUB_ACTOR'] ?? env['USER']
  const attempt = Number(env['GITHUB_RUN_ATTEMPT'] ?? 1)
  return {
    id: id ?? randomUUID().slice(0, 8),
    attempt: Number.isInteger(attempt) && attempt > 0 ? attempt : 1,
    ...(id && github ? { url: `${github.serverUrl}/${github.repository}/actions/runs/${id}` } : {}),
    ...(actor ? { actor } : {}),
  }
}

/** The event's payload; undefined when there is none or it cannot be read: callers then assume the worst. */
function readEventFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
