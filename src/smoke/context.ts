import type { Run } from '../domain/labels.ts'
import { DeployError } from '../errors/deploy-error.ts'
import type { Clock, ContainerRuntime, ContainerSpec, ImageFacts, Reporter } from '../ports.ts'
import { Ground } from './ground.ts'
import type { Life } from './life.ts'
import { beginLife } from './life.ts'
import type { ProbeContext } from './ask.ts'
import { exposed } from './ask.ts'
import type { Condition } from './readiness.ts'
import { portsOf } from './readiness.ts'
import { Results } from './report.ts'
import type { CheckSpec, ContainerOptions, SmokeSpec } from './spec.ts'
import { missingSecrets, secretNames } from './spec.ts'
import type { Subject } from './subject.ts'
import type { Cleaner } from './text.ts'
import { cleaner } from './text.ts'

export interface SmokeOptions {
  readonly spec: SmokeSpec
  /** A local id or `repo@sha256:…` that the engine has; its facts where the caller knows them. */
  readonly image: { readonly reference: string; readonly facts?: ImageFacts }
  readonly runtime: ContainerRuntime
  readonly clock: Clock
  readonly reporter: Reporter
  readonly signal: AbortSignal
  readonly run: Run
  /** Where the values of the file's `secrets` are looked up by name. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** More values that must not be shown. */
  readonly secrets?: readonly string[]
  /** The engine's platform, where the caller knows it. */
  readonly platform?: string
  /** Id of the container in which this program runs; looked up when left out. */
  readonly self?: string
}

/** What all parts of one test share. */
export interface SmokeContext extends SmokeOptions {
  readonly life: Life
  readonly ground: Ground
  /** `probe` becomes `sidecar` when this program runs in a container beside the app's. */
  context: ProbeContext
  readonly clean: Cleaner
  /** What is being done, for the message of a time-out. */
  doing: string
  /** Names of checks that have begun and not ended. */
  readonly running: Set<string>
  readyMs?: number
  results: Results
  subject?: Subject
}

/** @throws DeployError invalid-input when secrets have no value */
export function setUp(options: SmokeOptions): SmokeContext {
  const { spec, runtime, clock, reporter, signal, run, env } = options
  const faults = missingSecrets(spec, env)
  if (faults.length > 0) throw new DeployError('invalid-input', 'the smoke test lacks secrets', { faults })
  const names = secretNames(spec)
  const clean = cleaner([...names.map((name) => env[name] ?? ''), ...(options.secrets ?? [])])
  const life = beginLife(clock, signal)
  return {
    ...options,
    life,
    clean,
    ground: new Ground({ runtime, run, clock, reporter, timeout: spec.timeout }),
    context: { runtime, clock, signal: life.signal, probe: spec.probe },
    doing: 'preparing',
    running: new Set(),
    results: new Results(['ready'], reporter, clean),
  }
}

export function containerSpec(
  smoke: SmokeContext,
  condition: Condition,
  facts: ImageFacts,
  network: string | undefined,
): Omit<ContainerSpec, 'name' | 'labels'> {
  const { spec, image } = smoke
  const asked = [...portsOf(condition), ...spec.checks.flatMap(portsOfCheck)]
  const ports = new Set(asked.flatMap((port) => port ?? exposed(facts)[0] ?? []))
  return {
    image: image.reference,
    ...optionsOf(smoke, spec.container),
    ...(network === undefined ? {} : { network: { id: network, aliases: spec.container.aliases } }),
    ...publish(smoke, [...ports]),
  }
}

function portsOfCheck(check: CheckSpec): readonly (number | undefined)[] {
  if (check.kind === 'http') return [check.probe.port]
  return check.kind === 'tcp' ? [check.port] : []
}

export function publish({ spec, context }: SmokeContext, ports: readonly number[]): Pick<ContainerSpec, 'publish'> {
  const useful = (context.probe === 'auto' || context.probe === 'host') && !spec.internal
  return useful && ports.length > 0 ? { publish: ports.map((port) => `${String(port)}/tcp`) } : {}
}

export function optionsOf({ env }: SmokeContext, options: ContainerOptions): Partial<ContainerSpec> {
  const secrets = Object.fromEntries(options.secrets.map((name) => [name, env[name] ?? '']))
  return {
    env: { ...options.env, ...secrets },
    ...(options.args ? { args: options.args } : {}),
    ...(options.entrypoint ? { entrypoint: options.entrypoint } : {}),
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options.readOnly ? { readOnly: true } : {}),
    ...(options.memory === undefined ? {} : { memory: options.memory }),
  }
}
