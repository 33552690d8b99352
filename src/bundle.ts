/** The one entry of the bundle: what is published as dist/<name>/index.js starts here. */
import { ACTIONS } from './verbs/index.ts'

const OTHERS: Readonly<Record<string, () => Promise<unknown>>> = {
  cleanup: () => import('./actions/cleanup.ts'),
  cli: () => import('./cli/index.ts'),
}

/** Names of what is published. */
export const PUBLISHED: readonly string[] = [...ACTIONS.map(({ name }) => name), ...Object.keys(OTHERS)]

export async function start(name: string): Promise<void> {
  const verb = ACTIONS.find((action) => action.name === name)
  if (verb) await (await import('./actions/main.ts')).main(verb)
  else await OTHERS[name]?.()
}
