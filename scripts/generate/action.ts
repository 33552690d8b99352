import { stringify } from 'yaml'
import type { Input } from '../../src/config/inputs.ts'
import { inputsOf } from '../../src/config/inputs.ts'
import { OUTPUTS } from './outputs.ts'

interface Action {
  readonly file: string
  readonly name: string
  readonly description: string
  readonly command: 'release' | 'rollback'
  readonly icon: string
  readonly color: string
}

const ACTIONS: readonly Action[] = [
  {
    file: 'action.yml',
    name: 'Immutable Deploy',
    description: 'Build a commit once, smoke-test that very image, promote it by digest, prove what runs, roll back.',
    command: 'release',
    icon: 'package',
    color: 'blue',
  },
  {
    file: 'release/action.yml',
    name: 'Immutable Deploy: release',
    description: 'Build a commit once, smoke-test that very image, promote it by digest, prove what runs, roll back.',
    command: 'release',
    icon: 'package',
    color: 'blue',
  },
  {
    file: 'rollback/action.yml',
    name: 'Immutable Deploy: rollback',
    description: 'Go back to a version that was verified in the environment, and prove it.',
    command: 'rollback',
    icon: 'rotate-ccw',
    color: 'orange',
  },
]

export function actionFiles(): readonly [string, string][] {
  return ACTIONS.map((action) => [action.file, actionFile(action)])
}

function actionFile({ file, name, description, command, icon, color }: Action): string {
  const dist = file.includes('/') ? '../dist' : 'dist'
  const document = {
    name,
    description,
    branding: { icon, color },
    inputs: Object.fromEntries(inputsOf(command).map((input) => [input.name, described(input)])),
    outputs: Object.fromEntries(Object.entries(OUTPUTS).map(([output, about]) => [output, { description: about }])),
    runs: {
      using: 'node24',
      main: `${dist}/${command}/index.js`,
      post: `${dist}/cleanup/index.js`,
      'post-if': 'failure() || cancelled()',
    },
  }
  return `# Made by scripts/generate.mjs from src/config/inputs.ts: change it there.\n${stringify(document, { lineWidth: 0 })}`
}

/**
 * Defaults stand in the description only: a declared one would arrive like a given value, and the configuration file
 * could never set it. The token is no key of that file.
 */
function described(input: Input) {
  const fallback = input.default ?? input.otherwise
  const note = fallback === undefined || input.kind === 'secret' ? '' : ` Default: ${fallback}.`
  return {
    description: `${input.about}${note}`,
    ...(input.name === 'github-token' ? { default: '${{ github.token }}' } : {}),
  }
}
