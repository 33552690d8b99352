// Tasks as real containers on a Docker engine: the digest is read back from the container that runs.
import http from 'node:http'
import { randomUUID } from 'node:crypto'
import type { ContainerDefinition } from './model.ts'
import type { ContainerState, Runtime } from './runtime.ts'
import { DIGEST, repositoryOf } from './runtime.ts'

const INSTANCE = 'ecs-double.instance'

interface Listed {
  readonly Id: string
  readonly State: string
  readonly Status: string
}

/** @param host `unix:///path` of the engine */
export function createDockerRuntime(host: string): Runtime & { readonly label: string } {
  const instance = randomUUID()
  /** Containers that are on their way: closing waits for them, or they would be left. */
  const starting = new Set<Promise<unknown>>()
  let isClosed = false
  const engine = <T>(method: string, path: string, body?: unknown) => ask<T>(host, { method, path, body })
  const mine = `filters=${encodeURIComponent(JSON.stringify({ label: [`${INSTANCE}=${instance}`] }))}`

  return {
    label: `${INSTANCE}=${instance}`,
    async resolve(image) {
      try {
        const { Descriptor } = await engine<{ Descriptor: { digest: string } }>('GET', `/distribution/${image}/json`)
        return Descriptor.digest
      } catch (error) {
        throw pullError(image, error)
      }
    },
    async start(task, definition, image) {
      if (isClosed) throw new Error('CannotStartContainerError: the engine is closed')
      const run = startOne(task, definition, image)
      starting.add(run)
      return run.finally(() => starting.delete(run))
    },
    async inspect() {
      const all = await engine<Listed[]>('GET', `/containers/json?all=true&${mine}`)
      const states = await Promise.all(all.map(async (listed) => [listed.Id, await inspectOne(listed)] as const))
      return new Map(states)
    },
    async stop(id, timeoutMs) {
      await engine('POST', `/containers/${id}/stop?t=${String(Math.ceil(timeoutMs / 1000))}`).catch(() => undefined)
      const code = await exitCode(id).catch(() => 137)
      await engine('DELETE', `/containers/${id}?force=true&v=true`).catch(() => undefined)
      return code
    },
    async logs(id) {
      const text = await engine<string>('GET', `/containers/${id}/logs?stdout=true&stderr=true&tail=1000`)
      // Each line of the engine's stream has a header of eight bytes.
      return text
        .split('\n')
        .map((line) => line.slice(8))
        .filter((line) => line !== '')
    },
    async close() {
      isClosed = true
      await Promise.allSettled(starting)
      const all = await engine<Listed[]>('GET', `/containers/json?all=true&${mine}`)
      await Promise.all(
        all.map(({ Id }) => engine('DELETE', `/containers/${Id}?force=true&v=true`).catch(() => undefined)),
      )
    },
  }

  async function startOne(
    task: string,
    definition: ContainerDefinition,
    image: string,
  ): Promise<{ id: string; digest: string }> {
    await pull(image)
    const container = await engine<{ Id: string }>(
      'POST',
      `/containers/create?name=ecs-${task.slice(0, 12)}-${definition.name}-${randomUUID().slice(0, 8)}`,
      {
        Image: image,
        ...(definition.command ? { Cmd: definition.command } : {}),
        ...(definition.entryPoint ? { Entrypoint: definition.entryPoint } : {}),
        Env: (definition.environment ?? []).map(({ name, value }) => `${name}=${value}`),
        // Amazon ECS runs the checks of the task definition and never those of the image.
        Healthcheck: healthcheck(definition),
        Labels: { [INSTANCE]: instance },
      },
    )
    await engine('POST', `/containers/${container.Id}/start`)
    return { id: container.Id, digest: await digestOf(container.Id, image) }
  }

  async function pull(image: string): Promise<void> {
    const digest = DIGEST.exec(image)?.[1] ?? ''
    try {
      const query = `fromImage=${encodeURIComponent(repositoryOf(image))}&tag=${encodeURIComponent(digest)}`
      const said = await engine<string>('POST', `/images/create?${query}`)
      // The engine answers 200 and tells what went wrong inside of the stream.
      const refused = /"error":"([^"]*)"/.exec(said)?.[1]
      if (refused !== undefined) throw new Error(refused)
    } catch (error) {
      throw pullError(image, error)
    }
  }

  async function exitCode(id: string): Promise<number> {
    const { State } = await engine<{ State: { ExitCode: number } }>('GET', `/containers/${id}/json`)
    return State.ExitCode
  }

  async function inspectOne({ Id, State, Status }: Listed): Promise<ContainerState> {
    const health = Status.includes('(unhealthy)') ? 'UNHEALTHY' : Status.includes('(healthy)') ? 'HEALTHY' : 'UNKNOWN'
    if (State !== 'exited' && State !== 'dead') return { running: true, health }
    return { running: false, exitCode: await exitCode(Id).catch(() => 137), health }
  }

  /** Of the digests that the engine knows for the image that runs: the asked one, else the first of its repository. */
  async function digestOf(id: string, image: string): Promise<string> {
    const { Image } = await engine<{ Image: string }>('GET', `/containers/${id}/json`)
    const { RepoDigests } = await engine<{ RepoDigests: string[] }>('GET', `/images/${Image}/json`)
    const known = RepoDigests.filter((text) => text.startsWith(`${repositoryOf(image)}@`))
    return DIGEST.exec(known.find((text) => text === image) ?? known[0] ?? '')?.[1] ?? Image
  }
}

function healthcheck({ healthCheck }: ContainerDefinition): object {
  if (!healthCheck) return { Test: ['NONE'] }
  const seconds = (value: number | undefined, fallback: number) => (value ?? fallback) * 1e9
  return {
    Test: healthCheck.command,
    Interval: seconds(healthCheck.interval, 1),
    Timeout: seconds(healthCheck.timeout, 5),
    Retries: healthCheck.retries ?? 3,
    StartPeriod: seconds(healthCheck.startPeriod, 0),
  }
}

function pullError(image: string, error: unknown): Error {
  const words = error instanceof Error ? error.message : String(error)
  return new Error(
    `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${words}`,
  )
}

/** One request on a connection of its own. JSON where the answer is JSON, else its text. */
function ask<T>(host: string, { method, path, body }: { method: string; path: string; body?: unknown }): Promise<T> {
  const socketPath = host.replace('unix://', '')
  const headers = body === undefined ? {} : { 'Content-Type': 'application/json' }
  return new Promise((resolve, reject) => {
    const request = http.request({ socketPath, method, path: `/v1.41${path}`, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.on('end', () => {
        if ((response.statusCode ?? 500) >= 400) reject(new Error(text.trim()))
        else
          resolve(
            (response.headers['content-type'] === 'application/json' && isJson(text) ? JSON.parse(text) : text) as T,
          )
      })
    })
    request.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** A stream of several documents is none. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
