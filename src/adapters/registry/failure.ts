import { cut, oneLine } from '../../domain/text.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import { DeployError } from '../../errors/deploy-error.ts'
import { errorMessage } from '../../errors/message.ts'
import { faultCode } from './fault.ts'
import { ErrorBody, parseJson } from './schemas.ts'
import type { Answer } from './wire.ts'

/** Codes of the distribution specification in an error answer: `MANIFEST_UNKNOWN`, `DENIED`, … */
export function errorCodes(answer: Answer): string[] {
  return errorsOf(answer).map((error) => error.code.toUpperCase())
}

function errorsOf(answer: Answer): { code: string; message: string }[] {
  if (answer.body.length === 0) return []
  return parseJson(ErrorBody, answer.body)?.errors ?? []
}

/** What the registry said, in one line without control characters: hostile text. */
export function reportedBy(answer: Answer): string {
  const errors = errorsOf(answer).map((error) => [error.code, error.message].filter(Boolean).join(': '))
  const text = errors.length > 0 ? errors.join('; ') : answer.body.toString('utf8', 0, 1000)
  return quoted(text)
}

/** Hostile text as a short quotation. */
export function quoted(text: string): string {
  return cut(oneLine(text).replace(/\s+/g, ' ').trim(), 300)
}

function evidence(answer: Answer): string[] {
  const words = reportedBy(answer)
  return [`${answer.asked} answered ${String(answer.status)}${words === '' ? '' : ` ${words}`}`]
}

/** What an error needs to know about the caller: `as`: `as octocat (from ~/.docker/config.json)` or `without credentials`. */
export interface Asker {
  readonly host: string
  readonly as: string
}

export function denied(asker: Asker, what: string, answer?: Answer): Reason {
  return {
    code: 'registry-denied',
    what: `${asker.host} refuses ${what}, asked ${asker.as}`,
    fix: deniedFix(asker),
    ...(answer ? { evidence: evidence(answer) } : {}),
  }
}

function deniedFix({ host, as }: Asker): string {
  if (host === 'ghcr.io') {
    return 'Give the job `permissions:` with `packages: write`, and let the package be linked to this repository (package settings, Manage Actions access).'
  }
  return as === WITHOUT_CREDENTIALS
    ? `Log in to ${host} before this step, for example with docker/login-action.`
    : `Check that this account may push to and pull from the repository on ${host}.`
}

export const WITHOUT_CREDENTIALS = 'without credentials'

/** Any answer that is neither success nor a plain "no such thing". */
export function refusal(asker: Asker, what: string, answer: Answer): Reason {
  if (answer.status === 401 || answer.status === 403) return denied(asker, what, answer)
  return {
    code: 'registry-error',
    what: `${asker.host} answered ${String(answer.status)} to ${what}`,
    evidence: evidence(answer),
  }
}

/** A fault of the wire as a DeployError; what is one already, or is not a fault of the wire, stays as it is. */
export function unreachable(host: string, thrown: unknown): unknown {
  const code = faultCode(thrown)
  if (thrown instanceof DeployError || code === '') return thrown
  const message = quoted(errorMessage(thrown))
  const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(code)
  return new DeployError('registry-unreachable', `${host} cannot be reached (${code})`, {
    cause: thrown,
    evidence: message === '' ? [] : [message],
    fix: untrusted
      ? `Put the registry's CA certificate in /etc/docker/certs.d/${host}/ca.crt, or name it in NODE_EXTRA_CA_CERTS.`
      : undefined,
  })
}
