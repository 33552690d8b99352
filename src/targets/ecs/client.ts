/** Amazon ECS through the AWS SDK, which is loaded with the first request. Credentials come from the SDK's default chain only. */
import { Readable } from 'node:stream'
import { openDeadline } from '../../async/deadline.ts'
import { cancelled, DeployError } from '../../errors/deploy-error.ts'
import type { Clock } from '../../ports.ts'
import { httpsAgent } from './agent.ts'
import type { EcsApi, InputOf, Json, Operation, OutputOf } from './api.ts'
import { isExpiry, kindOf, translated } from './errors.ts'

interface ClientContext {
  readonly clock: Clock
  /** Ends every request when the run is cancelled. */
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
}

/** One request, ms. */
const REQUEST_MS = 10_000
const CONNECT_MS = 4000
/** One call with all its tries, ms. Amazon's advice is to wait much longer than the three tries of the SDK. */
const CALL_MS = 60_000
/** Requests that nobody answered before the call is given up: an engine that throttles answers. */
const SILENT_TRIES = 2
/** A cancelled run has about that long to send its last requests, ms. */
const AFTER_CANCEL_MS = 5000
const PAUSES_MS = [100, 200, 400, 800, 1600, 3200, 5000]

type Loaded = typeof import('./sdk.ts') & { readonly client: InstanceType<(typeof import('./sdk.ts'))['ECSClient']> }

export function openEcs({ clock, signal, env }: ClientContext): EcsApi {
  let loading: Promise<Loaded> | undefined
  const load = () => (loading ??= loadSdk(env))

  async function once<T>(send: (sdk: Loaded, abort: AbortSignal) => Promise<T>): Promise<T> {
    if (signal.aborted) throw cancelled()
    const sdk = await load()
    const deadline = openDeadline({ ms: REQUEST_MS, signal })
    try {
      return await send(sdk, deadline.signal)
    } finally {
      deadline.close()
    }
  }

  /** Asks the one who provides the credentials for new ones, whatever the SDK still holds. */
  const renew = () => once(({ client }) => client.config.credentials({ forceRefresh: true }))

  /** Tries until the call is answered, refused or too late. `readBack`: asked where nobody knows whether it was taken. */
  async function persistently<T>(
    operation: Operation,
    send: (sdk: Loaded, abort: AbortSignal) => Promise<T>,
    readBack: () => Promise<T | undefined> = () => Promise.resolve(undefined),
  ): Promise<T> {
    const deadline = clock.now() + CALL_MS
    let silent = 0
    let isRenewed = false
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await once(send)
      } catch (error) {
        if (signal.aborted) throw cancelled()
        const kind = error instanceof DeployError ? 'final' : kindOf(error)
        const pause = PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)] ?? 5000
        if (isAbort(error)) silent += 1
        if (isExpiry(error) && !isRenewed) {
          isRenewed = true
          await renew().catch((reason: unknown) => {
            throw translated(reason, operation, regionOf(env))
          })
          continue
        }
        if (kind === 'final' || silent >= SILENT_TRIES || clock.now() + pause >= deadline)
          throw translated(error, operation, regionOf(env))
        await clock.sleep(pause * (0.75 + Math.random() / 2), signal)
        const known = kind === 'ambiguous' ? await readBack() : undefined
        if (known !== undefined) return known
      }
    }
  }

  return {
    read: (operation, input) => persistently(operation, (sdk, abort) => sendCommand(sdk, operation, { input, abort })),
    write: (operation, input, done) =>
      persistently(operation, (sdk, abort) => sendCommand(sdk, operation, { input, abort }), done),
    readJson: (operation, input) => persistently(operation, (sdk, abort) => sendJson(sdk, operation, { input, abort })),
    writeJson: (operation, input, done) =>
      persistently(operation, (sdk, abort) => sendJson(sdk, operation, { input, abort }), done),
    close() {
      void loading?.then(({ client }) => client.destroy()).catch(() => undefined)
    },
  }
}

/** For what a cancelled run still has to send: it ends by itself. */
export function openLastEcs(context: Omit<ClientContext, 'signal'>): EcsApi {
  const deadline = openDeadline({ ms: AFTER_CANCEL_MS })
  const api = openEcs({ ...context, signal: deadline.signal })
  return {
    ...api,
    close() {
      deadline.close()
      api.close()
    },
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')
}

async function loadSdk(env: ClientContext['env']): Promise<Loaded> {
  const sdk = await import('./sdk.ts')
  const client = new sdk.ECSClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: REQUEST_MS, httpsAgent: httpsAgent(env) },
  })
  return { ...sdk, client }
}

interface Sending<I> {
  readonly input: I
  readonly abort: AbortSignal
}

async function sendCommand<O extends Operation>(
  { client, COMMANDS }: Loaded,
  operation: O,
  { input, abort }: Sending<InputOf<O>>,
): Promise<OutputOf<O>> {
  const Command = COMMANDS[operation] as new (input: InputOf<O>) => Parameters<typeof client.send>[0]
  return await client.send(new Command(input), { abortSignal: abort })
}

interface HttpMessage {
  body?: unknown
  headers: Record<string, string>
}

/** Sends and takes JSON past the SDK's model, which drops every field that it does not know yet. */
async function sendJson(
  { client, COMMANDS }: Loaded,
  operation: Operation,
  { input, abort }: Sending<Json>,
): Promise<Json> {
  const Command = COMMANDS[operation] as new (input: object) => InstanceType<typeof COMMANDS.DescribeTaskDefinition>
  const command = new Command({})
  let answer: Json = {}
  command.middlewareStack.add(
    (next) => async (args) => {
      const request = args.request as HttpMessage
      request.body = JSON.stringify(input)
      request.headers['content-length'] = String(Buffer.byteLength(request.body as string))
      return next(args)
    },
    { step: 'build', priority: 'low', name: 'wholeRequest' },
  )
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const response = result.response as HttpMessage
      const bytes = await bytesOf(response.body)
      response.body = Readable.from([bytes])
      answer = JSON.parse(bytes.toString() || '{}') as Json
      return result
    },
    { step: 'deserialize', priority: 'low', name: 'wholeAnswer' },
  )
  await client.send(command, { abortSignal: abort })
  return answer
}

async function bytesOf(body: unknown): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

function regionOf(env: ClientContext['env']): string {
  return env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'default region'
}
