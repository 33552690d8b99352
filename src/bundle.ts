/** The one entry of the bundle: what is published under dist/ by these names starts here. */
export const STARTS = {
  release: () => import('./actions/release.ts'),
  rollback: () => import('./actions/rollback.ts'),
  cleanup: () => import('./actions/cleanup.ts'),
  cli: () => import('./cli/index.ts'),
} as const

export async function start(name: keyof typeof STARTS): Promise<void> {
  await STARTS[name]()
}
