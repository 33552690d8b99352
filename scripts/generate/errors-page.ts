import { CATALOGUE } from '../../src/errors/catalogue.ts'

/** One section a code: the anchors are what error messages link to. */
export function errorsPage(): string {
  const sections = Object.entries(CATALOGUE).map(
    ([code, { title, why, fix }]) => `## ${code}\n\n**${title}.** ${why}\n\nWhat to do: ${fix}`,
  )
  return `${[
    '<!-- Made by scripts/generate.mjs from src/errors/catalogue.ts: change it there. -->',
    '# Reason codes',
    'Every failure carries one of these permanent codes, in the `reason-code` output and in `result`. Each message also says what was seen, what to do in that very case, and what state is left behind.',
    ...sections,
  ].join('\n\n')}\n`
}
