import type { Preview } from '../domain/preview.ts'
import type { PreviewRequest, TargetRequest } from '../domain/request.ts'
import { DeployError } from '../errors/deploy-error.ts'
import { TARGET_NAMES } from '../targets/index.ts'
import type { InvocationContext } from '../verbs/verb.ts'
import { appRequest } from './app.ts'
import { refuseForeignCode } from './event.ts'
import type { PreviewRule } from './event-rules.ts'
import { previewRule } from './event-rules.ts'
import { limitFile } from './file-limits.ts'
import type { Values } from './inputs.ts'
import type { Inspect } from './inspect.ts'
import type { PullFor, Subject } from './preview-subject.ts'
import { subjectOf } from './preview-subject.ts'
import type { Wanted } from './preview-wanted.ts'
import { wantedBy } from './preview-wanted.ts'
import type { ConfigContext } from './read.ts'
import { open } from './reading.ts'
import type { Reading } from './reading.ts'
import type { SourceFor } from './release.ts'
import { readBuilt } from './release.ts'
import type { Commit } from './revision.ts'
import { refuseDoubt } from './revision.ts'

interface PreviewContext {
  readonly sourceFor: SourceFor
  readonly pullFor: PullFor
  readonly inspect: Inspect | undefined
}

/**
 * Reads a preview: inputs or options, the configuration file, the event, and the pull request where the event does not
 * describe it.
 * @throws DeployError invalid-input (all faults at once), unsafe-event, no-revision, revision-mismatch, github-…
 */
export async function readPreview(
  invocation: InvocationContext,
  context: PreviewContext,
): Promise<Reading<PreviewRequest>> {
  const opened = await open('preview', invocation)
  const { values, faults } = opened
  const asked = wantedBy(values, opened.configContext)
  const subject = await subjectOf(asked, opened, context.pullFor)
  const { configContext, number } = subject
  if (asked.mode === 'deploy') refuseForeignCode(configContext.event)
  const rule = ruleOf(subject, values)
  const nothing = asked.nothing ?? subject.nothing ?? leftToSweep(asked, rule)
  const builds = asked.mode === 'deploy' && nothing === undefined
  if (builds && rule.may === 'nothing')
    throw new DeployError('unsafe-event', `refused: ${rule.because}`, { fix: rule.fix, state: NOTHING })
  const deploys = builds && rule.may === 'deploy'
  const repository = configContext.github?.repository.toLowerCase()
  const base = appRequest(values, configContext, {
    app: opened.app.name,
    environment: opened.environment,
    preview: { number, repository, deploys },
  })
  if (!base.target) values.fault('deploy-to', `is needed: the target of the preview, one of ${TARGET_NAMES.join(', ')}`)
  const notices = withoutEffect(values)
  const githubToken = values.text('github-token')
  const known = {
    ...base,
    digest: undefined,
    promote: deploys ? 'all' : 'none',
    tagSuffix: undefined,
    onOlder: 'allow',
  } as const
  const built = builds
    ? await readBuilt({ ...opened, configContext }, known, { ...context, doubts: refuseOther(configContext) })
    : undefined
  if (!built) limitFile(values, configContext, true)
  faults.throwIfAny()
  return {
    request: {
      ...base,
      ...proven(base),
      kind: 'preview',
      mode: asked.mode,
      preview: previewOf(base.target),
      ofRepository: repository,
      followsEvent: asked.followsEvent,
      nothing,
      label: asked.label,
      drafts: asked.drafts,
      comment: values.flag('comment'),
      asksAddress: values.document('live-checks')?.text.trim() !== 'off',
      head: subject.head,
      release: built?.request,
      limit: builds && rule.may === 'check' ? rule.because : undefined,
    },
    configContext,
    githubToken,
    secrets: built?.secrets ?? (githubToken === undefined ? [] : [githubToken]),
    notices: [...(built?.notices ?? []), ...notices],
    origins: values.origins,
  }
}

const NOTHING = 'nothing was built, pushed or changed'

function ruleOf({ configContext, isForeign }: Subject, values: Values) {
  const { event, run } = configContext
  return previewRule({ name: event.name, isForeign, actor: run.actor, takesForks: values.flag('preview-fork-code') })
}

/** A run without credentials cannot remove what another one deployed for this pull request. */
function leftToSweep({ mode, followsEvent }: Wanted, rule: PreviewRule): string | undefined {
  if (mode !== 'remove' || !followsEvent || rule.may !== 'check') return undefined
  return `${rule.because}: if there is a preview, the sweep removes it`
}

/** The merge commit of a pull request is what actions/checkout takes by itself: that is said, and built. */
function refuseOther({ event }: ConfigContext) {
  return (commit: Commit, policy: string, promote: string): void => {
    const isMerge = event.name === 'pull_request' && commit.revision === event.checkoutRevision
    if (!isMerge) refuseDoubt(commit, policy, promote)
  }
}

/** Inputs of a release that a preview takes too, so that both can be given the same ones. */
const OF_RELEASES = ['tags', 'tag-suffix', 'promote-unreviewed-code', 'adopt-history'] as const

function withoutEffect(values: Values): string[] {
  const given = OF_RELEASES.filter((name) => values.given(name)?.from === 'input')
  return given.length === 0 ? [] : [`a preview has no release tag and no history: ${given.join(', ')} without effect`]
}

function previewOf(target: TargetRequest | undefined): Preview | undefined {
  if (!target?.preview) return undefined
  const { app, number, name, repository } = target.preview
  return { app, number, name, ...(repository === undefined ? {} : { repository }) }
}

/** The faults are thrown before this is reached without them. */
function proven({
  target,
  environment,
}: {
  readonly target: TargetRequest | undefined
  readonly environment: string | undefined
}) {
  return { target: target ?? { ...STAND_IN }, environment: environment ?? 'preview' }
}

const STAND_IN: TargetRequest = {
  name: 'none',
  workloads: [],
  container: undefined,
  manifests: [],
  strategy: 'rolling',
  app: 'none',
  environment: 'none',
  options: [],
}
