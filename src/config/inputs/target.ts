import { listed } from '../../domain/text.ts'
import type { Input } from '../../inputs/types.ts'
import { RELEASE, TARGETED } from '../../inputs/types.ts'
import type { TargetName } from '../../targets/index.ts'
import { TARGET_NAMES, TARGETS } from '../../targets/index.ts'

const DEPLOY_TO: readonly ('none' | TargetName)[] = ['none', ...TARGET_NAMES]
const ALIASES = TARGETS.flatMap(({ name, aliases }) => aliases.map((alias) => [alias, name] as const))
const WORKLOADS = TARGETS.map(({ title, workload }) => `${title}: ${workload.about}`).join('; ')
const MANIFESTS = TARGETS.map(({ title, manifests }) => `${manifests} (${title})`)

/** Where the image runs: what every target has; its own inputs are in its folder. */
export const TARGET_INPUTS = [
  {
    name: 'deploy-to',
    kind: 'choice',
    group: 'where',
    commands: TARGETED,
    default: 'none',
    choices: DEPLOY_TO,
    also: Object.fromEntries(ALIASES),
    example: 'kubernetes',
    about: 'The target whose workloads are replaced.',
  },
  {
    name: 'environment',
    kind: 'text',
    group: 'where',
    commands: TARGETED,
    otherwise: '`production` if `deploy-to` is set, else none',
    example: 'staging',
    about: 'Environment: its name in the records and its tag in the registry.',
  },
  {
    name: 'environment-tag',
    kind: 'text',
    group: 'where',
    commands: TARGETED,
    otherwise: '`environment` as a tag',
    example: 'production',
    about:
      'Another name for the environment’s moving tag, or `off`. It moves only after the verdict. Where several places share the environment, its default stays on what another place runs, and each place has a tag of its own beside it.',
  },
  {
    name: 'workload',
    kind: 'list',
    group: 'where',
    commands: TARGETED,
    example: 'deployment/web',
    about: `What is replaced. ${WORKLOADS}. They stand or fall together.`,
  },
  {
    name: 'container',
    kind: 'text',
    group: 'where',
    commands: TARGETED,
    otherwise: 'the only one, else the one that runs `image`',
    example: 'app',
    about: 'Container inside the workload.',
  },
  {
    name: 'manifests',
    kind: 'list',
    group: 'where',
    commands: RELEASE,
    example: 'deploy/stack.yml',
    about: `What to create or apply with the image put in: ${listed(MANIFESTS, 'or')}.`,
  },
  {
    name: 'strategy',
    kind: 'choice',
    group: 'where',
    commands: TARGETED,
    default: 'rolling',
    choices: ['rolling', 'blue-green'],
    example: 'blue-green',
    about: 'How the workload is replaced.',
  },
] as const satisfies readonly Input[]
