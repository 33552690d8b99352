import { defaultNote } from '../../src/config/help.ts'
import { stringify } from 'yaml'
import type { Input } from '../../src/config/inputs.ts'
import { inputsOf } from '../../src/config/inputs.ts'
import { ACTIONS } from '../../src/verbs/index.ts'
import type { ActionTexts } from '../../src/verbs/verb.ts'
import { OUTPUTS } from './outputs.ts'

/** A folder for each action; the first one is the repository's own too. */
export function actionFiles(): readonly [string, string][] {
  return ACTIONS.flatMap(({ name, action }): [string, string][] => [
    [`${name}/action.yml`, actionFile(name, action, '../dist')],
    ...rootFile(name, action),
  ])
}

function rootFile(name: string, action: ActionTexts): [string, string][] {
  return action.isRoot ? [['action.yml', actionFile(name, { ...action, name: 'Immutable Deploy' }, 'dist')]] : []
}

function actionFile(command: string, { name, description, icon, color }: ActionTexts, dist: string): string {
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
  return `# Made by scripts/generate.mjs from src/verbs and src/config/inputs.ts: change it there.\n${stringify(document, { lineWidth: 0 })}`
}

/**
 * Defaults stand in the description only: a declared one would arrive like a given value, and the configuration file
 * could never set it. The token is not a key of that file.
 */
export function described(input: Input) {
  const fallback = input.default ?? input.otherwise
  const note = fallback === undefined || input.kind === 'secret' ? '' : defaultNote(fallback)
  return {
    description: `${input.about}${note}`,
    ...(input.name === 'github-token' ? { default: '${{ github.token }}' } : {}),
  }
}
