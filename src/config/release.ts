import type { Digest } from '../domain/digest.ts'
import { isDigest } from '../domain/digest.ts'
import type { AppRequest, Document, ReleaseRequest } from '../domain/request.ts'
import type { Source } from '../ports.ts'
import { appRequest } from './app.ts'
import type { BuildInputs } from './build.ts'
import { buildInputs, secretValues } from './build.ts'
import { limitOf, refuseForeignRevision } from './event.ts'
import { isCheckEvent } from './event-rules.ts'
import { limitFile } from './file-limits.ts'
import { junitFile } from './junit-file.ts'
import { inputsOf } from './inputs.ts'
import type { Inspect } from './inspect.ts'
import { inspectAll } from './inspect.ts'
import type { InvocationContext } from '../verbs/verb.ts'
import type { ConfigContext } from './read.ts'
import { open } from './reading.ts'
import type { Opened, Reading } from './reading.ts'
import type { Commit } from './revision.ts'
import { commitOf, givenRevision, refuseDoubt } from './revision.ts'
import { smokeDocument } from './smoke-document.ts'
import { extraTags } from './tags.ts'
import type { Values } from './inputs.ts'

/** Makes the source that knows commits; asked beside the checks' documents, when every input is right. */
export type SourceFor = (configContext: ConfigContext, githubToken: string | undefined) => Promise<Source>

/**
 * Reads a release: inputs or options, the configuration file and the event.
 * @throws DeployError invalid-input (all faults at once), unsafe-event, no-revision, revision-mismatch
 */
export async function readRelease(
  invocation: InvocationContext,
  sourceFor: SourceFor,
  inspect?: Inspect,
): Promise<Reading<ReleaseRequest>> {
  const opened = await open('release', invocation)
  const { values, configContext, app, environment } = opened
  const base = appRequest(values, configContext, { app: app.name, environment })
  const digest = givenDigest(values)
  const asked = {
    digest,
    promote: promoteOf(values, configContext),
    tagSuffix: tagSuffix(values),
    onOlder: values.choice('on-older'),
  } as const
  const reading = await readBuilt(opened, { ...base, ...asked }, { sourceFor, inspect, doubts: refuseDoubt })
  const { revision } = reading.request
  const extra = extraTags(values, base, revision, asked.promote)
  opened.faults.throwIfAny()
  return {
    ...reading,
    request: { ...reading.request, extraTags: extra },
    notices: [...reading.notices, ...withoutEffect(values, digest), ...limited(values, configContext, asked.promote)],
  }
}

/** What is known of a release before its build and its checks are read. */
type Asked = AppRequest & Pick<ReleaseRequest, 'digest' | 'promote' | 'tagSuffix' | 'onOlder'>

interface BuiltContext {
  readonly sourceFor: SourceFor
  readonly inspect: Inspect | undefined
  /** Refuses a commit that may not be the one that is meant. @throws DeployError revision-mismatch */
  readonly doubts: (commit: Commit, policy: string, promote: string) => void
}

/** The part about the build, its commit and its checks: the same for a release and for a preview. */
export async function readBuilt(
  { values, faults, configContext }: Opened,
  asked: Asked,
  { sourceFor, inspect, doubts }: BuiltContext,
): Promise<Reading<ReleaseRequest>> {
  const { digest, promote } = asked
  const build = buildInputs(values, configContext, digest === undefined)
  const revision = givenRevision(values)
  const chosen = choices(values, configContext, asked)
  limitFile(values, configContext, promote === 'all')
  const githubToken = values.text('github-token')
  const asking = faults.found.length > 0 ? undefined : commit()
  asking?.catch(() => undefined) // What is wrong with the checks is reported first
  await inspectAll([chosen.smoke, asked.liveChecks], { request: asked, cwd: configContext.cwd, inspect, faults })
  faults.throwIfAny()

  const built = await (asking ?? commit())
  for (const one of [built.revision, built.tree]) refuseForeignRevision(configContext.event, one)
  doubts(built, chosen.policy, promote)
  return {
    request: { ...asked, ...chosen, ...assembled(build, built), kind: 'release', extraTags: [] },
    configContext,
    githubToken,
    secrets: [...secretValues(build, configContext), ...(githubToken === undefined ? [] : [githubToken])],
    notices: built.doubt ? [built.doubt.text] : [],
    origins: values.origins,
  }

  async function commit(): Promise<Commit> {
    if (digest !== undefined) return { revision, tree: undefined, committedAt: 0, doubt: undefined }
    return commitOf(build.context, revision, configContext, () => sourceFor(configContext, githubToken))
  }
}

function assembled({ contextName, ...build }: BuildInputs, { revision, committedAt }: Commit) {
  return { contextName, build: { ...build, sourceDateEpoch: committedAt }, revision }
}

function givenDigest(values: Values): Digest | undefined {
  const text = values.text('digest')
  if (text === undefined || isDigest(text)) return text
  const inside = /sha256:[0-9a-fA-F]{64}$/.exec(text)?.[0].toLowerCase()
  values.fault('digest', 'must be sha256: and 64 hex digits', inside === undefined ? {} : { suggestion: inside })
  return undefined
}

function promoteOf(values: Values, { event }: ConfigContext): ReleaseRequest['promote'] {
  const wanted = values.choice('promote')
  const may = limitOf(event, values.flag('promote-unreviewed-code')) === undefined
  return !may ? 'none' : wanted === 'auto' ? 'all' : wanted === 'release-tag' ? wanted : 'none'
}

function choices(values: Values, configContext: ConfigContext, { target, promote }: Asked) {
  const policy = values.choice('policy')
  const smoke = smokeDocument(values, configContext) ?? 'default'
  refuseUnsmoked(values, smoke, policy, { promote, deploys: target !== undefined && promote === 'all' })
  return {
    policy,
    smoke,
    onFailure: values.choice('on-failure') === 'leave' ? 'leave' : 'rollback',
    onCancel: values.choice('on-cancel'),
    junit: junitFile(values, configContext),
  } as const
}

/** Without smoke there is no release tag, so nothing proves what would be deployed. */
function refuseUnsmoked(
  values: Values,
  smoke: Document | 'default' | 'off',
  policy: string,
  { promote, deploys }: { promote: string; deploys: boolean },
): void {
  if (smoke !== 'off') return
  if (promote === 'release-tag') {
    values.fault('smoke', 'off leaves nothing to do: a release tag is only written after the smoke test passed')
  } else if (deploys && policy === 'enforce') {
    values.fault('smoke', 'off means that the image is unproven: deploying it needs policy: warn or policy: off', {
      example: 'policy: warn',
    })
  }
}

/** A notice where somebody may expect more than a check. */
function limited(values: Values, { event }: ConfigContext, promote: string): string[] {
  const limit = limitOf(event, values.flag('promote-unreviewed-code'))
  if (limit === undefined || promote !== 'none' || values.choice('promote') === 'none') return []
  if (isCheckEvent(event.name) && values.choice('promote') === 'auto') return []
  return [`the image is built and smoke-tested, but neither promoted nor deployed: ${limit}`]
}

/** `sha-<40>-` takes 45 of the 128 characters of a tag. */
const SUFFIX = /^[A-Za-z0-9_.][A-Za-z0-9_.-]{0,82}$/

function tagSuffix(values: Values): string | undefined {
  const suffix = values.text('tag-suffix')
  if (suffix !== undefined && !SUFFIX.test(suffix)) {
    values.fault('tag-suffix', 'must be letters, digits, dots, dashes and underscores, at most 83')
  }
  return suffix
}

/** Build inputs beside a digest are harmless, but their author may think that something is built. */
function withoutEffect(values: Values, digest: Digest | undefined): string[] {
  if (digest === undefined) return []
  const build = inputsOf('release').filter(({ group, name }) => group === 'build' && name !== 'context')
  const given = build.filter(({ name }) => values.given(name)?.from === 'input').map(({ name }) => name)
  return given.length === 0 ? [] : [`digest is given, so nothing is built: ${given.join(', ')} have no effect`]
}
