import { sleep } from '../../async/sleep.ts'
import type { Duration } from '../../domain/duration.ts'
import type { ReasonCode } from '../../errors/catalogue.ts'
import type { DeployError } from '../../errors/deploy-error.ts'
import type { ContainerSpec, ContainerState, EngineAnswer, EngineApi, ExecResult } from '../../ports.ts'
import { Container, Created, Exec, read, refused } from './answers.ts'
import { LOG_CONFIG } from './logs.ts'
import { frames, messageIn } from './stream.ts'
import { oneLine } from '../../domain/text.ts'
import { isWrongPlatform } from '../../domain/wrong-platform.ts'

const EXEC_OUTPUT_BYTES = 1024 * 1024
/** After SIGKILL, until the engine says that the container has ended. */
const KILLED_WITHIN_MS: Duration = 10_000

export async function createContainer(api: EngineApi, spec: ContainerSpec): Promise<string> {
  const answer = await api.request('POST', '/containers/create', { query: { name: spec.name }, body: bodyOf(spec) })
  if (answer.status === 201) return read(Created, answer, `creating ${spec.name}`).Id
  throw startError(answer, `creating a container of ${spec.image}`)
}

function bodyOf(spec: ContainerSpec): object {
  const publish = spec.publish ?? []
  const { network } = spec
  return {
    Image: spec.image,
    Labels: spec.labels,
    Env: Object.entries(spec.env ?? {}).map(([name, value]) => `${name}=${value}`),
    Cmd: spec.args,
    Entrypoint: spec.entrypoint,
    User: spec.user,
    ExposedPorts: Object.fromEntries(publish.map((port) => [port, {}])),
    HostConfig: {
      NetworkMode: network?.id,
      PortBindings: Object.fromEntries(publish.map((port) => [port, [{ HostIp: '127.0.0.1', HostPort: '' }]])),
      ReadonlyRootfs: spec.readOnly,
      Memory: spec.memory,
      MemorySwap: spec.memory,
      // A driver whose logs can be read back, whatever the engine's default is.
      LogConfig: LOG_CONFIG,
    },
    ...(network ? { NetworkingConfig: { EndpointsConfig: { [network.id]: { Aliases: network.aliases } } } } : {}),
  }
}

export async function startContainer(api: EngineApi, id: string): Promise<void> {
  const answer = await api.request('POST', `/containers/${id}/start`)
  if (answer.status !== 204 && answer.status !== 304) throw startError(answer, 'starting the container')
}

function startError(answer: EngineAnswer, what: string): DeployError {
  const words = answer.message()
  let code: ReasonCode = answer.status >= 500 || answer.status === 400 ? 'smoke-cannot-start' : 'engine-error'
  if (answer.status === 404 && /no such image/i.test(words)) code = 'image-not-found'
  else if (isWrongPlatform(words)) code = 'smoke-wrong-platform'
  else if (/no command specified|executable file not found|permission denied|no such file/i.test(words)) {
    code = 'smoke-cannot-start'
  }
  return refused(answer, what, code)
}

export async function inspectContainer(api: EngineApi, id: string): Promise<ContainerState | undefined> {
  const answer = await api.request('GET', `/containers/${id}/json`)
  if (answer.status === 404) return undefined
  if (answer.status !== 200) throw refused(answer, 'inspecting the container')
  const { State: state, RestartCount, NetworkSettings } = read(Container, answer, 'inspecting the container')
  const health = state.Health && state.Health.Status !== 'none' ? state.Health : undefined
  return {
    status: statusOf(state.Status),
    exitCode: state.ExitCode,
    oomKilled: state.OOMKilled,
    restartCount: RestartCount,
    error: oneLine(state.Error),
    ...(health
      ? {
          health: {
            status: health.Status,
            log: (health.Log ?? []).map((entry) => ({ exitCode: entry.ExitCode, output: entry.Output })),
          },
        }
      : {}),
    ports: publishedPorts(NetworkSettings.Ports ?? {}),
    addresses: Object.values(NetworkSettings.Networks ?? {}).flatMap((network) => network.IPAddress || []),
  }
}

function statusOf(status: string): ContainerState['status'] {
  return status === 'created' || status === 'running' || status === 'exited' || status === 'dead' ? status : 'other'
}

function publishedPorts(
  ports: Readonly<Record<string, readonly { HostPort?: string | undefined }[] | null | undefined>>,
): Record<string, number> {
  const published: Record<string, number> = {}
  for (const [port, bindings] of Object.entries(ports)) {
    const host = Number(bindings?.[0]?.HostPort)
    if (host > 0) published[port] = host
  }
  return published
}

/** A program that does not exist or may not run is exit code 127 or 126 with the engine's words, as a shell has it. */
export async function execIn(
  api: EngineApi,
  id: string,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<ExecResult> {
  const what = `running ${argv[0] ?? ''} in the container`
  const body = { AttachStdout: true, AttachStderr: true, Cmd: argv }
  const created = await api.request('POST', `/containers/${id}/exec`, { body, signal })
  if (created.status !== 201) throw refused(created, what)
  const exec = read(Created, created, what).Id
  const started = await api.stream('POST', `/exec/${exec}/start`, { body: { Detach: false, Tty: false }, signal })
  if (started.status !== 200) return cannotRun(await messageIn(started.body))
  const output = await collect(started.body)
  const ended = read(Exec, await api.request('GET', `/exec/${exec}/json`, { signal }), what)
  if (ended.ExitCode == null) return cannotRun(output.stdout + output.stderr)
  const failedToRun = ended.ExitCode >= 126 && /OCI runtime exec failed/.test(output.stdout)
  return failedToRun ? cannotRun(output.stdout) : { exitCode: ended.ExitCode, ...output }
}

function cannotRun(words: string): ExecResult {
  return { exitCode: /permission denied/i.test(words) ? 126 : 127, stdout: '', stderr: words.trim() }
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Omit<ExecResult, 'exitCode'>> {
  const kept = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] }
  const room = { stdout: EXEC_OUTPUT_BYTES, stderr: EXEC_OUTPUT_BYTES }
  let cut = false
  for await (const { from, bytes } of frames(body)) {
    cut ||= bytes.length > room[from]
    if (room[from] <= 0) continue
    kept[from].push(bytes.subarray(0, room[from]))
    room[from] -= bytes.length
  }
  const text = (chunks: Uint8Array[]): string => Buffer.concat(chunks).toString('utf8')
  return { stdout: text(kept.stdout), stderr: text(kept.stderr), ...(cut ? { cut } : {}) }
}

/** Sends the signal, waits, and kills what is left. */
export async function stopContainer(api: EngineApi, id: string, signal: string, within: number): Promise<void> {
  const ended = api.request('POST', `/containers/${id}/wait`, {
    query: { condition: 'not-running' },
    within: within + KILLED_WITHIN_MS,
  })
  const kill = (name: string): Promise<EngineAnswer> =>
    api.request('POST', `/containers/${id}/kill`, { query: { signal: name } })
  const sent = await kill(signal)
  const timer = new AbortController()
  const late = sleep(within, timer.signal).then(() => 'late')
  const first = sent.status >= 400 ? 'ended' : await Promise.race([ended.then(() => 'ended'), late])
  timer.abort()
  if (first === 'ended') {
    await (sent.status >= 400 ? ended.catch(() => undefined) : ended)
    return
  }
  await kill('SIGKILL')
  await ended
}

/** Kills and removes with anonymous volumes; absent, or on its way out already, is fine. */
export async function removeContainer(api: EngineApi, id: string): Promise<void> {
  const answer = await api.request('DELETE', `/containers/${id}`, { query: { force: true, v: true } })
  if (answer.status === 204 || answer.status === 404) return
  if (answer.status !== 409) throw refused(answer, 'removing the container')
  await api.request('POST', `/containers/${id}/wait`, { query: { condition: 'removed' } })
}
