import type { Digest } from '../../domain/digest.ts'
import type { PinnedImage, Repository } from '../../domain/image.ts'
import type { History, Run, VerifiedVersion } from '../../domain/labels.ts'
import { runKey, withBad, withVerified } from '../../domain/labels.ts'
import type { Revision } from '../../domain/revision.ts'
import { badTag, deployedTag } from '../../domain/tags.ts'
import { asDeployError } from '../../errors/deploy-error.ts'
import type { Registry, Rollout, Target } from '../../ports.ts'
import type { Stage } from '../step.ts'
import { step } from '../step.ts'

interface Place {
  readonly repository: Repository
  readonly environment: string
  readonly environmentTag: string | undefined
  readonly run: Run
}

interface Version {
  readonly digest: Digest
  readonly revision?: Revision
}

type Tools = Stage & { readonly registry: Registry; readonly target: Target }

/**
 * After a healthy verdict: the environment tag, the history tag and the target's own stamp, side by side. Each failure is
 * one warning: the verdict does not depend on a record. Returns the tags that now name the digest.
 */
export async function recordVerified(
  place: Place,
  image: PinnedImage,
  abandoned: Version | undefined,
  facts: { readonly history: History; readonly rollout: Rollout<unknown>; readonly pointsAt: Digest | undefined },
  tools: Tools,
): Promise<string[]> {
  const at = new Date(tools.clock.now())
  const version: VerifiedVersion = {
    digest: image.digest,
    at: at.toISOString(),
    run: runKey(place.run),
    ...(image.revision === undefined ? {} : { revision: image.revision }),
    ...(image.accepted.size > 1 && image.accepted.size <= 8
      ? { accepted: [...image.accepted].filter((digest) => digest !== image.digest) }
      : {}),
  }
  const known =
    facts.history.verified[0]?.digest === image.digest &&
    !facts.history.bad.some(({ digest }) => digest === image.digest)
  const next = withVerified(
    abandoned ? withBad(facts.history, { ...abandoned, at: version.at }) : facts.history,
    version,
  )
  return step(
    tools,
    'record',
    `Record ${place.environment}`,
    async () => {
      const tags = await Promise.all([
        place.environmentTag === undefined || facts.pointsAt === image.digest
          ? place.environmentTag
          : write(tools, place.repository, image.digest, place.environmentTag, 'may-move'),
        known || image.revision === undefined
          ? undefined
          : write(
              tools,
              place.repository,
              image.digest,
              deployedTag(place.environment, at, image.revision),
              'never-moves',
            ),
        abandoned?.revision === undefined
          ? undefined
          : write(
              tools,
              place.repository,
              abandoned.digest,
              badTag(place.environment, at, abandoned.revision),
              'never-moves',
            ),
        known && !abandoned ? undefined : stamp(tools, next, facts.rollout),
      ])
      return tags.slice(0, 2).filter((tag) => tag !== undefined)
    },
    (tags) => tags.join(', ') || 'nothing new',
  )
}

/** After the way back from a failed release: the version that failed is marked bad. */
export async function recordBad(
  place: Place,
  bad: Version,
  facts: { readonly history: History; readonly rollout: Rollout<unknown> },
  tools: Tools,
): Promise<void> {
  const at = new Date(tools.clock.now())
  await step(
    tools,
    'record',
    `Mark ${bad.revision?.slice(0, 7) ?? bad.digest} bad in ${place.environment}`,
    () =>
      Promise.all([
        bad.revision === undefined
          ? undefined
          : write(tools, place.repository, bad.digest, badTag(place.environment, at, bad.revision), 'never-moves'),
        stamp(tools, withBad(facts.history, { ...bad, at: at.toISOString() }), facts.rollout),
      ]),
    () => 'marked',
  )
}

async function write(
  { registry, reporter }: Tools,
  repository: Repository,
  digest: Digest,
  tag: string,
  expect: 'never-moves' | 'may-move',
): Promise<string | undefined> {
  try {
    await registry.promote(repository, digest, tag, expect)
    return tag
  } catch (error) {
    const { code, what } = asDeployError(error)
    reporter.emit({ type: 'warning', text: `the tag ${repository.name}:${tag} was not written: ${what} (${code})` })
    return undefined
  }
}

async function stamp({ target, reporter }: Tools, history: History, rollout: Rollout<unknown>): Promise<undefined> {
  try {
    await target.record(history, rollout)
  } catch (error) {
    const { code, what } = asDeployError(error)
    reporter.emit({ type: 'warning', text: `the target's history was not written: ${what} (${code})` })
  }
  return undefined
}
