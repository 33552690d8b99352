import type { Redactor } from '../domain/redact.ts'
import { redacted } from '../domain/redact.ts'
import { asDeployError } from '../errors/deploy-error.ts'
import { redactingReporter } from '../reporting/redacting.ts'
import { refusal } from '../reporting/refusal.ts'
import type { Done, InvocationContext, Verb, VerbContext } from '../verbs/verb.ts'

export interface AttemptContext extends VerbContext {
  /** Learns every secret, and takes them all out of what is reported and of the result, as data. */
  readonly redactor: Redactor
}

/** Runs a verb; what it throws is shown and becomes a result like any other. */
export async function attempt(
  verb: Verb,
  invocation: InvocationContext,
  { redactor, mask, ...context }: AttemptContext,
): Promise<Done> {
  const reporter = redactingReporter(context.reporter, redactor)
  const learn = (secrets: readonly string[]): void => {
    redactor.add(secrets)
    mask(secrets)
  }
  try {
    const { result, ...done } = await verb.run(invocation, { ...context, reporter, mask: learn })
    return { ...done, result: redacted(result, redactor) }
  } catch (thrown) {
    const error = asDeployError(thrown)
    const state = error.state === undefined ? {} : { state: error.state }
    reporter.emit({ type: 'failure', reason: error, ...state })
    return { result: redacted(refusal(verb.name, error), redactor) }
  }
}
