import { parseArgv } from './argv.ts'
import type { ChoiceContext, ChosenApp } from './choose.ts'
import { chooseApp, chooseEnvironment, precedence } from './choose.ts'
import type { EventFacts } from './event.ts'
import { isForeignCheckout, limitOf, refuseForeignCode } from './event.ts'
import { Faults } from '../inputs/faults.ts'
import { loadFile } from './file.ts'
import type { Values } from './inputs.ts'
import { INPUTS, inputsOf } from './inputs.ts'
import type { Layer, Raw } from '../inputs/raw.ts'
import type { InvocationContext } from '../verbs/verb.ts'
import type { ConfigContext } from './read.ts'
import { readInputs, readContext, tokenFromEnvironment } from './read.ts'
import { refuseUnknown } from './refused.ts'
import { Values as InputValues } from '../inputs/values.ts'

/** A request, and what an entry needs beside it. */
export interface Reading<Request> {
  readonly request: Request
  readonly configContext: ConfigContext
  readonly githubToken: string | undefined
  /** Values to mask before the first line is printed. */
  readonly secrets: readonly string[]
  /** To be said once, before the work begins. */
  readonly notices: readonly string[]
  /** Input → where its value came from: `input`, `option --timeout`, a file's line, `default`. */
  readonly origins: ReadonlyMap<string, string>
}

/** What every command begins with: the values in their order of precedence, and the list that gathers faults. */
export interface Opened {
  readonly values: Values
  readonly faults: Faults
  readonly configContext: ConfigContext
  readonly app: ChosenApp
  readonly environment: string | undefined
}

/** Also the name of the environment that all previews share. */
const PREVIEW = 'preview'

/** @throws DeployError unsafe-event */
export async function open(command: string, invocation: InvocationContext): Promise<Opened> {
  const configContext = readContext(invocation)
  // Removing a preview builds nothing: a preview refuses foreign code by itself.
  if (command !== PREVIEW) refuseForeignCode(configContext.event)
  const faults = new Faults()
  const inputs = readGiven(command, invocation, configContext, faults)
  const file = isForeignCheckout(configContext.event)
    ? undefined
    : await loadFile(configContext.cwd, inputs.get('config'), faults)
  const app = chooseApp(file, inputs, faults)
  const environment = environmentFor(command, inputs, configContext.event, { file, app, faults })
  const values = valuesOf(command, precedence(inputs, file, app, environment), faults)
  return { values, faults, configContext, app, environment }
}

/** What another command reads too has its default here; the command's own row comes first. */
function valuesOf(command: string, layers: readonly Layer[], faults: Faults): Values {
  return new InputValues([...inputsOf(command), ...INPUTS], layers, faults)
}

function readGiven(command: string, invocation: InvocationContext, { env }: ConfigContext, faults: Faults) {
  const token = tokenFromEnvironment(env)
  const fallback: [string, Raw][] = token ? [['github-token', token]] : []
  if (invocation.argv === undefined) {
    const given = readInputs(env)
    refuseUnknown(command, given, faults)
    return new Map([...fallback, ...given])
  }
  return new Map([...fallback, ...parseArgv(command, invocation.argv, faults)])
}

function environmentFor(
  command: string,
  inputs: ReadonlyMap<string, Raw>,
  event: EventFacts,
  context: ChoiceContext,
): string | undefined {
  if (command === 'smoke') return undefined
  if (command === PREVIEW) {
    const given = inputs.get('environment')?.value
    return typeof given === 'string' ? given : PREVIEW
  }
  // Faults of these values show up again, once, when the environment's entry is known.
  const values = valuesOf(command, precedence(inputs, context.file, context.app, undefined), new Faults())
  const promote = values.choice('promote')
  const stops = promote === 'none' || promote === 'release-tag'
  const needed =
    command !== 'release' || !(stops || limitOf(event, values.flag('promote-unreviewed-code')) !== undefined)
  return chooseEnvironment(context, values, needed)
}
