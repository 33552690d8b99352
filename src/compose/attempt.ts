import { asDeployError } from '../errors/deploy-error.ts'
import { refusal } from '../reporting/refusal.ts'
import type { Done, InvocationContext, Verb, VerbContext } from '../verbs/verb.ts'

/** Runs a verb; what it throws is shown and becomes a result like any other. */
export async function attempt(verb: Verb, invocation: InvocationContext, context: VerbContext): Promise<Done> {
  try {
    return await verb.run(invocation, context)
  } catch (thrown) {
    const error = asDeployError(thrown)
    const state = error.state === undefined ? {} : { state: error.state }
    context.reporter.emit({ type: 'failure', reason: error, ...state })
    return { result: refusal(verb.name, error) }
  }
}
