import type { Repository } from '../domain/image.ts'
import { isTag, parseReference, parseRepository } from '../domain/image.ts'
import { isPlaceKey } from '../domain/place.ts'
import type { AppRequest, Document } from '../domain/request.ts'
import { collidesWithOurs, environmentSlug } from '../domain/tags.ts'
import type { ConfigContext } from './read.ts'
import { targetRequest } from './target.ts'
import type { Values } from './inputs.ts'
import type { PreviewScope } from './preview-inputs.ts'
import { previewInputs } from './preview-inputs.ts'

/** The part that every verb has. What is faulty is reported and filled with a stand-in that nobody will see. */
export function appRequest(
  values: Values,
  configContext: ConfigContext,
  known: {
    readonly app: string | undefined
    readonly environment: string | undefined
    readonly preview?: PreviewScope
  },
): AppRequest {
  const repository = repositoryOf(values, configContext)
  const app = appName(values, known.app, repository)
  const preview = known.preview && previewInputs(values, app, known.preview)
  const names = { app, environment: known.environment ?? 'production', ...(preview ? { preview } : {}) }
  const target = targetRequest(values, configContext.cwd, names)
  const environment = known.environment ?? (target ? 'production' : undefined)
  const url = preview ? preview.settings?.url : addressOf(values)
  const timeout = values.duration('timeout')
  const stability = values.duration('stability')
  if (timeout > 0 && stability >= timeout) values.fault('stability', 'must be shorter than timeout')
  return {
    repository,
    app,
    environment,
    environmentTag: preview ? undefined : environmentTag(values, environment),
    adoptHistory: adopted(values),
    target,
    url,
    liveChecks: liveChecks(values, url, target !== undefined && !preview),
    timeout,
    stability,
    bake: values.duration('bake'),
    dryRun: values.flag('dry-run'),
    deploymentRecord: values.choice('deployment-record') !== 'off',
    run: configContext.run,
  }
}

const STAND_IN: Repository = { registry: 'invalid', path: 'invalid', name: 'invalid' }

function repositoryOf(values: Values, { github }: ConfigContext): Repository {
  const text = values.text('image')
  const usual = github ? `ghcr.io/${github.repository.toLowerCase()}` : undefined
  if (text === undefined) {
    values.fault('image', 'is needed: the repository to release to', usual === undefined ? {} : { example: usual })
    return STAND_IN
  }
  const repository = parseRepository(text)
  if (repository) return repository
  const reference = parseReference(text)
  if (reference?.digest !== undefined) {
    values.fault('image', 'must be a repository; a digest to release goes into the digest input', {
      suggestion: reference.repository.name,
    })
  } else if (reference) {
    values.fault('image', 'must be a repository without tag: the tags follow from the commit', {
      suggestion: reference.repository.name,
    })
  } else {
    values.fault('image', 'is not an image repository', usual === undefined ? {} : { example: usual })
  }
  return STAND_IN
}

function appName(values: Values, key: string | undefined, repository: Repository): string {
  const name = values.text('app') ?? key ?? repository.path.split('/').at(-1) ?? ''
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(name) || name.length > 63) {
    values.fault('app', 'must be letters, digits, dots, dashes and underscores, at most 63', { value: name })
  }
  return name
}

/** `off` writes none; otherwise the given name, else the environment's slug. */
function environmentTag(values: Values, environment: string | undefined): string | undefined {
  const given = values.text('environment-tag')
  if (environment !== undefined && environmentSlug(environment) === '') {
    values.fault('environment', 'must hold a letter or a digit')
    return undefined
  }
  if (given === 'off') return undefined
  if (given === undefined && environment === undefined) return undefined
  const tag = given ?? environmentSlug(environment ?? '')
  const own = given === undefined ? 'environment' : 'environment-tag'
  if (!isTag(tag)) {
    values.fault(own, 'cannot become a tag: letters, digits, dots, dashes and underscores, at most 128')
  } else if (collidesWithOurs(tag)) {
    values.fault(
      own,
      `would make the tag ${tag}, which collides with names of ours (sha-, pr-, candidate-, deployed-, bad-)`,
      {
        example: 'environment-tag: env-' + tag,
      },
    )
  }
  return tag
}

function adopted(values: Values): string | undefined {
  const key = values.text('adopt-history')
  if (key !== undefined && !isPlaceKey(key)) {
    values.fault(
      'adopt-history',
      'is not the key of a place: ten letters and digits, as in the tags deployed-<env>-<key>-…',
    )
  }
  return key
}

function addressOf(values: Values): string | undefined {
  const url = values.text('url')
  // A template is complete only when its variables are known.
  if (url === undefined || url.includes('{')) return url
  checkAddress(values, url)
  return url
}

export function checkAddress(values: Values, url: string): void {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    const guess = `https://${url}`
    values.fault(
      'url',
      'must be an http or https address',
      URL.canParse(guess) && !url.includes(':') ? { suggestion: guess } : {},
    )
  }
}

function liveChecks(values: Values, url: string | undefined, targeted: boolean): Document | undefined {
  const document = values.document('live-checks')
  if (!document) return undefined
  if (document.text.trim() === 'off') return undefined
  if (url === undefined && targeted && values.choice('strategy') !== 'blue-green') {
    values.fault('url', 'is needed for live-checks: the address that they ask')
  }
  return document
}
