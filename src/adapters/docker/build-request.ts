import { readFileSync } from 'node:fs'
import { remoteContext } from '../../domain/remote-context.ts'
import type { BuildRequest } from '../../domain/request.ts'
import { dockerfilePath } from './dockerfile.ts'

/** The Dockerfile's text; undefined where it is not on this machine or cannot be read. */
export function dockerfileText(request: BuildRequest): string | undefined {
  if (remoteContext(request.context)) return undefined
  try {
    return readFileSync(dockerfilePath(request.context, request.file), 'utf8')
  } catch {
    return undefined
  }
}

/** Kinds of `RUN --mount` in a Dockerfile: secret, ssh, … */
export function mountTypes(dockerfile: string): ReadonlySet<string> {
  const types = new Set<string>()
  const logical = dockerfile.replace(/^[ \t]*#.*(?:\r?\n|$)/gm, '').replace(/[\\`]\r?\n/g, ' ')
  for (const [line] of logical.matchAll(/^\s*RUN\s.*$/gim)) {
    for (const [, options = ''] of line.matchAll(/--mount=(\S+)/g)) {
      types.add(/(?:^|,)type=([a-z]+)/.exec(options)?.[1] ?? 'bind')
    }
  }
  return types
}

/** `NAME=value`, or `NAME` alone, whose value is the environment's; undefined where it has none. */
export function buildArg(text: string, env: Readonly<Record<string, string | undefined>>): readonly [string, string?] {
  const equals = text.indexOf('=')
  if (equals >= 0) return [text.slice(0, equals), text.slice(equals + 1)]
  const value = env[text]
  return value === undefined ? [text] : [text, value]
}

/** Build arguments with SOURCE_DATE_EPOCH, unless the user gave one. */
export function buildArgsOf(request: BuildRequest): readonly string[] {
  const own = request.buildArgs.some((arg) => /^SOURCE_DATE_EPOCH(?:=|$)/.test(arg))
  return own ? request.buildArgs : [...request.buildArgs, `SOURCE_DATE_EPOCH=${String(request.sourceDateEpoch)}`]
}
