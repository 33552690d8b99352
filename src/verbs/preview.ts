import type { Input } from '../inputs/types.ts'
import type { Verb } from './verb.ts'

const INPUTS = [
  {
    name: 'mode',
    kind: 'choice',
    group: 'what',
    commands: 'preview',
    default: 'auto',
    choices: ['auto', 'deploy', 'remove', 'sweep'],
    example: 'sweep',
    about:
      '`deploy` builds, smoke-tests and deploys the pull request; `remove` removes its preview; `sweep` removes the previews of closed pull requests and those whose `ttl` is over. `auto` follows the event.',
    file: false,
  },
  {
    name: 'number',
    kind: 'text',
    group: 'what',
    commands: 'preview',
    otherwise: 'the event’s pull request',
    example: '7',
    about:
      'Number of the pull request, where the event names none. On `workflow_run` it is found by the commit of the run that ended.',
    file: false,
  },
  {
    name: 'label',
    kind: 'text',
    group: 'what',
    commands: 'preview',
    example: 'preview',
    about: 'Only pull requests that carry this label have a preview.',
  },
  {
    name: 'drafts',
    kind: 'boolean',
    group: 'what',
    commands: 'preview',
    default: 'true',
    example: 'false',
    about: 'Drafts have a preview too.',
  },
  {
    name: 'preview-fork-code',
    kind: 'boolean',
    group: 'what',
    commands: 'preview',
    default: 'false',
    example: 'true',
    about:
      'Deploy previews of forks on `workflow_run` and `workflow_dispatch`: code of strangers then runs on the target. Only for a job whose environment needs the approval of a reviewer.',
    file: false,
  },
  {
    name: 'ttl',
    kind: 'duration',
    group: 'run',
    commands: 'preview',
    default: '7d',
    positive: true,
    example: '3d',
    about: 'How long after its last deployment a sweep may remove the preview.',
  },
  {
    name: 'comment',
    kind: 'boolean',
    group: 'run',
    commands: 'preview',
    default: 'true',
    example: 'false',
    about: 'One comment on the pull request says where the preview is; it is edited in place.',
  },
  {
    name: 'manifests',
    kind: 'list',
    group: 'where',
    commands: 'preview',
    example: 'deploy/stack.yml',
    about:
      'What a preview consists of, with the image put in: a stack file (Swarm), files or folders (Kubernetes), a service and task-definition file (Amazon ECS). Needed to deploy.',
  },
  {
    name: 'namespace',
    kind: 'text',
    group: 'where',
    commands: 'preview',
    otherwise: '`<app>-pr-${number}`',
    example: 'previews',
    about:
      'Kubernetes namespace. With `${number}` or `${name}`: one for each preview, made and removed with it. Without: a shared one, in which every object’s name ends in `-pr-<number>`.',
  },
  {
    name: 'url',
    kind: 'text',
    group: 'prove',
    commands: 'preview',
    otherwise: 'found on the target',
    example: 'https://${name}.preview.example.com',
    about:
      'Address of the preview, with `${number}` and `${name}` filled in. Hosts of Ingress, HTTPRoute and Traefik labels follow it.',
  },
  {
    name: 'environment',
    kind: 'text',
    group: 'where',
    commands: 'preview',
    otherwise: '`preview`',
    example: 'preview',
    about: 'The environment on GitHub that all previews share, and its entry in the configuration file.',
    file: false,
  },
] as const satisfies readonly Input[]

const NO_EFFECT = 'Without effect, so that a preview can be given the inputs of a release:'

/** Inputs of a release that a preview takes and does not follow. */
const OF_RELEASES = [
  {
    name: 'promote-unreviewed-code',
    kind: 'boolean',
    group: 'what',
    commands: 'preview',
    default: 'false',
    example: 'true',
    about: `${NO_EFFECT} previews are for code that nobody reviewed.`,
    file: false,
  },
  {
    name: 'tag-suffix',
    kind: 'text',
    group: 'what',
    commands: 'preview',
    example: 'nightly',
    about: `${NO_EFFECT} a preview has no release tag.`,
  },
  {
    name: 'tags',
    kind: 'list',
    group: 'what',
    commands: 'preview',
    example: 'v1.4.0',
    about: `${NO_EFFECT} a preview has no release tag.`,
    file: false,
  },
  {
    name: 'adopt-history',
    kind: 'text',
    group: 'run',
    commands: 'preview',
    example: 'k3f9a2c7bd',
    about: `${NO_EFFECT} a preview has no history.`,
    file: false,
  },
] as const satisfies readonly Input[]

const OWN = [...INPUTS, ...OF_RELEASES] as const

export const preview = {
  name: 'preview',
  summary: 'run a pull request beside production until it is closed',
  title: 'Deploy the preview of a pull request, remove it, or sweep what is left of old ones.',
  takes: ['every', 'targeted', 'deploying', 'testing', 'release'],
  without: ['promote', 'digest', 'on-older', 'environment-tag', ...OWN.map(({ name }) => name)],
  inputs: OWN,
  action: {
    name: 'Immutable Deploy: preview',
    description: 'Run every pull request beside production, proven like a release, and remove it when it is closed.',
    icon: 'eye',
    color: 'purple',
  },
  async run(invocation, context) {
    const { runPreview } = await import('../compose/preview.ts')
    return runPreview(invocation, context)
  },
} as const satisfies Verb
