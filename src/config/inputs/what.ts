import type { Input } from '../../inputs/types.ts'
import { DEPLOYING, EVERY, RELEASE, TARGETED } from '../../inputs/types.ts'

/** What is released. */
export const WHAT_INPUTS = [
  {
    name: 'image',
    kind: 'text',
    group: 'what',
    commands: TARGETED,
    example: 'ghcr.io/acme/app',
    about: 'Repository of the image, without tag or digest. Upper case is folded.',
  },
  {
    name: 'app',
    kind: 'text',
    group: 'what',
    commands: EVERY,
    otherwise: 'last part of `image`',
    example: 'web',
    about: 'Name of the app: its key in the configuration file and in the records.',
  },
  {
    name: 'digest',
    kind: 'text',
    group: 'what',
    commands: RELEASE,
    example: 'sha256:3f1c…',
    about: 'Release this digest instead of building. Smoke is skipped only when a release tag of ours names it.',
    file: false,
  },
  {
    name: 'revision',
    kind: 'text',
    group: 'what',
    commands: RELEASE,
    otherwise: 'HEAD of the context’s work tree, else the event’s commit',
    example: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    about: 'Commit that is really built, 40 hex digits.',
    file: false,
  },
  {
    name: 'promote',
    kind: 'choice',
    group: 'what',
    commands: RELEASE,
    default: 'auto',
    choices: ['auto', 'release-tag', 'none'],
    example: 'release-tag',
    about:
      '`release-tag` stops after the release tag (build job of a split pipeline); `none` builds and smoke-tests only. On events that may not deploy (pull requests, merge groups, comments, …) it is always `none`.',
  },
  {
    name: 'promote-unreviewed-code',
    kind: 'boolean',
    group: 'what',
    commands: DEPLOYING,
    default: 'false',
    example: 'true',
    about:
      'Promote and deploy also on `pull_request`, `pull_request_target` and `workflow_run` where their code is of this repository: code that nobody reviewed then reaches the environment. Never for forks, and on no other event.',
    file: false,
  },
  {
    name: 'tag-suffix',
    kind: 'text',
    group: 'what',
    commands: DEPLOYING,
    example: 'nightly',
    about: 'A second image of the same commit: `sha-<40>-<suffix>`.',
  },
  {
    name: 'tags',
    kind: 'list',
    group: 'what',
    commands: RELEASE,
    example: 'v1.4.0',
    about: 'More tags for the release, as docker/metadata-action prints them; written together with the release tag.',
    file: false,
  },
] as const satisfies readonly Input[]
