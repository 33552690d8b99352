import type { AppRequest } from '../domain/request.ts'
import { environmentSlug } from '../domain/tags.ts'
import { shellWord } from './text.ts'

/**
 * The CLI line that brings the environment to a version, ready to paste.
 * @param to a commit, a digest or `previous`
 * @param verified whether that version was verified here: others need permission
 * @returns undefined where nothing was deployed, so nothing can go back
 */
export function rollbackCommand(request: AppRequest, to: string, verified = true): string | undefined {
  const { target, environment } = request
  // A preview has no version to go back to.
  if (!target || target.preview || environment === undefined) return undefined
  const options: (readonly [string, string | undefined])[] = [
    ['image', request.repository.name],
    ['app', request.app],
    ['deploy-to', target.name],
    ['environment', environment],
    ['environment-tag', environmentTag(request, environment)],
    ...target.workloads.map((workload): [string, string] => ['workload', workload]),
    ['container', target.container],
    ['strategy', target.strategy === 'rolling' ? undefined : target.strategy],
    ...target.options,
    ['to', to],
  ]
  const given = options.filter((option): option is readonly [string, string] => option[1] !== undefined)
  const words = given.flatMap(([name, value]) => [`--${name}`, shellWord(value)])
  return ['immutable-deploy', 'rollback', ...words, ...(verified ? [] : ['--allow-unverified'])].join(' ')
}

/** The same through GitHub, for a workflow like the one in the README. */
export function rollbackDispatch(environment: string, to: string, verified = true): string {
  const permission = verified ? '' : ' -f allow-unverified=true'
  return `gh workflow run rollback.yml -f environment=${shellWord(environment)} -f to=${shellWord(to)}${permission}`
}

/** Only where it is not what the environment's name gives anyway. */
function environmentTag(request: AppRequest, environment: string): string | undefined {
  if (request.environmentTag === undefined) return 'off'
  return request.environmentTag === environmentSlug(environment) ? undefined : request.environmentTag
}
